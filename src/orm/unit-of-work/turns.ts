import { performance } from 'node:perf_hooks'
import { ServiceUnavailableError } from '../../errors/exceptions.js'
import { type Awaitable, endingWith } from '../../helpers/awaitable.js'
import type { MeasuredQueue, QueueMeasurements } from './queue-measurements.js'
import { UnitOfWorkError } from './unit-of-work-error.js'

/** Ends a turn. */
export type Done = () => void

interface Waiting {
  readonly since: number
  readonly start: (done: Done) => void
  readonly fail: (error: Error) => void
}

/** Lets one thing happen at a time, in the order in which turns were asked for. */
export class Turns implements MeasuredQueue {
  /** How long one turn may keep others waiting, in milliseconds. A long queue that moves is no reason to give up. */
  readonly #limit: number
  readonly #waiting: Waiting[] = []
  #taken = false
  #given = 0
  #waitTime = 0
  /** Runs while somebody waits for the turn that is taken. */
  #timer: NodeJS.Timeout | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether somebody has a turn now. */
  get taken(): boolean {
    return this.#taken
  }

  get oldestWait(): number {
    const [oldest] = this.#waiting
    return oldest ? performance.now() - oldest.since : 0
  }

  get measurements(): QueueMeasurements {
    return {
      waiting: this.#waiting.length,
      oldestWait: this.oldestWait,
      given: this.#given,
      waitTime: this.#waitTime,
    }
  }

  /**
   * Waits for a turn, unless nobody has one.
   * @throws {ServiceUnavailableError} `DATABASE_BUSY` when the turn that is taken does not end in time. Two pieces of
   * code that wait for each other would otherwise hang for ever.
   */
  take(): Awaitable<Done> {
    return this.#taken ? this.#wait() : this.#begin()
  }

  /** Runs `work` in a turn of its own: at once where nobody has one, so that what is done at once makes no promise. */
  run<T>(work: () => Awaitable<T>): Awaitable<T> {
    if (!this.#taken) return endingWith(work, this.#begin())
    return this.#wait().then((done) => endingWith(work, done))
  }

  #wait(): Promise<Done> {
    return new Promise((start, fail) => {
      this.#waiting.push({ since: performance.now(), start, fail })
      this.#timer ??= this.#watch()
    })
  }

  #begin(): Done {
    this.#taken = true
    this.#given += 1
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#next()
    }
  }

  #next(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#taken = false
    const next = this.#waiting.shift()
    if (!next) return
    this.#waitTime += performance.now() - next.since
    next.start(this.#begin())
    if (this.#waiting.length > 0) this.#timer = this.#watch()
  }

  /** Gives up for everybody who waits: whatever holds the turn may never end it. */
  #watch(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined
      for (const { fail } of this.#waiting.splice(0)) fail(tooLong(this.#limit))
    }, this.#limit)
  }
}

function tooLong(limit: number): ServiceUnavailableError {
  return new ServiceUnavailableError('The database did not become free in time.', {
    errorCode: 'DATABASE_BUSY',
    cause: new UnitOfWorkError(
      'UNIT_TURN',
      `Waited ${limit} ms for another unit of work to end. If that unit waits for this statement, the statement left ` +
        'its context: send it through the manager of the unit, or await it inside the unit.',
    ),
  })
}
