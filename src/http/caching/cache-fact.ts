import type { ContextVariable } from '../../helpers/context-variable.js'
import { type AnyClass, FactKind, type FactLevel } from '../../metadata/fact-kind.js'
import type { Place } from '../../metadata/place.js'
import type { Call } from '../call.js'

/** How the answers of an action are cached. */
export interface CacheResponseOptions {
  /** Seconds that an answer counts, more than 0 and at most a year. */
  readonly timeout: number
  /**
   * For whom an answer is: `'public'` for everybody, `'user'` for who is signed in, or for all with the same roles for
   * whom a function gives the same text, such as a tenant.
   */
  readonly vary: 'public' | 'user' | ((call: Call) => string)
  /** Stands in the key, so that another text forgets what there is. */
  readonly keyPrefix?: string
  /**
   * What answers are made of beside the rows of the viewset, those they show and those they are chosen by: entities, and
   * names for `cache.invalidate('…')`.
   */
  readonly tags?: readonly (AnyClass | string)[]
  /** The request headers that answers depend on. What an action reads of others makes its answer not be kept. */
  readonly headers?: readonly string[]
  /**
   * The context variables that answers depend on, beside those that scopes compare with. What an action reads of others
   * makes its answer not be kept.
   */
  readonly variables?: readonly ContextVariable<unknown>[]
  /** Seconds beyond, in which one request makes an answer anew and the others are given the old one; 0 unless told. */
  readonly stale?: number
  /** The most characters of a body that is kept; 1,048,576 unless told. */
  readonly maxSize?: number
}

/** What one decorator said about the answers of an action, or of all that read. Written once, never changed. */
export interface CacheFact extends CacheResponseOptions {
  /** The name of the method; without one it is about the class. */
  readonly name?: string
  /** The actions of the class it is about; all that read unless told. */
  readonly actions?: readonly string[]
  readonly place: Place
}

/** What was said about cached answers. */
export const cacheFacts = new FactKind<CacheFact>('cached answers')

/** Declares that answers are cached, as `@CacheResponse` does. */
export function declareCache(target: AnyClass, fact: CacheFact): void {
  cacheFacts.write(target, fact)
}

/** What is said nearest to a class about an action, above its method before above its class. */
export function cacheFactIn(
  levels: readonly FactLevel<CacheFact>[],
  name: string,
  reads: boolean,
): CacheFact | undefined {
  const about = ({ actions }: CacheFact): boolean => (actions ? actions.includes(name) : reads)
  for (const { facts } of levels.toReversed()) {
    const own = facts.filter((fact) => fact.name === name).at(-1)
    const shared = facts.filter((fact) => fact.name === undefined && about(fact)).at(-1)
    if (own ?? shared) return own ?? shared
  }
  return undefined
}
