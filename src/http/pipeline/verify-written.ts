import { PermissionDeniedError } from '../../errors/exceptions.js'
import { matches, type RowData } from '../../model/matches.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { isSuccess } from '../outcome.js'
import type { Run } from '../step.js'
import { permitRow } from './permit.js'

/**
 * Looks again once the row is written, and so locked until the unit of work ends: the row must still be inside of what
 * the caller may see, and the permission must allow it as others may have left it meanwhile. Otherwise all is undone.
 */
export function verifyWritten({ model, on, input }: ActionModel): Run | undefined {
  if (!model || on !== 'row') return undefined
  const { entity, scope } = model
  const updates = input === 'replace' || input === 'patch'
  return (exchange) => {
    const written = writtenRow(exchange)
    const isRow = written instanceof entity
    if (scope) requireInside(scope(exchange), (isRow ? written : exchange.row) as RowData)
    if (!updates || !isRow || !exchange.rowTest) return undefined
    return permitRow(asLeft(exchange, written))
  }
}

function writtenRow({ outcome }: Exchange): unknown {
  return typeof outcome === 'object' && outcome !== null && isSuccess(outcome) ? outcome.data : outcome
}

function requireInside(scope: Readonly<Record<string, unknown>>, row: RowData): void {
  if (matches(matching(scope as Readonly<Record<string, Operand | null>>), row)) return
  throw new PermissionDeniedError('The row would no longer be yours.', { errorCode: 'OUTSIDE_SCOPE' })
}

/** The exchange with the row as it is without what this request wrote. */
function asLeft(exchange: Exchange, written: object): Exchange {
  const before = exchange.row as Readonly<Record<string, unknown>>
  const own = Object.keys(exchange.body as object).map((name) => [name, before[name]] as const)
  const row = Object.assign(Object.create(Object.getPrototypeOf(written) as object) as object, written)
  return Object.assign(Object.create(exchange) as Exchange, { row: Object.assign(row, Object.fromEntries(own)) })
}
