import type { Mistakes } from '../errors/definition-error.js'
import type { Constructor } from './action-model.js'

/** How long an instance lives: as long as the application, for one request, or for whoever asks. */
export type Lifetime = 'singleton' | 'request' | 'transient'

/** Where the HTTP layer gets viewsets, services, middlewares and interceptors from. */
export interface Instances {
  /** An instance for one request, identified by any object that lives as long as it. */
  get<T extends object>(target: Constructor<T>, request: object): T
  lifetimeOf(target: Constructor): Lifetime
  /** Adds what would make `get` fail, or share one request's objects with another. */
  verify(targets: readonly Constructor[], mistakes: Mistakes): void
  /** Disposes of what was made for a request. */
  end(request: object): void
}
