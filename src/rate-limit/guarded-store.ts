import { type Awaitable, adopted } from '../helpers/awaitable.js'
import { withTimeout } from '../helpers/with-timeout.js'
import type { Logger } from '../logging/logger.js'
import { Circuit } from '../redis/circuit.js'
import type { Tally } from './limiter-counters.js'
import { closeStore, type RateLimitStore } from './rate-limit-store.js'

export interface GuardedStoreOptions {
  readonly store: RateLimitStore
  /** Milliseconds that it may take. */
  readonly storeLimit: number
  /** Milliseconds between two looks whether it is back. */
  readonly probeInterval: number
  readonly logger: Logger
  readonly tally: Tally
}

/** A store that nobody waits for long: after some failures it is left alone until it answers again. */
export class GuardedStore {
  readonly #options: GuardedStoreOptions
  readonly #circuit: Circuit

  constructor(options: GuardedStoreOptions) {
    const { probeInterval, logger } = options
    this.#options = options
    this.#circuit = new Circuit({
      interval: probeInterval,
      probe: () => this.#probe(),
      changed: (open) => {
        if (open) logger.warn('The store of rate limits does not answer; limits do what they say for that case.')
        else logger.info('The store of rate limits answers again.')
      },
    })
  }

  /** Whether it is left alone. */
  get isAway(): boolean {
    return this.#circuit.isOpen
  }

  /** Asks the store; rejects where it fails, or does not answer in time. */
  ask<T>(work: () => Awaitable<T>): Awaitable<T> {
    const asked = attempted(work)
    if (!(asked instanceof Promise)) return asked
    return this.#inTime(asked).then(
      (answer) => {
        this.#circuit.succeeded()
        return answer
      },
      (error: unknown) => {
        this.#options.tally.storeErrors += 1
        this.#circuit.failed()
        throw error
      },
    )
  }

  /** Tells the store something, where it answers; nobody waits for that. */
  async tell(work: () => Awaitable<unknown>): Promise<void> {
    if (!this.isAway) await this.#inTime(attempted(work)).catch(() => {})
  }

  /**
   * Asks the store for something.
   * @throws {Error} where it does not answer in time, at once while it is left alone.
   */
  async reach(): Promise<void> {
    if (this.isAway) throw new Error('The store of rate limits does not answer at present.')
    await this.#probe()
  }

  async close(): Promise<void> {
    this.#circuit.end()
    await closeStore(this.#options.store)
  }

  async #probe(): Promise<void> {
    await this.#inTime(this.#options.store.consume('probe', { limit: 1_000_000, period: 1 }, 1))
  }

  async #inTime<T>(work: Awaitable<T>): Promise<T> {
    const asked = adopted(work)
    if (!(asked instanceof Promise)) return asked
    return withTimeout(asked, this.#options.storeLimit, () => new Error('There was no answer in time.'))
  }
}

function attempted<T>(work: () => Awaitable<T>): Awaitable<T> {
  try {
    return adopted(work())
  } catch (error) {
    return Promise.reject(error)
  }
}
