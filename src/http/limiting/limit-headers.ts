import type { ServerResponse } from 'node:http'
import type { Consumption } from '../../rate-limit/rate-limit-store.js'
import { type RateLimit, wholeSeconds } from '../../rate-limit/rate-limiter.js'

/** What the limits of an action are, as `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11). */
export function policyHeader(limits: readonly RateLimit[]): string {
  return limits.map(({ key, limit, period }) => `${quoted(key)};q=${limit};w=${period}`).join(', ')
}

/** Tells what is left of a limit, behind what is told of others: `RateLimit` of the same draft. */
export function tellRest(response: ServerResponse, policy: string, { key }: RateLimit, consumption: Consumption): void {
  if (response.headersSent) return
  const { allowed, remaining, resetAfter, retryAfter } = consumption
  const item = `${quoted(key)};r=${remaining};t=${wholeSeconds(allowed ? resetAfter : retryAfter)}`
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
