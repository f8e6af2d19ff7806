import type { AppException } from '../../errors/app-exception.js'

/** When to try again, of the statuses that must say so: what the details have as `retryAfter`, or else a second. */
export function retryHeaders({ statusCode, details: { retryAfter: seconds } }: AppException): AppException['headers'] {
  if (statusCode !== 429 && statusCode !== 503) return {}
  return { 'retry-after': String(typeof seconds === 'number' && seconds >= 1 ? Math.ceil(seconds) : 1) }
}
