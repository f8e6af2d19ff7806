import {
  type Call,
  type ConcurrencyDeclaration,
  declareConcurrencyLimit,
  type OptionNames,
  placeOfCall,
  requireKnown,
  type WhenStoreDown,
} from 'plinth'
import type { ActionLimitDecorator, NoRateLimit } from './rate-limit.js'
import { standing } from './standing.js'

/** How many requests may be answered at the same time. */
export interface ConcurrencyLimitOptions {
  /** Its name, which callers are told. Where it stands again with the same number, requests count together. */
  readonly key: string
  /** The most at the same time. */
  readonly limit: number
  /**
   * Who shares what is allowed: each user (and each client that is not signed in), each client's address, everybody, or
   * all for whom a function gives the same text. Users, unless told.
   */
  readonly per?: 'user' | 'client' | 'all' | ((call: Call) => string | undefined)
  /** What is done while the store does not answer; what the limiter of the application says unless told. */
  readonly whenDown?: WhenStoreDown
  /** Whether it is only tried: the log says what it would have refused, and nothing is. */
  readonly shadow?: boolean
  /** Above a class: the actions it is about; all unless told. */
  readonly actions?: readonly string[]
}

const concurrencyLimitOptions: OptionNames<ConcurrencyLimitOptions> = {
  key: true,
  limit: true,
  per: true,
  whenDown: true,
  shadow: true,
  actions: true,
}

/**
 * Limits how many requests for an action, or for the actions of a viewset, may be answered at the same time: `@ConcurrencyLimit({ key:
 * 'exports', limit: 2 })`. A request counts until its answer is sent and its work is done, however it ends.
 */
function ConcurrencyLimit(options: ConcurrencyLimitOptions | NoRateLimit): ActionLimitDecorator {
  const place = placeOfCall(ConcurrencyLimit)
  requireKnown(options, concurrencyLimitOptions, { subject: '@ConcurrencyLimit', places: [place] })
  return (target: object, key?: string): void => {
    const { owner, ...named } = standing(target, key)
    declareConcurrencyLimit(owner, { ...(options as ConcurrencyDeclaration), place, ...named })
  }
}

/** The same as `@ConcurrencyLimit`. */
const concurrencyLimit = ConcurrencyLimit

export { ConcurrencyLimit, concurrencyLimit }
