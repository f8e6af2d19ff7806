import type { EventLoopUtilization } from 'node:perf_hooks'
import { performance } from 'node:perf_hooks'
import type { ModelDataSource } from '../../orm/data-source.js'
import { databaseMeasurements } from '../../orm/database-measurements.js'
import type { DatabaseMeasurements } from '../../orm/unit-of-work/unit-measurements.js'
import type { LimiterCounters } from '../../rate-limit/limiter-counters.js'
import type { RateLimiter } from '../../rate-limit/rate-limiter.js'
import type { Overload } from '../overload/overload.js'
import type { OverloadReason } from '../overload/overload-options.js'
import type { RequestLife } from '../request-life.js'
import type { EventLoopDelay, EventLoopWatch } from './event-loop-watch.js'

/** What is measured beside what costs nothing. */
export interface MeasurementOptions {
  /** Whether a timer looks how late the event loop is. */
  readonly eventLoop?: boolean
}

/** How many requests were answered with statuses of each class. */
export type AnsweredRequests = Readonly<Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx', number>>

/** What an application can tell of itself at any time. Counts are since its start. */
export interface Measurements {
  readonly requests: {
    /** How many are being answered now. */
    readonly active: number
    /** Those that were refused because of overload are not among them. */
    readonly answered: AnsweredRequests
    /** How many callers left before anything was answered. */
    readonly abandoned: number
    /** How many were refused because of overload, by the limit. */
    readonly refused: Readonly<Record<OverloadReason, number>>
  }
  readonly eventLoop: {
    /** How long it was busy, and how long it waited for something to do, in milliseconds, since the start of the process. */
    readonly busy: number
    readonly idle: number
    /** Of the last ten seconds that are over, where it is watched. */
    readonly delay?: EventLoopDelay
  }
  /** What the rate limiter has done. */
  readonly rateLimits: LimiterCounters
  /** Where the application has a data source. */
  readonly database?: DatabaseMeasurements
}

/** What is measured. */
export interface Measured {
  readonly life: RequestLife
  readonly overload?: Overload | undefined
  readonly watch?: EventLoopWatch | undefined
  readonly rateLimiter: RateLimiter
  readonly dataSource?: ModelDataSource
}

/** How long the event loop is looked at where that is for those who read, in milliseconds. */
export const measuredWindow = 10_000

/** What is measured, as it is now; nothing of it changes afterwards. */
export function measurementsOf({ life, overload, watch, rateLimiter, dataSource }: Measured): Measurements {
  const loop: EventLoopUtilization = performance.eventLoopUtilization()
  const none: Record<OverloadReason, number> = { active: 0, delay: 0, utilization: 0, wait: 0 }
  return Object.freeze({
    requests: Object.freeze({
      active: life.active,
      answered: life.answered,
      abandoned: life.abandoned,
      refused: Object.freeze({ ...(overload?.refused ?? none) }),
    }),
    eventLoop: Object.freeze({ busy: loop.active, idle: loop.idle, ...(watch && { delay: watch.latest }) }),
    rateLimits: Object.freeze(rateLimiter.counters),
    ...(dataSource && { database: databaseMeasurements(dataSource) }),
  })
}
