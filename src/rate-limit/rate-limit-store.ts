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

/** Whether somebody was let in. */
export interface Presence {
  readonly entered: boolean
  /** How many more may enter, a whole number from 0. */
  readonly remaining: number
}

/** A store that counts what runs at the same time, too. */
export interface PlacesStore extends RateLimitStore {
  /**
   * Lets somebody in for `lease` milliseconds where fewer than `limit` others are in, or always without a limit; whoever is in stays for as long from
   * now. To look and to enter is one step, whoever else asks at the same time, in whatever process.
   * @param key as of `consume`; never one that is used there.
   * @param token tells apart who is in: 1 to 100 characters without spaces and control characters.
   */
  enter(key: string, token: string, bounds: { readonly limit?: number; readonly lease: number }): Awaitable<Presence>
  /** Lets somebody out; nothing happens where nobody of this token is in. */
  leave(key: string, token: string): Awaitable<void>
}

export function hasPlaces(store: RateLimitStore): store is PlacesStore {
  const { enter, leave } = store as Partial<PlacesStore>
  return typeof enter === 'function' && typeof leave === 'function'
}

/** A store that holds connections. */
export interface ClosableRateLimitStore extends RateLimitStore {
  close(): Awaitable<void>
}

export function closeStore(store: RateLimitStore): Awaitable<void> {
  return (store as Partial<ClosableRateLimitStore>).close?.()
}
