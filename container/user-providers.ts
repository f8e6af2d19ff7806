import type { Authenticate, Constructor, UserProvider } from 'plinth'
import type { Container } from './container.js'

/** How an application is told who makes its requests: what an application without a container has, or a class of providers. */
export type Authentication = Authenticate | Constructor<UserProvider>

/** The classes that must be made to know who makes requests. */
export function userProvidersOf(given: Authentication | undefined): readonly Constructor<UserProvider>[] {
  return isClass(given) ? [given] : []
}

/** Who says who makes requests; a class is made by the container, as services are. */
export function authenticateOf(given: Authentication | undefined, container: Container): Authenticate | undefined {
  if (!isClass(given)) return given
  return (exchange) => container.get(given, exchange.request).userOf(exchange)
}

/** Functions have no `userOf` among what their instances would have. */
function isClass(given: Authentication | undefined): given is Constructor<UserProvider> {
  if (typeof given !== 'function') return false
  const { prototype } = given as { readonly prototype?: Partial<UserProvider> }
  return typeof prototype?.userOf === 'function'
}
