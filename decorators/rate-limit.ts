import {
  type AnyClass,
  type BaseService,
  type Call,
  declareRateLimit,
  placeOfCall,
  type RateLimitDeclaration,
  type ViewSet,
  type WhenStoreDown,
} from 'plinth'

/** How often something may be done. */
interface CommonLimit {
  /** Its name, which callers are told. Where it stands again with the same numbers, what is used counts together. */
  readonly key: string
  /** The most in any span of `period` seconds. */
  readonly limit: number
  /** Whole seconds. */
  readonly period: number
  /** What is done while the store does not answer; what the limiter of the application says unless told. */
  readonly whenDown?: WhenStoreDown
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

interface ActionDecorator {
  (target: ViewSet, key: string, descriptor: PropertyDescriptor): void
  (target: abstract new (...dependencies: never[]) => ViewSet): void
}

type CallDecorator<A extends readonly unknown[]> = (
  target: BaseService,
  key: string,
  descriptor: TypedPropertyDescriptor<(...given: A) => Promise<unknown>>,
) => void

/** What applies to both, because it looks at neither a call nor arguments. */
type PlainLimit = CommonLimit & { readonly per?: 'user' | 'all'; readonly cost?: number; readonly actions?: never }

interface PlainDecorator extends ActionDecorator {
  <A extends readonly unknown[]>(...decorated: Parameters<CallDecorator<A>>): void
}

/**
 * Limits how often an action, the actions of a viewset, or a method of a service may be called: `@RateLimit({ key:
 * 'api', limit: 100, period: 3600 })`. Several may stand above one thing, each with a name of its own.
 */
function RateLimit(options: PlainLimit): PlainDecorator
function RateLimit(options: RateLimitOptions | NoRateLimit): ActionDecorator
function RateLimit<A extends readonly unknown[]>(options: CallLimitOptions<A>): CallDecorator<A>
function RateLimit(options: RateLimitDeclaration) {
  const place = placeOfCall(RateLimit)
  return (target: object, key?: string): void => {
    const owner = (key === undefined ? target : target.constructor) as AnyClass
    declareRateLimit(owner, { ...options, place, ...(key !== undefined && { name: key }) })
  }
}

/** The same as `@RateLimit`. */
const rateLimit = RateLimit

export { RateLimit, rateLimit }
