import { contextLogger } from '../logging/context-logger.js'
import type { Logger } from '../logging/logger.js'
import type { ModelDataSource } from '../orm/data-source.js'
import type { AtomicOptions } from '../orm/unit-of-work/unit-host.js'
import { limitCalls } from '../rate-limit/limit-calls.js'
import { attempted } from './attempted.js'
import { giveParts } from './own-part.js'
import { currentServiceContext, rateLimiterOf, type ServiceContext } from './service-context.js'
import type { ServiceResult } from './service-result.js'

/**
 * The base of services: what an application does, apart from HTTP. A container makes services without being told how;
 * by hand it is `new CityService({ dataSource, logger })`.
 */
export abstract class BaseService {
  protected readonly dataSource: ModelDataSource
  /** Adds the name of the class to what it logs, and what is known of the running request. */
  protected readonly logger: Logger

  constructor(context: ServiceContext = currentServiceContext()) {
    this.dataSource = context.dataSource
    this.logger = loggerOf(context.logger, this.constructor)
    limitCalls(this, () => rateLimiterOf(context))
  }

  /**
   * Runs `work` in one transaction; inside another, in a savepoint. What it throws, and a failure it returns, undo all
   * of it.
   */
  protected atomic<T>(work: () => T | Promise<T>, options?: AtomicOptions): Promise<T> {
    return this.dataSource.atomic(work, options)
  }

  /**
   * The result of `work`, or the failure that what it threw stands for: any AppException, and errors of the database
   * that have a meaning for callers.
   * @throws whatever else it threw.
   */
  protected async attempt<T>(work: () => Promise<T>): Promise<ServiceResult<T>> {
    return attempted(this.dataSource, work)
  }
}

/** The loggers of services that have been made: those that live for one request are made often. */
const loggers = new WeakMap<Logger, WeakMap<object, Logger>>()

/** A logger that adds the name of a class. */
function loggerOf(logger: Logger, service: { readonly name: string }): Logger {
  const known = loggers.get(logger) ?? new WeakMap<object, Logger>()
  loggers.set(logger, known)
  const own = known.get(service) ?? contextLogger(logger).child({ service: service.name })
  known.set(service, own)
  return own
}

giveParts(BaseService.prototype)
