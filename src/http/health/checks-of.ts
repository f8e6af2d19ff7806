import type { Cache } from '../../cache/cache.js'
import type { Logger } from '../../logging/logger.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { reachDatabase } from '../../orm/database-measurements.js'
import type { RateLimiter } from '../../rate-limit/rate-limiter.js'
import type { CheckOptions, GivenCheck, HealthCheck } from './health-check.js'
import type { HealthOptions } from './health-options.js'
import { WatchedCheck } from './watched-check.js'

/** What of an application is asked. */
export interface Asked {
  readonly dataSource?: ModelDataSource
  readonly cache: Cache
  readonly rateLimiter: RateLimiter
  readonly logger: Logger
}

/** Everything that readiness asks, by the names that callers are told. */
export function checksOf(options: HealthOptions, asked: Asked): readonly WatchedCheck[] {
  const { interval = 1000 } = options
  const { logger } = asked
  const own = Object.entries(options.checks ?? {}).map(([name, given]) => [name, checkOf(given)] as const)
  return [...builtIn(options, asked), ...own].map(
    ([name, check]) => new WatchedCheck(check, { name, interval, logger }),
  )
}

const checkOf = (given: GivenCheck): HealthCheck => (typeof given === 'function' ? { check: given } : given)

type Named = readonly [name: string, check: HealthCheck]

function builtIn(options: HealthOptions, { dataSource, cache, rateLimiter }: Asked): readonly Named[] {
  const { database = true, cache: ofCache = true, limits = true } = options
  const optional = rateLimiter.whenDown !== 'closed'
  return [
    ...(dataSource ? named('database', database, (signal) => reachDatabase(dataSource, signal)) : []),
    ...(cache.isLocal ? [] : named('cache', ofCache, () => cache.reach(), true)),
    ...(rateLimiter.isLocal ? [] : named('limits', limits, () => rateLimiter.reach(), optional)),
  ]
}

function named(
  name: string,
  told: boolean | CheckOptions,
  check: HealthCheck['check'],
  optional = false,
): readonly Named[] {
  if (told === false) return []
  return [[name, { optional, ...(told === true ? {} : told), check }]]
}
