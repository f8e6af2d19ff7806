import { UsageError } from '../errors/usage-error.js'
import { hashString } from '../helpers/hash-string.js'

export const defaultCacheTimeout = 300
const longestTimeout = 31_536_000
const longestKey = 250

/** How long something is kept, in seconds. */
export interface Lifetime {
  readonly timeout: number
  /** Beyond, while it may be given though another makes it anew. */
  readonly stale?: number
}

/** @throws {UsageError} E_CACHE_KEY for a key that not every store can have. */
export function requireCacheKey(key: string): void {
  // oxlint-disable-next-line no-control-regex -- these are what is refused
  if (typeof key === 'string' && key.length > 0 && key.length <= longestKey && !/[\u0000-\u0020\u007f]/.test(key))
    return
  throw new UsageError(
    'E_CACHE_KEY',
    `A key of a cache has 1 to ${longestKey} characters, none of them a space or a control character.`,
  )
}

/**
 * A time-out in whole milliseconds, at least one.
 * @throws {UsageError} E_CACHE_TIMEOUT for what is no time: stores take it for "for ever", or ignore the whole call.
 */
export function millisecondsOf(timeout: number): number {
  if (typeof timeout === 'number' && timeout > 0 && timeout <= longestTimeout) return Math.ceil(timeout * 1000)
  throw new UsageError(
    'E_CACHE_TIMEOUT',
    `A cache keeps a value for some seconds, more than 0 and at most ${longestTimeout} (a year), not ${String(timeout)}.`,
  )
}

/**
 * How long something is kept, stale or not, in whole milliseconds.
 * @throws {UsageError} E_CACHE_TIMEOUT for what is no time, and for more than a year together.
 */
export function lifeOf({ timeout, stale = 0 }: Lifetime): number {
  const life = millisecondsOf(timeout) + (stale === 0 ? 0 : millisecondsOf(stale))
  if (life <= longestTimeout * 1000) return life
  throw new UsageError(
    'E_CACHE_TIMEOUT',
    `A cache keeps a value for at most ${longestTimeout} seconds (a year), with those in which it is stale, not ${timeout} and ${stale}.`,
  )
}

/** A key that every store can have, for any text; no other text has it. */
export function digestOf(text: string): string {
  // Halves of surrogate pairs have no bytes of their own, but JSON writes them out.
  return text.isWellFormed() ? hashString(text) : `half-${hashString(JSON.stringify(text))}`
}
