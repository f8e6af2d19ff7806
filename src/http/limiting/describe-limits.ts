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
export const describeLimits: Describe = ({ action: { rateLimits = [], model } }) => {
  const { service } = model ?? {}
  const limitedService = service !== undefined && rateLimitFacts.chain(service).length > 0
  if (rateLimits.length === 0)
    return limitedService ? { problems: ['RATE_LIMITED', 'RATE_LIMITS_UNAVAILABLE'] } : undefined
  const closes = limitedService || rateLimits.some(({ whenDown = 'closed' }) => whenDown === 'closed')
  return {
    headers,
    problemHeaders: [{ headers }],
    problems: ['RATE_LIMITED', ...(closes ? (['RATE_LIMITS_UNAVAILABLE'] as const) : [])],
  }
}
