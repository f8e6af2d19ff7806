import type { Permission } from '../permission.js'
import type { CheckOptions, GivenCheck } from './health-check.js'

/** How an application tells whether it lives, and whether it can answer. */
export interface HealthOptions<Check = GivenCheck> {
  /** Where it answers that it lives, which asks nothing; `/livez` unless told. The prefix stands before it. */
  readonly live?: `/${string}`
  /** Where it answers whether it is ready; `/readyz` unless told. The prefix stands before it. */
  readonly ready?: `/${string}`
  /** Who may ask; anyone unless told. */
  readonly allow?: Permission
  /** Whether both stand in the OpenAPI document; they do not unless told. */
  readonly documented?: boolean
  /** How long what a check has found is told again, in milliseconds; a second unless told. */
  readonly interval?: number
  /** The data source, which is asked for an answer and needed unless told; `false` leaves it out. */
  readonly database?: boolean | CheckOptions
  /**
   * The backend of the cache: asked where it is outside of this process, and only told unless `optional: false`, because a cache
   * that does not answer is done without. `false` leaves it out.
   */
  readonly cache?: boolean | CheckOptions
  /**
   * The store of rate limits: asked where it is outside of this process, and needed where the limiter is `'closed'` without it.
   * `false` leaves it out.
   */
  readonly limits?: boolean | CheckOptions
  /** What else is asked, by the names that callers are told. */
  readonly checks?: Readonly<Record<string, Check>>
}

/** What is told of something an application depends on. */
export type CheckState = 'up' | 'down'

/** Where it answers unless told: the names that Kubernetes uses itself. */
export const defaultPaths = { live: '/livez', ready: '/readyz' } as const
