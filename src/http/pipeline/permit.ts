import { PermissionDeniedError, UnauthenticatedError } from '../../errors/exceptions.js'
import { adopted, andThen } from '../../helpers/awaitable.js'
import { decisionOf, verdictOf } from '../../helpers/rule-answer.js'
import { SeenRow } from '../../orm/reads/seen-row.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { Decision, Permission } from '../permission.js'
import type { Run } from '../step.js'

/** Asks the permission of the action, before the body is read. Where there is no row, what asks for one is refused. */
export function permit({
  permission,
  on,
  severalRows = false,
}: Pick<ActionModel, 'permission' | 'on' | 'severalRows'>): Run {
  const enforce = (exchange: Exchange, decision: Decision<never>): void => {
    if (decisionOf(permission, decision) === true) return
    if (typeof decision === 'function' && (on === 'row' || severalRows)) exchange.rowTest = decision
    else refuse(exchange)
  }
  return (exchange) => {
    const decision = adopted(permission.allows(exchange))
    return decision instanceof Promise
      ? decision.then((decided) => enforce(exchange, decided))
      : enforce(exchange, decision)
  }
}

/** Asks what the permission left open, now that the row is there. */
export const permitRow: Run = (exchange) => {
  if (!exchange.rowTest || exchange.rowAllowed) return
  const row = exchange.row instanceof SeenRow ? exchange.row.entity : exchange.row
  return andThen<unknown, void>(adopted(exchange.rowTest(row as never)), (allowed) => {
    if (!verdictOf(exchange.action.permission, allowed)) refuse(exchange)
  })
}

/** Asks a permission about a row that was found for an exchange. */
export async function permitFound(permission: Permission, exchange: Exchange, row: object): Promise<void> {
  const decision: Decision<never> = decisionOf(permission, await permission.allows(exchange))
  const allowed = typeof decision === 'function' ? verdictOf(permission, await decision(row as never)) : decision
  if (!allowed) refuse(exchange)
}

/**
 * Refuses an exchange.
 * @throws {UnauthenticatedError} where nobody is signed in: signing in may help.
 * @throws {PermissionDeniedError} where somebody is.
 */
function refuse({ user }: Exchange): never {
  if (user === null) throw new UnauthenticatedError('Sign in to do this.')
  throw new PermissionDeniedError('You may not do this.')
}
