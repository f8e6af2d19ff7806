import { ServiceUnavailableError } from '../../errors/exceptions.js'
import { UnitOfWorkError } from './unit-of-work-error.js'

/** Ends a turn. */
export type Done = () => void

interface Waiting {
  readonly start: (done: Done) => void
  readonly timer: NodeJS.Timeout
}

/** Lets one thing happen at a time, in the order in which turns were asked for. */
export class Turns {
  /** How long to wait for a turn, in milliseconds. */
  readonly #limit: number
  readonly #waiting: Waiting[] = []
  #taken = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether somebody has a turn now. */
  get taken(): boolean {
    return this.#taken
  }

  /**
   * Waits for a turn.
   * @throws {ServiceUnavailableError} `DATABASE_BUSY` when it does not come in time. Two pieces of code that wait for
   * each other would otherwise hang for ever.
   */
  take(): Promise<Done> {
    if (!this.#taken) return Promise.resolve(this.#begin())
    return new Promise((start, fail) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        fail(tooLong(this.#limit))
      }, this.#limit)
      const waiting: Waiting = { start, timer }
      this.#waiting.push(waiting)
    })
  }

  /** Runs `work` in a turn of its own. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // Without the first branch every statement of every unit would wait one more round of microtasks.
    const done = this.#taken ? await this.take() : this.#begin()
    try {
      return await work()
    } finally {
      done()
    }
  }

  #begin(): Done {
    this.#taken = true
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#next()
    }
  }

  #next(): void {
    const next = this.#waiting.shift()
    this.#taken = false
    if (!next) return
    clearTimeout(next.timer)
    next.start(this.#begin())
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
