import type { Cache } from '../cache/cache.js'
import type { FileStorage } from '../files/file-storage.js'
import type { Awaitable } from '../helpers/awaitable.js'
import type { ClientIpOptions } from '../helpers/client-ip.js'
import type { Naming } from '../helpers/naming.js'
import type { Logger } from '../logging/logger.js'
import type { ModelDataSource } from '../orm/data-source.js'
import type { RateLimiter } from '../rate-limit/rate-limiter.js'
import type { User } from './call.js'
import type { Exchange } from './exchange.js'
import type { IdempotencyOptions } from './idempotency/idempotency.js'
import type { Instances } from './instances.js'
import type { RequestLimits } from './limits.js'
import type { OpenApiOptions } from './openapi/openapi-document.js'
import type { OverloadOptions } from './overload/overload-options.js'
import type { Translate } from './problem/as-exception.js'
import type { ProblemStyle } from './problem/problem.js'

/** What the pipeline of an action needs of its application. */
export interface PipelineHost {
  /** Needed where a viewset has an entity; without one, actions that write run in no unit of work. */
  readonly dataSource?: ModelDataSource
  /** Asked with `exchange.request` for the request, because middlewares have nothing else; ended by the application. */
  readonly instances: Instances
  readonly limits: RequestLimits
  readonly logger: Logger
  /** Where files go that actions take. */
  readonly files?: FileStorage
  /** Where answers are cached that are declared so. */
  readonly cache: Cache
  /** Counts what is limited. */
  readonly rateLimiter: RateLimiter
  /** Which proxies stand before the application, so that the addresses of clients are known; none unless told. */
  readonly clientIp?: ClientIpOptions
  /**
   * What cursors of lists are signed with: the first key signs, all of them are recognised, so that keys can be changed.
   * Without any, cursors last as long as the process.
   */
  readonly cursorKeys?: readonly string[]
  /** Turns errors of the application's own kinds into exceptions. */
  readonly translate?: Translate
  /** What names are called outside. */
  readonly naming: Naming
  /** How problems are written. */
  readonly problemStyle: ProblemStyle
  /** What documents say of the application; with it, the document is served, and made when the application is. */
  readonly openapi?: OpenApiOptions
  /** How the keys of requests are kept. */
  readonly idempotency?: IdempotencyOptions
  /** Above which limits requests are refused; none unless told. */
  readonly overload?: OverloadOptions
  /** Who makes the request; asked once per request. */
  authenticate?(exchange: Exchange): Awaitable<User | null>
}

/**
 * Answers one exchange: it sets `exchange.reply`, or throws what becomes a problem document.
 * Composed once per action at boot.
 */
export type Pipeline = (exchange: Exchange) => void | Promise<void>

/**
 * The data source of an application.
 * @throws {Error} where it has none.
 */
export function dataSourceOf({ dataSource }: Pick<PipelineHost, 'dataSource'>): ModelDataSource {
  if (dataSource) return dataSource
  throw new Error('A viewset has an entity, but the application has no data source. Give it one: { dataSource }.')
}
