import { PermissionDeniedError, UnauthenticatedError } from '../../errors/exceptions.js'
import { andThen } from '../../helpers/awaitable.js'
import type { Exchange } from '../exchange.js'
import type { Decision } from '../permission.js'
import type { Step } from '../step.js'

/** Asks the permission of the action, before the body is read. */
export const permit: Step = {
  name: 'permit',
  for: ({ permission, on }) => {
    const enforce = (exchange: Exchange) => (decision: Decision<never>) => {
      if (decision === true) return
      if (typeof decision === 'function' && on === 'row') exchange.rowTest = decision as Exchange['rowTest']
      else refuse(exchange)
    }
    return (exchange) => andThen(permission.allows(exchange), enforce(exchange))
  },
}

/** Asks the rest of the permission, once the row is there. */
export const permitRow: Step = {
  name: 'permitRow',
  for: ({ on }) => {
    if (on !== 'row') return undefined
    return (exchange) => {
      if (!exchange.rowTest) return
      return andThen(exchange.rowTest(exchange.row), (allowed) => {
        // Only `true` allows: a rule written without types may return anything.
        if (allowed !== true) refuse(exchange)
      })
    }
  },
}

/**
 * Refuses an exchange.
 * @throws {UnauthenticatedError} where nobody is signed in: signing in may help.
 * @throws {PermissionDeniedError} where somebody is.
 */
export function refuse({ user }: Exchange): never {
  if (user === null) throw new UnauthenticatedError('Sign in to do this.')
  throw new PermissionDeniedError('You may not do this.')
}
