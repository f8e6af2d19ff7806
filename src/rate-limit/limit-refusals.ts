import { RateLimitedError, ServiceUnavailableError } from '../errors/exceptions.js'
import type { Consumption } from './rate-limit-store.js'

/** What callers are told of a refusal. */
export function refusalOf(
  { key }: { readonly key: string },
  { retryAfter }: Pick<Consumption, 'retryAfter'>,
): RateLimitedError {
  const seconds = wholeSeconds(retryAfter)
  return refused(key, `There were too many requests; try again in ${seconds} s.`, seconds)
}

/** What callers are told where too much runs already. Nobody knows for how long it will. */
export function concurrencyRefusalOf({ key }: { readonly key: string }): RateLimitedError {
  return refused(key, 'There are too many requests at once; try again when one of them is over.', 1)
}

function refused(key: string, message: string, seconds: number): RateLimitedError {
  return new RateLimitedError(message, {
    policies: [key],
    details: { retryAfter: seconds },
    headers: { 'retry-after': String(seconds) },
  })
}

/** Whole seconds, at least one, after which something that is so many milliseconds away is there. */
export function wholeSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000))
}

/** What callers are told where the store is away and a limit is `'closed'`. */
export function unavailable(): ServiceUnavailableError {
  return new ServiceUnavailableError('It cannot be told at present how much you may use; try again.', {
    errorCode: 'RATE_LIMITS_UNAVAILABLE',
  })
}
