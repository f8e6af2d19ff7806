import { RateLimitedError, ServiceUnavailableError } from '../errors/exceptions.js'
import { UsageError } from '../errors/usage-error.js'
import { type Awaitable, adopted, andThen } from '../helpers/awaitable.js'
import { hashString } from '../helpers/hash-string.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import { withTimeout } from '../helpers/with-timeout.js'
import { consoleLogger } from '../logging/console-logger.js'
import type { Logger } from '../logging/logger.js'
import { Circuit } from '../redis/circuit.js'
import { MemoryRateLimitStore } from './memory-store.js'
import { type Consumption, closeStore, type Quota, type RateLimitStore } from './rate-limit-store.js'

/**
 * What is done while the store does not answer: `'open'` allows everything, `'closed'` refuses everything (503), and
 * `'insurance'` counts in the memory of this process.
 */
export type WhenStoreDown = 'open' | 'closed' | 'insurance'

/** One limit. */
export interface RateLimit extends Quota {
  /** Its name, which callers are told. Limits with the same name, limit and period count together. */
  readonly key: string
  /** What the limiter does unless told. */
  readonly whenDown?: WhenStoreDown
}

/** How limits are kept. */
export interface RateLimiterOptions {
  /** In the memory of this process unless told; `redisRateLimitStore({ … })` where there are several processes. */
  readonly store?: RateLimitStore
  /** `'insurance'` unless told. */
  readonly whenDown?: WhenStoreDown
  /** How many processes share the limits: what each allows by itself while the store is away is its part. 1 unless told. */
  readonly processes?: number
  /** The longest, in milliseconds, that the store may take for an answer; 150 unless told. */
  readonly storeLimit?: number
  /** How often, in milliseconds, a store that does not answer is asked whether it is back; 500 unless told. */
  readonly probeInterval?: number
  /** Hears when the store is away and back; writes to standard output unless told. */
  readonly logger?: Logger
}

/** The names of the options of limiters. */
export const rateLimiterOptions: OptionNames<RateLimiterOptions> = {
  store: true,
  whenDown: true,
  processes: true,
  storeLimit: true,
  probeInterval: true,
  logger: true,
}

/** Says what may be used how often. It never hangs: where its store does not answer, each limit says what is done. */
export class RateLimiter {
  readonly #store: RateLimitStore
  readonly #insurance = new MemoryRateLimitStore()
  readonly #circuit: Circuit
  readonly #options: Required<Pick<RateLimiterOptions, 'whenDown' | 'processes' | 'storeLimit'>>

  /** @throws {DefinitionError} E_OPTION. */
  constructor(options: RateLimiterOptions = {}) {
    requireKnownBy(RateLimiter, options, rateLimiterOptions)
    const {
      store = new MemoryRateLimitStore(),
      whenDown = 'insurance',
      processes = 1,
      storeLimit = 150,
      probeInterval = 500,
      logger = consoleLogger(),
    } = options
    this.#store = store
    this.#options = { whenDown, processes, storeLimit }
    this.#circuit = new Circuit({
      interval: probeInterval,
      probe: () => this.#probe(),
      changed: (open) => {
        if (open) logger.warn('The store of rate limits does not answer; limits do what they say for that case.')
        else logger.info('The store of rate limits answers again.')
      },
    })
  }

  /**
   * Counts a use of something by somebody, or says that it is refused.
   * @returns undefined where nobody knows, and the limit is `'open'` for that case.
   * @throws {ServiceUnavailableError} `RATE_LIMITS_UNAVAILABLE` where it is `'closed'`.
   * @throws {UsageError} E_RATE_COST for a cost that is no whole number from 1 to the limit.
   */
  consume(limit: RateLimit, who: string, cost = 1): Awaitable<Consumption | undefined> {
    requireCost(limit, cost)
    const key = keyOf(limit, who)
    if (this.#circuit.isOpen) return this.#without(limit, key, cost)
    const answer = this.#ask(limit, key, cost)
    return answer instanceof Promise ? answer.catch(() => this.#without(limit, key, cost)) : answer
  }

  /**
   * Counts a use, for whoever has nothing to do where it is refused.
   * @throws {RateLimitedError} where it is; whatever `consume` throws.
   */
  require(limit: RateLimit, who: string, cost = 1): Awaitable<void> {
    return andThen(this.consume(limit, who, cost), (consumption) => {
      if (consumption && !consumption.allowed) throw refusalOf(limit, consumption)
    })
  }

  /** Forgets what somebody has used, e.g. failed attempts once one succeeds. It does nothing where the store is away. */
  async forget(limit: RateLimit, who: string): Promise<void> {
    const key = keyOf(limit, who)
    this.#insurance.forget(key)
    if (!this.#circuit.isOpen) await Promise.resolve(this.#inTime(this.#store.forget(key))).catch(() => {})
  }

  /** What limits do that do not say it themselves while the store is away. */
  get whenDown(): WhenStoreDown {
    return this.#options.whenDown
  }

  /** Whether it counts in the memory of this process. */
  get isLocal(): boolean {
    return this.#store instanceof MemoryRateLimitStore
  }

  /**
   * Asks the store for something.
   * @throws {Error} where it does not answer in time, at once while it is known to be away.
   */
  async reach(): Promise<void> {
    if (this.#circuit.isOpen) throw new Error('The store of rate limits does not answer at present.')
    await this.#probe()
  }

  async close(): Promise<void> {
    this.#circuit.end()
    await closeStore(this.#store)
  }

  async #probe(): Promise<void> {
    await this.#inTime(this.#store.consume('probe', { limit: 1_000_000, period: 1 }, 1))
  }

  #ask(quota: Quota, key: string, cost: number): Awaitable<Consumption | undefined> {
    const asked = this.#consumeInStore(quota, key, cost)
    if (!(asked instanceof Promise)) return asked
    return this.#inTime(asked).then(
      (consumption) => {
        this.#circuit.succeeded()
        return consumption
      },
      (error: unknown) => {
        this.#circuit.failed()
        throw error
      },
    )
  }

  #consumeInStore(quota: Quota, key: string, cost: number): Awaitable<Consumption> {
    try {
      return adopted(this.#store.consume(key, quota, cost))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #inTime<T>(work: Awaitable<T>): Promise<T> {
    const asked = adopted(work)
    if (!(asked instanceof Promise)) return asked
    return withTimeout(asked, this.#options.storeLimit, () => new Error('There was no answer in time.'))
  }

  #without(limit: RateLimit, key: string, cost: number): Consumption | undefined {
    const policy = limit.whenDown ?? this.#options.whenDown
    if (policy === 'open') return undefined
    if (policy === 'closed') throw unavailable()
    const share = Math.max(cost, Math.floor(limit.limit / this.#options.processes))
    return this.#insurance.consume(key, { limit: share, period: limit.period }, cost)
  }
}

/** What callers are told of a refusal. */
export function refusalOf({ key }: RateLimit, { retryAfter }: Consumption): RateLimitedError {
  const seconds = wholeSeconds(retryAfter)
  return new RateLimitedError(`There were too many requests; try again in ${seconds} s.`, {
    policies: [key],
    details: { retryAfter: seconds },
    headers: { 'retry-after': String(seconds) },
  })
}

/** Whole seconds, at least one, after which something that is so many milliseconds away is there. */
export function wholeSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000))
}

function unavailable(): ServiceUnavailableError {
  return new ServiceUnavailableError('It cannot be told at present how much you may use; try again.', {
    errorCode: 'RATE_LIMITS_UNAVAILABLE',
  })
}

function requireCost({ key, limit }: RateLimit, cost: number): void {
  if (Number.isInteger(cost) && cost >= 1 && cost <= limit) return
  const bounds = `a whole number from 1 to its limit, ${limit}`
  throw new UsageError('E_RATE_COST', `A use costs ${String(cost)} of the limit "${key}", which is not ${bounds}.`)
}

const prefixes = new WeakMap<RateLimit, string>()

/** Another limit under the same name is another key, and so is another spelling of whom it is for. */
function keyOf(limit: RateLimit, who: string): string {
  const prefix = prefixes.get(limit) ?? prefixOf(limit)
  return prefix + (/^[\w.:@/-]{1,80}$/.test(who) ? who : `#${hashString(who)}`)
}

function prefixOf(given: RateLimit): string {
  const { key, limit, period } = given
  const name = /^[\w.-]{1,64}$/.test(key) ? key : `#${hashString(key).slice(0, 32)}`
  const prefix = `${name}:${limit}:${period}:`
  prefixes.set(given, prefix)
  return prefix
}
