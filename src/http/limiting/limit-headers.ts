import type { ServerResponse } from 'node:http'
import type { ConcurrencyLimit } from '../../rate-limit/concurrency-limiter.js'
import { wholeSeconds } from '../../rate-limit/limit-refusals.js'
import type { RateLimit } from '../../rate-limit/rate-limit.js'
import type { Consumption } from '../../rate-limit/rate-limit-store.js'

/** What the limits of an action are, as `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11). */
export function policyHeader(limits: readonly RateLimit[], places: readonly ConcurrencyLimit[]): string {
  return [
    ...limits.map(({ key, limit, period }) => `${quoted(key)};q=${limit};w=${period}`),
    ...places.map(({ key, limit }) => `${quoted(key)};q=${limit};qu="concurrent-requests"`),
  ].join(', ')
}

/** Tells what is left of a limit, behind what is told of others: `RateLimit` of the same draft. */
export function tellRest(response: ServerResponse, policy: string, { key }: RateLimit, consumption: Consumption): void {
  const { allowed, remaining, resetAfter, retryAfter } = consumption
  tell(response, policy, `${quoted(key)};r=${remaining};t=${wholeSeconds(allowed ? resetAfter : retryAfter)}`)
}

/** Tells how many more requests may be answered at the same time. */
export function tellPlaces(
  response: ServerResponse,
  policy: string,
  { key }: ConcurrencyLimit,
  remaining: number,
): void {
  tell(response, policy, `${quoted(key)};r=${remaining}`)
}

function tell(response: ServerResponse, policy: string, item: string): void {
  if (response.headersSent) return
  const told = response.getHeader('ratelimit')
  response.setHeader('ratelimit', told === undefined ? item : `${String(told)}, ${item}`)
  response.setHeader('ratelimit-policy', policy)
}

/** Leaves out what must not be kept with an answer that others stand for. */
export function forgetRest(response: ServerResponse): void {
  response.removeHeader('ratelimit')
  response.removeHeader('ratelimit-policy')
}

/** A string of structured fields (RFC 9651 section 3.3.3). */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
