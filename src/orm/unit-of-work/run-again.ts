import { setTimeout as wait } from 'node:timers/promises'
import { backOff, defaultRetries, retriesWithLocks } from './retry.js'
import { UnitLocks } from './unit-locks.js'

/** What became of one run of a unit. */
export type Outcome<T> = { readonly result: T } | { readonly error: unknown; readonly lostRace: boolean }

/** How units are run again. */
export interface Repeating {
  /** The locks that are known to be needed, which is added to. */
  readonly learned: Set<string>
  readonly retries: number | undefined
  /** Whether it runs inside of another unit, which would have to wait as well. */
  readonly inside: boolean
}

/** How long a unit waits at most for others to run again, in milliseconds: one of them may be waiting for it. */
const patience = 5_000

/**
 * Runs units again that lost a race, one after another where it was the database that told them: those that lock the same rows in
 * opposite orders would meet each other again, and databases take their time to see that.
 */
export class RunAgain {
  #before: Promise<unknown> = Promise.resolve()
  /** How many units run, and how often some were run again since the start. */
  readonly measurements = { open: 0, runAgain: 0 }

  /**
   * Runs a unit until it has not lost a race, or may not run again.
   * @throws what the last run has failed with.
   */
  async run<T>(run: (locks: UnitLocks) => Promise<Outcome<T>>, repeating: Repeating): Promise<T> {
    this.measurements.open += 1
    try {
      return await this.#run(run, repeating)
    } finally {
      this.measurements.open -= 1
    }
  }

  async #run<T>(run: (locks: UnitLocks) => Promise<Outcome<T>>, { learned, retries, inside }: Repeating): Promise<T> {
    let done: (() => void) | undefined
    for (let attempt = 0; ; attempt++) {
      const most = retries ?? (learned.size > 0 ? retriesWithLocks : defaultRetries)
      // The last run takes locks out of order rather than not at all.
      const locks = new UnitLocks(learned, attempt, most)
      const running = run(locks)
      const outcome = await (done ? running.finally(done) : running)
      if ('result' in outcome) return outcome.result
      if (attempt >= most || !outcome.lostRace) throw outcome.error
      this.measurements.runAgain += 1
      await backOff(attempt)
      done = inside || locks.restarts ? undefined : await this.#turn()
    }
  }

  /** Waits until those who have lost a race before have run again. @returns what lets the next one do so. */
  #turn(): Promise<() => void> {
    const before = this.#before
    return new Promise((goesOn) => {
      const ended = new Promise<void>((done) => {
        void Promise.race([before, wait(patience, undefined, { ref: false })]).then(() => goesOn(done))
      })
      // What `Promise.all` gives holds what was given before it, of every race there ever was.
      this.#before = Promise.all([before, ended]).then(() => {})
    })
  }
}
