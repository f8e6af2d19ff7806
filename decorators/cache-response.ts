import {
  type CacheResponseOptions,
  declareCache,
  type Known,
  type OptionNames,
  placeOfCall,
  requireKnown,
  type ViewSet,
} from 'plinth'
import { standing } from './standing.js'

/** What is said above a class: how the answers of its actions are cached, of all that read or of some. */
export interface ClassCacheOptions extends CacheResponseOptions {
  readonly actions?: readonly string[]
}

const cacheResponseOptions: OptionNames<ClassCacheOptions> = {
  timeout: true,
  vary: true,
  keyPrefix: true,
  tags: true,
  headers: true,
  variables: true,
  stale: true,
  maxSize: true,
  actions: true,
}

/** Stands above an action, or above a viewset. */
export interface CacheResponseDecorator<O> {
  (target: ViewSet, key: O extends { readonly actions: unknown } ? never : string, descriptor: PropertyDescriptor): void
  (target: abstract new (...dependencies: never[]) => ViewSet): void
}

/**
 * Caches the answers of an action, or of the actions of a viewset that read: `@CacheResponse({ timeout: 300, vary:
 * 'public' })`. They are forgotten when a row is written that they are made of. Who may call is decided each time.
 */
function CacheResponse<const O extends ClassCacheOptions>(
  options: O & Known<O, ClassCacheOptions>,
): CacheResponseDecorator<O> {
  const place = placeOfCall(CacheResponse)
  requireKnown(options, cacheResponseOptions, { subject: '@CacheResponse', places: [place] })
  return (target: object, key?: string): void => {
    const { owner, ...named } = standing(target, key)
    declareCache(owner, { ...options, place, ...named })
  }
}

/** The same as `@CacheResponse`. */
const cacheResponse = CacheResponse

export { CacheResponse, cacheResponse }
