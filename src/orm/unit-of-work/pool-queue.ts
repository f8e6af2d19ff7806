import { performance } from 'node:perf_hooks'
import type { MeasuredQueue, QueueMeasurements } from './queue-measurements.js'
import { waitedForConnection } from './unit-of-work-error.js'

/** One who waits. */
interface Waiting {
  readonly since: number
  readonly giveUp: (error: Error) => void
}

/** Is given a connection, or why there is none: at once or later, in whatever context the pool has it. */
export type Given<T> = (error: Error | undefined, connection?: T) => void

/** How a connection is obtained, and what is done with it before somebody is given it, and where nobody is. */
export interface Obtaining<T> {
  obtain(this: void, given: Given<T>): void
  /** Makes it ready; undefined where it is. */
  prepare(this: void, connection: T): Promise<void> | undefined
  giveBack(this: void, connection: T, broken?: Error): void
}

/**
 * Those who wait for connections of a pool, which would wait for ever. All of them give up once nobody was given one for a
 * while: whoever holds the connections may itself wait for another. A long queue that moves is no reason to give up.
 */
export class PoolQueue implements MeasuredQueue {
  /** How long nobody may be given a connection, in milliseconds. */
  readonly #limit: number
  readonly #waiting = new Set<Waiting>()
  #movedAt = 0
  #given = 0
  #waitTime = 0
  /** It looks whether somebody still waits, so that asking for a connection does not set and clear one each time. */
  #timer: NodeJS.Timeout | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Waits for a connection; what comes too late is given back.
   * @throws {ServiceUnavailableError} `DATABASE_BUSY` when nobody was given a connection in time.
   */
  wait<T>({ obtain, prepare, giveBack }: Obtaining<T>): Promise<T> {
    return new Promise((resolve, giveUp) => {
      const waiting: Waiting = { since: performance.now(), giveUp }
      if (this.#waiting.size === 0) this.#movedAt = waiting.since
      this.#waiting.add(waiting)
      if (!this.#timer) this.#timer = this.#watch(this.#limit)
      const give = (connection: T): void => {
        if (!this.#waiting.delete(waiting)) return giveBack(connection)
        this.#moved(waiting)
        resolve(connection)
      }
      const failed = (error: Error): void => {
        this.#waiting.delete(waiting)
        giveUp(error)
      }
      obtain((refused, obtained) => {
        if (refused) return failed(refused)
        const connection = obtained as T
        const preparing = prepare(connection)
        if (!preparing) return give(connection)
        preparing.then(
          () => give(connection),
          (error: Error) => {
            giveBack(connection, error)
            failed(error)
          },
        )
      })
    })
  }

  get oldestWait(): number {
    // They are served in the order in which they came.
    for (const { since } of this.#waiting) return performance.now() - since
    return 0
  }

  get measurements(): QueueMeasurements {
    return {
      waiting: this.#waiting.size,
      oldestWait: this.oldestWait,
      given: this.#given,
      waitTime: this.#waitTime,
    }
  }

  #moved({ since }: Waiting): void {
    this.#movedAt = performance.now()
    this.#given += 1
    this.#waitTime += this.#movedAt - since
  }

  #watch(time: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined
      if (this.#waiting.size === 0) return
      const left = this.#limit - (performance.now() - this.#movedAt)
      if (left > 0) this.#timer = this.#watch(Math.ceil(left))
      else this.#giveUp()
    }, time).unref()
  }

  #giveUp(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const { giveUp } of waiting) giveUp(waitedForConnection(this.#limit))
  }
}
