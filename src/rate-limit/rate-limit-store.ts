import type { Awaitable } from '../helpers/awaitable.js'

/** How much may be used in any span of time of one length. */
export interface Quota {
  /** The most that is allowed, a whole number from 1. */
  readonly limit: number
  /** Seconds. */
  readonly period: number
}

/** What became of an attempt to use something. */
export interface Consumption {
  /** Whether it was allowed, and so counted. What is refused is not counted. */
  readonly allowed: boolean
  /** How much is left now, a whole number from 0. */
  readonly remaining: number
  /** Milliseconds until everything that is counted now has ceased to count. */
  readonly resetAfter: number
  /** Milliseconds after which the same can be allowed, if nothing else is used meanwhile; 0 where it was. */
  readonly retryAfter: number
}

/**
 * Where it is counted what callers use. `checkRateLimitStore` of `plinth/testing` says whether an implementation of
 * your own keeps these rules.
 */
export interface RateLimitStore {
  /**
   * Counts `cost` under a key where no more than `quota.limit` is then used in the last `quota.period` seconds, and
   * refuses otherwise. To look and to count is one step, whoever else asks at the same time, in whatever process.
   * @param key 1 to 250 characters without spaces and control characters; always used with the same quota.
   * @param cost a whole number from 1 to the limit.
   */
  consume(key: string, quota: Quota, cost: number): Awaitable<Consumption>
  /** Forgets what is counted under a key. */
  forget(key: string): Awaitable<void>
}

/** A store that holds connections. */
export interface ClosableRateLimitStore extends RateLimitStore {
  close(): Awaitable<void>
}

export function closeStore(store: RateLimitStore): Awaitable<void> {
  return (store as Partial<ClosableRateLimitStore>).close?.()
}
