import { PermissionDeniedError } from '../../errors/exceptions.js'
import { matches, type RowData } from '../../model/matches.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { isSuccess } from '../outcome.js'
import type { Run } from '../step.js'

/**
 * Looks again once the row is written, and so locked until the unit of work ends: the row must still be inside of what the
 * caller may see, as others may have left it meanwhile. Otherwise all is undone.
 */
export function verifyWritten({ model, on }: ActionModel): Run | undefined {
  if (!model || on !== 'row' || !model.scope) return undefined
  const { entity, scope } = model
  return (exchange) => {
    const written = writtenRow(exchange)
    requireInside(scope(exchange), (written instanceof entity ? written : exchange.row) as RowData)
  }
}

function writtenRow({ outcome }: Exchange): unknown {
  return typeof outcome === 'object' && outcome !== null && isSuccess(outcome) ? outcome.data : outcome
}

function requireInside(scope: Readonly<Record<string, unknown>>, row: RowData): void {
  if (matches(matching(scope as Readonly<Record<string, Operand | null>>), row)) return
  throw new PermissionDeniedError('The row would no longer be yours.', { errorCode: 'OUTSIDE_SCOPE' })
}
