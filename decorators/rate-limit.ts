import {
  type BaseService,
  type Call,
  declareRateLimit,
  type OptionNames,
  placeOfCall,
  type RateLimitDeclaration,
  requireKnown,
  type ViewSet,
  type WhenStoreDown,
} from 'plinth'
import { standing } from './standing.js'

/** How often something may be done. */
export interface CommonLimit {
  /** Its name, which callers are told. Where it stands again with the same numbers, what is used counts together. */
  readonly key: string
  /** The most in any span of `period` seconds. */
  readonly limit: number
  /** Whole seconds. */
  readonly period: number
  /** What is done while the store does not answer; what the limiter of the application says unless told. */
  readonly whenDown?: WhenStoreDown
  /** Whether it is only tried: it counts, the log says what it would have refused, and nothing is. */
  readonly shadow?: boolean
}

/** How often an action may be called. */
export interface RateLimitOptions extends CommonLimit {
  /**
   * Who shares what is allowed: each user (and each client that is not signed in), each client's address, everybody, or
   * all for whom a function gives the same text. Users, unless told.
   */
  readonly per?: 'user' | 'client' | 'all' | ((call: Call) => string | undefined)
  /** How much a call counts, 1 unless told; a call that costs 0 is not limited. */
  readonly cost?: number | ((call: Call) => number)
  /** Above a class: the actions it is about; all unless told. */
  readonly actions?: readonly string[]
}

/** How often a method of a service may be called. */
export interface CallLimitOptions<A extends readonly unknown[]> extends CommonLimit {
  /** Who shares what is allowed: each user, everybody, or all calls for which a function gives the same text. */
  readonly per?: 'user' | 'all' | ((...given: A) => string | undefined)
  readonly cost?: number | ((...given: A) => number)
}

/** Takes an inherited limit away. */
export interface NoRateLimit {
  readonly key: string
  readonly limit: 'none'
  readonly actions?: readonly string[]
}

const rateLimitOptions: OptionNames<RateLimitOptions> = {
  key: true,
  limit: true,
  period: true,
  whenDown: true,
  shadow: true,
  per: true,
  cost: true,
  actions: true,
}

/** Stands above an action of plinth or of routing-controllers, or above a viewset. */
export interface ActionLimitDecorator {
  <T extends object>(
    target: T extends BaseService ? 'a method of a service is limited by its arguments, and returns a promise' : T,
    key: string,
    descriptor: PropertyDescriptor,
  ): void
  (target: abstract new (...dependencies: never[]) => ViewSet): void
}

/** Stands above a method of a service that returns a promise. */
export interface CallLimitDecorator<A extends readonly unknown[]> {
  <R>(target: BaseService, key: string, descriptor: TypedPropertyDescriptor<(...given: A) => Promise<R>>): void
}

/** What applies to both, because it looks at neither a call nor arguments. */
export type PlainLimitOptions = CommonLimit & {
  readonly per?: 'user' | 'all'
  readonly cost?: number
  readonly actions?: never
}

/** Stands above either. */
export interface PlainLimitDecorator extends ActionLimitDecorator {
  <A extends readonly unknown[], R>(
    target: BaseService,
    key: string,
    descriptor: TypedPropertyDescriptor<(...given: A) => Promise<R>>,
  ): void
}

/**
 * Limits how often an action, the actions of a viewset, or a method of a service may be called: `@RateLimit({ key:
 * 'api', limit: 100, period: 3600 })`. Several may stand above one thing, each with a name of its own.
 */
function RateLimit(options: PlainLimitOptions): PlainLimitDecorator
function RateLimit(options: RateLimitOptions | NoRateLimit): ActionLimitDecorator
function RateLimit<A extends readonly unknown[]>(options: CallLimitOptions<A>): CallLimitDecorator<A>
function RateLimit(options: RateLimitDeclaration) {
  const place = placeOfCall(RateLimit)
  requireKnown(options, rateLimitOptions, { subject: '@RateLimit', places: [place] })
  return (target: object, key?: string): void => {
    const { owner, ...named } = standing(target, key)
    declareRateLimit(owner, { ...options, place, ...named })
  }
}

/** The same as `@RateLimit`. */
const rateLimit = RateLimit

export { RateLimit, rateLimit }
