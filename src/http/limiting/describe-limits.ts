import { rateLimitFacts } from '../../rate-limit/rate-limit-fact.js'
import type { Describe } from '../description/action-description.js'

const text = { type: 'string' } as const

const headers = {
  RateLimit: {
    description: 'What is left of each limit, and after how many seconds all of it is there again.',
    schema: { ...text, examples: ['"api";r=99;t=3600'] },
  },
  'RateLimit-Policy': {
    description: 'The limits: how much is allowed in how many seconds.',
    schema: { ...text, examples: ['"api";q=100;w=3600'] },
  },
}

/** What limits add to an action: what is left of them, and 429 where nothing is. */
export const describeLimits: Describe = ({ action: { rateLimits, concurrencyLimits, model } }) => {
  // Of those that are only tried callers notice nothing.
  const limits = [...(rateLimits ?? []), ...(concurrencyLimits ?? [])].filter(({ shadow }) => !shadow)
  const { service } = model ?? {}
  const limitedService =
    service !== undefined && rateLimitFacts.chain(service).some(({ facts }) => facts.some(({ shadow }) => !shadow))
  if (limits.length === 0) return limitedService ? { problems: ['RATE_LIMITED', 'RATE_LIMITS_UNAVAILABLE'] } : undefined
  const closes = limitedService || limits.some(({ whenDown = 'closed' }) => whenDown === 'closed')
  return {
    headers,
    problemHeaders: [{ headers }],
    problems: ['RATE_LIMITED', ...(closes ? (['RATE_LIMITS_UNAVAILABLE'] as const) : [])],
  }
}
