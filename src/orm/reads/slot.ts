import { ContextVariable } from '../../helpers/context-variable.js'
import type { PathPart } from '../../helpers/recent-paths.js'

/** Stands for a value of one call in a statement that is written once for many. */
export class Slot extends ContextVariable<never> {
  readonly index: number
  readonly #value: unknown

  constructor(index: number, value: unknown) {
    super(`value ${index}`)
    this.index = index
    this.#value = value
  }

  /** The value of the call for which the statement is being written. */
  override get(): never {
    return this.#value as never
  }
}

/** What makes the text of a statement, and the values that are not part of it, while both are being read. */
export class Shape {
  readonly values: unknown[] = []
  /** What the text depends on. */
  readonly parts: PathPart[] = []

  /** Adds what the text depends on. */
  add(part: PathPart): void {
    this.parts.push(part)
  }

  /** Adds a value that the text does not depend on. */
  bind(value: unknown): void {
    this.values.push(value)
  }
}

/** Gives the values of a shape again as slots, in the order in which they were bound. */
export class Slots {
  readonly #values: readonly unknown[]
  #next = 0

  constructor({ values }: Shape) {
    this.#values = values
  }

  take(): Slot {
    const index = this.#next++
    return new Slot(index, this.#values[index])
  }
}
