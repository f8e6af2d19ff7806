import { PermissionDeniedError } from '../../errors/exceptions.js'
import { matches, type RowData } from '../../model/matches.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { ActionModel } from '../action-model.js'
import type { Run } from '../step.js'

/**
 * Refuses a write that would leave the row outside of what the caller may see; the unit of work is rolled back.
 */
export function verifyScope({ model, on }: ActionModel): Run | undefined {
  const scope = model?.scope
  if (!scope || on !== 'row') return undefined
  return (exchange) => {
    const inside = matching(scope(exchange) as Readonly<Record<string, Operand | null>>)
    const written = exchange.outcome instanceof model.entity ? exchange.outcome : exchange.row
    if (matches(inside, written as RowData)) return
    throw new PermissionDeniedError('The row would no longer be yours.', { errorCode: 'OUTSIDE_SCOPE' })
  }
}
