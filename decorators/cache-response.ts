import { type CacheResponseOptions, declareCache, placeOfCall, type ViewSet } from 'plinth'
import { standing } from './standing.js'

/** What is said above a class: how the answers of its actions are cached, of all that read or of some. */
export interface ClassCacheOptions extends CacheResponseOptions {
  readonly actions?: readonly string[]
}

interface CacheResponseDecorator<O> {
  (target: ViewSet, key: O extends { readonly actions: unknown } ? never : string, descriptor: PropertyDescriptor): void
  (target: abstract new (...dependencies: never[]) => ViewSet): void
}

/**
 * Caches the answers of an action, or of the actions of a viewset that read: `@CacheResponse({ timeout: 300, vary:
 * 'public' })`. They are forgotten when a row is written that they are made of. Who may call is decided each time.
 */
function CacheResponse<const O extends ClassCacheOptions>(options: O): CacheResponseDecorator<O> {
  const place = placeOfCall(CacheResponse)
  return (target: object, key?: string): void => {
    const { owner, ...named } = standing(target, key)
    declareCache(owner, { ...options, place, ...named })
  }
}

/** The same as `@CacheResponse`. */
const cacheResponse = CacheResponse

export { CacheResponse, cacheResponse }
