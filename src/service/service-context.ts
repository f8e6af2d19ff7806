import type { Logger } from '../logging/logger.js'
import type { ModelDataSource } from '../orm/data-source.js'
import { RateLimiter } from '../rate-limit/rate-limiter.js'

/** What every service is made with. */
export interface ServiceContext {
  readonly dataSource: ModelDataSource
  readonly logger: Logger
  /** Counts the calls of limited methods; one in the memory of this process for each data source unless told. */
  readonly rateLimiter?: RateLimiter
}

const limiters = new WeakMap<ModelDataSource, RateLimiter>()

/** What counts the calls of services made with a context. */
export function rateLimiterOf({ rateLimiter, dataSource, logger }: ServiceContext): RateLimiter {
  if (rateLimiter) return rateLimiter
  const limiter = limiters.get(dataSource) ?? new RateLimiter({ logger })
  limiters.set(dataSource, limiter)
  return limiter
}

let current: ServiceContext | undefined

/** Constructs services: whatever `make` constructs before it returns gets this context. */
export function withServiceContext<T>(context: ServiceContext, make: () => T): T {
  const outer = current
  current = context
  try {
    return make()
  } finally {
    current = outer
  }
}

/**
 * The context of the service that is being constructed.
 * @throws {Error} where nobody gave one, with what to do about it.
 */
export function currentServiceContext(): ServiceContext {
  if (current) return current
  throw new Error(
    'A service was constructed outside of a container, so it has no data source. ' +
      'Ask the application for it (`application.resolve(CityService)`), or hand it a context ' +
      '(`new CityService({ dataSource, logger })`).',
  )
}
