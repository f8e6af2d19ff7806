import { Cache } from '../cache/cache.js'
import type { Mistakes } from '../errors/definition-error.js'
import { consoleLogger } from '../logging/console-logger.js'
import { contextLogger } from '../logging/context-logger.js'
import { RateLimiter } from '../rate-limit/rate-limiter.js'
import { Answers } from './answers.js'
import type { PipelineHost } from './host.js'
import type { HttpApplicationOptions } from './http-application.js'
import { defaultLimits } from './limits.js'
import { defaultProblemStyle } from './problem/problem.js'
import { authenticating } from './user-provider.js'
import { verifiedNaming } from './verified-naming.js'

/** What an application is, with what it has where it is not told. */
export function pipelineHostOf(options: HttpApplicationOptions, mistakes: Mistakes): PipelineHost {
  const limits = Object.freeze({ ...defaultLimits, ...options.limits })
  const problemStyle = Object.freeze({ ...defaultProblemStyle, ...options.problems })
  const logger = contextLogger(options.logger ?? consoleLogger())
  const { clock } = options.dataSource ?? {}
  const cache = options.cache ?? new Cache({ logger, ...(clock && { clock }) })
  const rateLimiter = options.rateLimiter ?? new RateLimiter({ logger })
  const { authenticate, names = 'asDeclared', ...rest } = options
  return {
    ...rest,
    limits,
    naming: verifiedNaming(names, mistakes),
    problemStyle,
    logger,
    cache,
    rateLimiter,
    ...(authenticate && { authenticate: authenticating(authenticate) }),
  }
}

/** What writes the answers of an application. */
export function answersOf(
  { logger, naming, translate, problemStyle: style }: PipelineHost,
  methodsOf: (path: string) => readonly string[],
): Answers {
  return new Answers({
    logger,
    naming,
    methodsOf,
    style,
    ...(translate && { translate }),
  })
}
