import { PermissionDeniedError } from '../../errors/exceptions.js'
import { andThen } from '../../helpers/awaitable.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { matches, type RowData } from '../../model/matches.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { isSuccess } from '../outcome.js'
import { runningRepository } from '../running.js'
import type { Run } from '../step.js'

/**
 * Looks again once the row is written, and so locked until the unit of work ends: the row must still be inside of what the
 * caller may see, as others may have left it meanwhile. Otherwise all is undone.
 */
export function verifyWritten({ model, on, input }: ActionModel): Run | undefined {
  if (!model || on !== 'row' || !model.scope) return undefined
  const { entity, scope } = model
  const isGivenValues = input === 'replace' || input === 'patch'
  return (exchange) => {
    const written = writtenRow(exchange)
    const isTold = written instanceof entity && written !== exchange.row
    if (isTold || !isGivenValues) {
      return requireInside(scope(exchange), (written instanceof entity ? written : exchange.row) as RowData)
    }
    // A hook of one's own may answer nothing, something else, or the row as it was before: only the database knows.
    return andThen(storedRow(entity, exchange.row as EntityRow), (row) => {
      if (row) requireInside(scope(exchange), row)
    })
  }
}

/** The row as it is stored now, also where default scopes hide it. */
function storedRow(entity: AnyClass<EntityRow>, row: EntityRow): Promise<RowData | null> {
  const repository = runningRepository(entity)
  const key = repository.metadata.getEntityIdMap(row) as Readonly<Record<string, Operand>>
  return repository.unscoped().select().where(matching(key)).first()
}

function writtenRow({ outcome }: Exchange): unknown {
  return typeof outcome === 'object' && outcome !== null && isSuccess(outcome) ? outcome.data : outcome
}

function requireInside(scope: Readonly<Record<string, unknown>>, row: RowData): void {
  if (matches(matching(scope as Readonly<Record<string, Operand | null>>), row)) return
  throw new PermissionDeniedError('The row would no longer be yours.', { errorCode: 'OUTSIDE_SCOPE' })
}
