import type { Awaitable } from '../helpers/awaitable.js'
import type { Call, User } from './call.js'
import type { Exchange } from './exchange.js'

/**
 * Says who makes requests. `checkUserProvider` of `plinth/testing` says whether an implementation of your own keeps these rules.
 */
export interface UserProvider {
  /**
   * Who makes a request, asked once for each; null where nobody is signed in. It looks at nothing but the call, and remembers
   * nobody from one to the next.
   * @throws {UnauthenticatedError} for credentials that are not valid; null is as good.
   */
  userOf(call: Call): Awaitable<User | null>
}

/** How an application is told who makes its requests. */
export type Authenticate = UserProvider | ((exchange: Exchange) => Awaitable<User | null>)

/** The function that says who makes a request. */
export function authenticating(given: Authenticate): (exchange: Exchange) => Awaitable<User | null> {
  return typeof given === 'function' ? given : (exchange) => given.userOf(exchange)
}
