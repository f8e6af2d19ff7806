import type { Hearing } from './unit-host.js'

/** Something to do once the outermost unit of work has ended. */
export type Hook = () => void | Promise<void>

/** What a unit or savepoint wants done when it is known whether its work stays. */
export class Hooks {
  readonly #onCommit: Hook[] = []
  readonly #onRollback: Hook[] = []
  /** What savepoints that were undone left behind: it runs however the unit ends. */
  readonly #due: Hook[] = []
  readonly #hearing: Hearing
  readonly #beginnings: number

  constructor(hearing: Hearing) {
    this.#hearing = hearing
    this.#beginnings = hearing.beginnings
  }

  afterCommit(hook: Hook): void {
    this.#onCommit.push(hook)
  }

  afterRollback(hook: Hook): void {
    this.#onRollback.push(hook)
  }

  /** Takes over the hooks of a savepoint that ended. */
  adopt(inner: Hooks, committed: boolean): void {
    this.#due.push(...inner.#due)
    if (!committed) {
      this.#due.push(...inner.#onRollback)
      return
    }
    this.#onCommit.push(...inner.#onCommit)
    this.#onRollback.push(...inner.#onRollback)
  }

  /** What to run, in order, now that the outermost unit has ended. */
  ended(committed: boolean): readonly Hook[] {
    if (!committed) return [...this.#due, ...this.#onRollback]
    // Statements tell nobody where nobody listens, so what was written until somebody did is not known.
    const missed = this.#hearing.beginnings === this.#beginnings ? [] : [() => this.#hearing.tellMissed()]
    return [...missed, ...this.#due, ...this.#onCommit]
  }
}
