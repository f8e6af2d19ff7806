import type {
  AnyClass,
  Cache,
  CacheOptions,
  Clock,
  Constructor,
  HttpApplicationOptions,
  Logger,
  ModelDataSource,
  ModelDataSourceOptions,
  RateLimiter,
  RateLimiterOptions,
  ViewSet,
  WriteListener,
} from 'plinth'
import type { ProvidedHealth } from './health-checks.js'
import type { Checked, Provided } from './provider.js'
import type { Authentication } from './user-providers.js'

type WithoutEntities<O> = O extends unknown ? Omit<O, 'entities' | 'clock'> : never

/** How to reach a database: the options of a data source without the entities. */
export type DatabaseOptions = WithoutEntities<ModelDataSourceOptions>

/** What an application is made of: its classes, its database, and how it answers. */
export interface CreateAppOptions<P extends readonly Provided[] = readonly Provided[]>
  extends Pick<
    HttpApplicationOptions,
    | 'driver'
    | 'clientIp'
    | 'prefix'
    | 'middleware'
    | 'limits'
    | 'problems'
    | 'names'
    | 'translate'
    | 'cursorKeys'
    | 'openapi'
    | 'files'
    | 'idempotency'
    | 'overload'
    | 'measurements'
  > {
  /** Every entity; not needed where `dataSource` is one already. */
  readonly entities?: readonly AnyClass[]
  readonly viewSets?: readonly Constructor<ViewSet>[]
  /** Services that no viewset names; those that one does are known. */
  readonly services?: readonly Constructor[]
  /** What else is injected. */
  readonly providers?: P & Checked<P>
  /**
   * Says who makes requests: a function, a `UserProvider`, or a class of them, which is made and injected as services are.
   * Everybody is nobody unless told.
   */
  readonly authenticate?: Authentication
  /** How to reach the database, or a data source. One that is initialized already is not closed with the application. */
  readonly dataSource: ModelDataSource | DatabaseOptions
  /** Writes JSON lines to standard output unless told. */
  readonly logger?: Logger
  readonly clock?: Clock
  /**
   * Where answers and values are cached: in the memory of this process unless told. One that is made by its options is
   * closed with the application.
   */
  readonly cache?: Cache | CacheOptions
  /**
   * Counts what `@RateLimit` limits: in the memory of this process unless told. One that is made by its options is closed
   * with the application.
   */
  readonly rateLimiter?: RateLimiter | RateLimiterOptions
  /** Who hears of writes, as `on(Article, { afterDelete })` makes them: of all writes of the data source. */
  readonly listeners?: readonly WriteListener[]
  /**
   * How it tells whether it lives and is ready: `{}` answers at `/livez` and `/readyz`. A check is a function, an object, or a
   * class, which is made and injected as services are.
   */
  readonly health?: ProvidedHealth
  /**
   * How long `close` goes on taking connections once it is not ready any more, in milliseconds, so that load balancers see it; 0
   * unless told.
   */
  readonly drainDelay?: number
  /** How long `close` waits for requests that are being answered, in milliseconds; 10 seconds unless told. */
  readonly drainLimit?: number
}
