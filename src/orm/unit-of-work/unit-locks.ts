import type { Level } from './level.js'

/**
 * The locks of one unit of work, all of whose levels share them. Units that wait for locks in the same order, before they
 * touch rows, never wait for each other in a circle; so a unit that needs one it should have taken earlier does not wait
 * for it. Where somebody else has it the unit starts again, and takes everything it has learned first.
 */
export class UnitLocks {
  /** What the unit has asked for, also in runs that were undone. */
  readonly #learned: Set<string>
  readonly #held = new Map<string, Level>()
  /** The last, in order, of the locks that may have stayed behind where the savepoint that took them was undone. */
  #lost = ''
  /** Where rows are locked: whoever waits for them may hold what the unit needs. */
  readonly #lockingRows = new Set<Level>()
  /** Whether the unit may start again. */
  readonly restartable: boolean
  /** Whether the unit has lost a race before, and runs again. */
  readonly repeated: boolean
  /** Whether the unit has to be started again. */
  restarts = false

  /**
   * @param attempt how often the unit has been run before.
   * @param retries how often it may be run again at most.
   */
  constructor(learned: Set<string>, attempt = 0, retries = 0) {
    this.#learned = learned
    this.restartable = attempt < retries
    this.repeated = attempt > 0
  }

  /** Every lock the unit is known to need. */
  get learned(): readonly string[] {
    return [...this.#learned]
  }

  /** Those of the keys that are not held yet, each once, in the order in which they must be taken. */
  missing(keys: readonly string[]): readonly string[] {
    for (const key of keys) this.#learned.add(key)
    return [...new Set(keys)].filter((key) => !this.#held.has(key)).sort()
  }

  /**
   * Whether the unit must not wait for these, which are in order, but rather start from the beginning.
   * @param late whether it has locked rows for which it needed them first.
   */
  comeTooLate([first = '']: readonly string[], late = false): boolean {
    if (!this.restartable) return false
    if (late || this.#lockingRows.size > 0 || this.#lost > first) return true
    // A unit may hold very many, and one of the first it took usually tells.
    for (const held of this.#held.keys()) if (held > first) return true
    return false
  }

  hold(keys: readonly string[], level: Level): void {
    for (const key of keys) this.#held.set(key, level)
  }

  /** Notes that rows are locked in a level, behind which the unit does not wait. */
  lockRows(level: Level): void {
    this.#lockingRows.add(level)
  }

  /**
   * Forgets what was taken in a savepoint that is undone.
   * @param givenBack whether all of it has been given back; otherwise some of it may have.
   */
  release(undone: Level, givenBack: boolean): void {
    for (const [key, level] of this.#held) {
      if (!level.isWithin(undone)) continue
      this.#held.delete(key)
      if (!givenBack && key > this.#lost) this.#lost = key
    }
    if (!givenBack) return
    for (const level of this.#lockingRows) if (level.isWithin(undone)) this.#lockingRows.delete(level)
  }
}
