import type { Consumption, Quota, RateLimitStore } from './rate-limit-store.js'

/** What a limiter of rate-limiter-flexible says of a key. */
interface FlexibleResult {
  readonly remainingPoints: number
  readonly msBeforeNext: number
}

/** A limiter of rate-limiter-flexible, of whatever kind. */
export interface FlexibleLimiter {
  /** Rejects with a result where it refuses, and with an error where it fails. */
  consume(key: string, points: number): Promise<FlexibleResult>
  delete(key: string): Promise<boolean>
}

/**
 * Counts in any store of rate-limiter-flexible, such as PostgreSQL, MySQL, Memcached or a cluster of processes:
 * `new FlexibleRateLimitStore(({ limit, period }) => new RateLimiterPostgres({ points: limit, duration: period, … }))`.
 * Those count fixed periods: about twice the limit may be used around the end of one. What is refused counts too.
 */
export class FlexibleRateLimitStore implements RateLimitStore {
  readonly #make: (quota: Quota) => FlexibleLimiter
  readonly #limiters = new Map<string, FlexibleLimiter>()

  /** @param make makes the limiter of a quota; called once for each. */
  constructor(make: (quota: Quota) => FlexibleLimiter) {
    this.#make = make
  }

  async consume(key: string, quota: Quota, cost: number): Promise<Consumption> {
    try {
      return consumptionOf(true, await this.#limiterOf(quota).consume(key, cost))
    } catch (refusal) {
      if (refusal instanceof Error || !isResult(refusal)) throw refusal
      return consumptionOf(false, refusal)
    }
  }

  async forget(key: string): Promise<void> {
    await Promise.all([...this.#limiters.values()].map((limiter) => limiter.delete(key)))
  }

  #limiterOf(quota: Quota): FlexibleLimiter {
    const name = `${quota.limit}/${quota.period}`
    const limiter = this.#limiters.get(name) ?? this.#make(quota)
    this.#limiters.set(name, limiter)
    return limiter
  }
}

function isResult(value: unknown): value is FlexibleResult {
  return typeof (value as Partial<FlexibleResult> | null)?.msBeforeNext === 'number'
}

function consumptionOf(allowed: boolean, { remainingPoints, msBeforeNext }: FlexibleResult): Consumption {
  const rest = Math.max(1, msBeforeNext)
  return { allowed, remaining: remainingPoints, resetAfter: rest, retryAfter: allowed ? 0 : rest }
}
