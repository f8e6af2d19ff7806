import type { Mistakes } from '../../errors/definition-error.js'
import type { DeclaredConcurrency } from '../../rate-limit/concurrency-fact.js'
import type { DeclaredLimit } from '../../rate-limit/rate-limit-fact.js'
import type { ActionModel } from '../action-model.js'
import type { PipelineHost } from '../host.js'

type Host = Pick<PipelineHost, 'authenticate' | 'rateLimiter'>
type Finding = readonly [limit: DeclaredLimit | DeclaredConcurrency, problem: string, remedy: string]

/** Adds the limits of an action that the application, or what else stands above the action, lets count nothing. */
export function verifyLimits(action: ActionModel, host: Host, mistakes: Mistakes): void {
  const { viewSet, name, concurrencyLimits = [] } = action
  for (const [limit, problem, remedy] of findingsOf(action, host)) {
    const decorator = concurrencyLimits.some((one) => one === limit) ? '@ConcurrencyLimit' : '@RateLimit'
    const places = [`${decorator} at ${limit.place}`]
    mistakes.add({ code: 'E_RATE_LIMIT', subject: `${viewSet.name}.${name}`, problem, places, remedy })
  }
}

function findingsOf({ rateLimits = [], concurrencyLimits = [] }: ActionModel, host: Host): readonly Finding[] {
  const ofUsers = host.authenticate ? [] : [...rateLimits, ...concurrencyLimits].filter(({ per }) => per === 'user')
  const uncounted = host.rateLimiter.countsPlaces ? [] : concurrencyLimits
  const twice = concurrencyLimits.filter(({ key }) => rateLimits.some((rate) => rate.key === key))
  return [
    ...ofUsers.map(
      (limit): Finding => [
        limit,
        `its limit "${limit.key}" is said to be for each user, but the application never knows any.`,
        "Give the application `authenticate`, or write per: 'client'.",
      ],
    ),
    ...uncounted.map(
      (limit): Finding => [
        limit,
        `its limit "${limit.key}" counts what runs at the same time, which the store of the application cannot.`,
        'Take redisRateLimitStore({ … }) or memoryRateLimitStore(), or give your store `enter` and `leave`.',
      ],
    ),
    ...twice.map(
      (limit): Finding => [
        limit,
        `a @RateLimit has the name "${limit.key}" too, so that callers could not tell them apart.`,
        'Give each a name of its own.',
      ],
    ),
  ]
}
