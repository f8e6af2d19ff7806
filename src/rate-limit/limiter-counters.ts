/** What a limiter has done since it was made, in this process alone: for metrics. Every number only grows. */
export interface LimiterCounters {
  /** Uses that were allowed, and requests that were let in. */
  readonly allowed: number
  /** Uses that were refused because there was nothing left. */
  readonly refused: number
  /** Uses that limits which are tried would have refused. */
  readonly wouldRefuse: number
  /** How often the store failed, or did not answer in time. */
  readonly storeErrors: number
  /** Uses that were counted in the memory of this process, because the store was away. */
  readonly insured: number
  /** Uses that were allowed uncounted, because the store was away and the limit is `'open'`. */
  readonly opened: number
  /** Uses that were refused uncounted, because the store was away and the limit is `'closed'`. */
  readonly closed: number
}

export type Tally = { -readonly [name in keyof LimiterCounters]: LimiterCounters[name] }

export const newTally = (): Tally => ({
  allowed: 0,
  refused: 0,
  wouldRefuse: 0,
  storeErrors: 0,
  insured: 0,
  opened: 0,
  closed: 0,
})
