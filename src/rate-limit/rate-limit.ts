import type { Quota } from './rate-limit-store.js'

/**
 * What is done while the store does not answer: `'open'` allows everything, `'closed'` refuses everything (503), and
 * `'insurance'` counts in the memory of this process.
 */
export type WhenStoreDown = 'open' | 'closed' | 'insurance'

/** What limits of every kind have in common. */
export interface CountedLimit {
  /** Its name, which callers are told. Limits with the same name and numbers count together. */
  readonly key: string
  /** What the limiter does unless told. */
  readonly whenDown?: WhenStoreDown
  /** Whether it is only tried: it counts, for itself, and the log says what it would have refused; it refuses nothing. */
  readonly shadow?: boolean
}

/** One limit. */
export interface RateLimit extends Quota, CountedLimit {}
