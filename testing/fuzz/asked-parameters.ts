import type { OpenApiOperation } from 'plinth'

/** Counts with which query parameters requests of operations succeeded. */
export class AskedParameters {
  readonly #asked = new Set<string>()
  readonly #succeeded = new Set<string>()

  /** Notes a request of an operation. */
  note({ operationId, parameters }: OpenApiOperation, target: string, hasSucceeded: boolean): void {
    const given = new URLSearchParams(target.split('?')[1] ?? '')
    for (const parameter of parameters) {
      if (parameter.in !== 'query' || !given.has(parameter.name)) continue
      const name = `${operationId} ${parameter.name}`
      this.#asked.add(name)
      if (hasSucceeded) this.#succeeded.add(name)
    }
  }

  /** The parameters of some operations with which requests were sent and none succeeded. */
  neverSucceeded(operationIds: readonly string[]): readonly string[] {
    return [...this.#asked].filter(
      (name) => !this.#succeeded.has(name) && operationIds.includes(name.slice(0, name.indexOf(' '))),
    )
  }
}
