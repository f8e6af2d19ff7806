/** Above which limits requests are refused (503) before anything is done for them. What is not told is no limit. */
export interface OverloadOptions {
  /** How many requests are answered at the same time. */
  readonly activeLimit?: number
  /** How late the event loop is, in milliseconds: the mean of a quarter of a second. */
  readonly delayLimit?: number
  /** Which part of a quarter of a second the event loop is not idle, above 0 and below 1. */
  readonly utilizationLimit?: number
  /** How long somebody waits for a connection of the pool, on SQLite for the turn of its one connection, in milliseconds. */
  readonly waitLimit?: number
  /** After how many seconds callers are told to try again; 1 unless told. */
  readonly retryAfter?: number
}

/** Which limit a request was refused because of. */
export type OverloadReason = 'active' | 'delay' | 'utilization' | 'wait'
