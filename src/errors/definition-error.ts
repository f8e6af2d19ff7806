import type { DefinitionCode } from './definition-codes.js'

/** One thing that is wrong with the declarations of an application. */
export interface Mistake {
  readonly code: DefinitionCode
  /** What it is about, e.g. the name of the entity. */
  readonly subject: string
  /** What is wrong, in a sentence. */
  readonly problem: string
  /** The declarations that are involved, e.g. `@SoftDelete at models/article.ts:4:2`. */
  readonly places: readonly string[]
  /** What to do. */
  readonly remedy: string
}

/** Everything that is wrong with the declarations of an application, reported at once when it starts. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
  declare readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(describe).join('\n\n'))
    // Node prints what is enumerable behind the message, which tells all of it.
    Object.defineProperty(this, 'mistakes', { value: Object.freeze([...mistakes]) })
  }
}

/** Gathers mistakes from every stage of a start, so that all of them can be thrown together. */
export class Mistakes {
  readonly #found = new Map<string, Mistake>()

  /** Several stages may find the same mistake; it is told once. */
  add(mistake: Mistake): void {
    this.#found.set(describe(mistake), mistake)
  }

  get found(): readonly Mistake[] {
    return [...this.#found.values()]
  }

  /** @throws {DefinitionError} when anything was added. */
  throwIfAny(): void {
    if (this.#found.size > 0) throw new DefinitionError(this.found)
  }
}

function describe({ subject, problem, places, remedy, code }: Mistake): string {
  return [`${subject}: ${problem}`, ...places.map((place) => `  ${place}`), remedy, `[${code}]`].join('\n')
}
