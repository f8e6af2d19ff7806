import { UsageError } from '../errors/usage-error.js'
import { type Awaitable, andThen } from '../helpers/awaitable.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import { consoleLogger } from '../logging/console-logger.js'
import type { Logger } from '../logging/logger.js'
import { type ConcurrencyLimit, ConcurrencyLimiter, type HeldPlace } from './concurrency-limiter.js'
import { GuardedStore } from './guarded-store.js'
import { keyOf } from './limit-key.js'
import { concurrencyRefusalOf, refusalOf, unavailable } from './limit-refusals.js'
import { type LimiterCounters, newTally } from './limiter-counters.js'
import { MemoryRateLimitStore } from './memory-store.js'
import type { RateLimit, WhenStoreDown } from './rate-limit.js'
import { type Consumption, hasPlaces, type RateLimitStore } from './rate-limit-store.js'

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
  /** How many seconds what runs counts against limits of concurrency though its process has died; 10 unless told. */
  readonly lease?: number
  /** Hears when the store is away and back, and what limits that are tried would have refused; writes to standard output unless told. */
  readonly logger?: Logger
}

/** The names of the options of limiters. */
export const rateLimiterOptions: OptionNames<RateLimiterOptions> = {
  store: true,
  whenDown: true,
  processes: true,
  storeLimit: true,
  probeInterval: true,
  lease: true,
  logger: true,
}

/** Says what may be used how often. It never hangs: where its store does not answer, each limit says what is done. */
export class RateLimiter {
  readonly #store: RateLimitStore
  readonly #guarded: GuardedStore
  readonly #insurance = new MemoryRateLimitStore()
  readonly #concurrency: ConcurrencyLimiter
  readonly #tally = newTally()
  readonly #logger: Logger
  readonly #options: Required<Pick<RateLimiterOptions, 'whenDown' | 'processes'>>

  /**
   * @throws {DefinitionError} E_OPTION.
   * @throws {UsageError} E_RATE_LEASE.
   */
  constructor(options: RateLimiterOptions = {}) {
    requireKnownBy(RateLimiter, options, rateLimiterOptions)
    const {
      store = new MemoryRateLimitStore(),
      whenDown = 'insurance',
      processes = 1,
      storeLimit = 150,
      probeInterval = 500,
      lease = 10,
      logger = consoleLogger(),
    } = options
    const tally = this.#tally
    this.#store = store
    this.#logger = logger
    this.#options = { whenDown, processes }
    this.#guarded = new GuardedStore({ store, storeLimit, probeInterval, logger, tally })
    this.#concurrency = new ConcurrencyLimiter({
      ...this.#options,
      store: hasPlaces(store) ? store : undefined,
      guarded: this.#guarded,
      insurance: this.#insurance,
      lease: millisecondsOf(lease),
      logger,
      tally,
    })
  }

  /** What it has done since it was made. */
  get counters(): LimiterCounters {
    return { ...this.#tally }
  }

  /** Whether its store is left alone, because it does not answer. */
  get isStoreAway(): boolean {
    return this.#guarded.isAway
  }

  /** Whether its store can count what runs at the same time. */
  get countsPlaces(): boolean {
    return hasPlaces(this.#store)
  }

  /**
   * Counts a use of something by somebody, or says that it is refused.
   * @returns undefined where nobody knows, and the limit is `'open'` for that case; and of a limit that is only tried.
   * @throws {ServiceUnavailableError} `RATE_LIMITS_UNAVAILABLE` where it is `'closed'`.
   * @throws {UsageError} E_RATE_COST for a cost that is no whole number from 1 to the limit.
   */
  consume(limit: RateLimit, who: string, cost = 1): Awaitable<Consumption | undefined> {
    requireCost(limit, cost)
    const key = keyOf(limit, who)
    if (limit.shadow) return this.#tryOut(limit, who, key, cost)
    return andThen(this.#count(limit, key, cost), (consumption) => {
      if (consumption) this.#tally[consumption.allowed ? 'allowed' : 'refused'] += 1
      return consumption
    })
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
    await this.#guarded.tell(() => this.#store.forget(key))
  }

  /**
   * Lets somebody in where fewer than the limit are in, until `leave` of the place is called: it must be, however what was begun ends.
   * @returns whether somebody is in; everybody is where nobody knows and the limit is `'open'` for that case, and by a limit that is only tried.
   * @throws {ServiceUnavailableError} `RATE_LIMITS_UNAVAILABLE` where it is `'closed'`.
   * @throws {UsageError} E_RATE_PLACES where the store cannot count what runs at the same time.
   */
  enter(limit: ConcurrencyLimit, who: string): Awaitable<HeldPlace> {
    return this.#concurrency.enter(limit, who)
  }

  /**
   * Does some work where fewer than the limit are at it.
   * @throws {RateLimitedError} where as many are; whatever `enter` and the work throw.
   */
  async among<T>(limit: ConcurrencyLimit, who: string, work: () => Awaitable<T>): Promise<T> {
    const place = await this.enter(limit, who)
    if (!place.entered) throw concurrencyRefusalOf(limit)
    try {
      return await work()
    } finally {
      place.leave()
    }
  }

  /** Does what a limit that is only tried needs: what fails there is logged, and refuses nothing. */
  attempt(limit: { readonly key: string }, work: () => Awaitable<void>): Awaitable<void> {
    const failed = (error: unknown): void => {
      this.#logger.warn('A limit that is tried failed, and would have refused.', { limit: limit.key, error })
    }
    try {
      const working = work()
      return working instanceof Promise ? working.catch(failed) : working
    } catch (error) {
      failed(error)
    }
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
  reach(): Promise<void> {
    return this.#guarded.reach()
  }

  close(): Promise<void> {
    return this.#guarded.close()
  }

  #count(limit: RateLimit, key: string, cost: number): Awaitable<Consumption | undefined> {
    if (this.#guarded.isAway) return this.#without(limit, key, cost)
    const answer = this.#guarded.ask(() => this.#store.consume(key, limit, cost))
    return answer instanceof Promise ? answer.catch(() => this.#without(limit, key, cost)) : answer
  }

  #tryOut(limit: RateLimit, who: string, key: string, cost: number): Awaitable<undefined> {
    if (this.#guarded.isAway) return undefined
    const told = (consumption: Consumption): undefined => {
      if (consumption.allowed) return
      this.#tally.wouldRefuse += 1
      this.#logger.info('A limit that is tried would have refused.', { limit: limit.key, caller: who })
    }
    const answer = this.#guarded.ask(() => this.#store.consume(key, limit, cost))
    return answer instanceof Promise ? answer.then(told, () => undefined) : told(answer)
  }

  #without(limit: RateLimit, key: string, cost: number): Consumption | undefined {
    const policy = limit.whenDown ?? this.#options.whenDown
    if (policy === 'open') {
      this.#tally.opened += 1
      return undefined
    }
    if (policy === 'closed') {
      this.#tally.closed += 1
      throw unavailable()
    }
    this.#tally.insured += 1
    const share = Math.max(cost, Math.floor(limit.limit / this.#options.processes))
    return this.#insurance.consume(key, { limit: share, period: limit.period }, cost)
  }
}

function millisecondsOf(lease: number): number {
  if (typeof lease === 'number' && lease >= 1 && lease <= 3600) return Math.ceil(lease * 1000)
  throw new UsageError('E_RATE_LEASE', `A lease lasts 1 to 3600 seconds, not ${String(lease)}: write { lease: 10 }.`)
}

function requireCost({ key, limit }: RateLimit, cost: number): void {
  if (Number.isInteger(cost) && cost >= 1 && cost <= limit) return
  const bounds = `a whole number from 1 to its limit, ${limit}`
  throw new UsageError('E_RATE_COST', `A use costs ${String(cost)} of the limit "${key}", which is not ${bounds}.`)
}
