import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { Id } from '../../../model/verb.js'
import type { ModelDataSource } from '../../data-source.js'
import { isReferred } from '../../deletion/delete-related.js'
import type { EntityRow } from '../../entity-row.js'
import type { Selection } from '../../selection.js'
import { lostLinks } from '../lost-links.js'
import { keepsRows } from '../remove.js'
import { readsRows } from '../row-change.js'
import type { Target } from '../write.js'
import type { RowDecision } from './allowed-row.js'
import { affectedBy, decidedStatement, keyIn, removalStatement, writtenBy } from './decided-statement.js'
import { asExpected, type OneRowOptions } from './one-row.js'
import { seenStatement } from './seen-statement.js'
import type { StatementText } from './statement-text.js'
import { tellCommitted } from './tell-committed.js'
import { updateStatement } from './update-statement.js'
import { isRemovedAlone, isWrittenAlone, loneContext, sharedWrite } from './why-rows.js'

/** A deletion that nothing has to see the row for. */
interface LoneDeletion {
  readonly context: WriteContext
  readonly statement: (decide: RowDecision | undefined) => Awaitable<StatementText | undefined>
}

/**
 * Deletes one row of a selection by one statement, in whatever way its entity does, where nothing needs to see it before.
 * @returns false where nothing was written: the row is not there, the database refuses it, or it has to be looked at.
 */
export function deleteRow(
  rows: Selection<EntityRow>,
  id: Id,
  { decide, joins }: Pick<OneRowOptions, 'decide' | 'joins'> = {},
): Awaitable<boolean> {
  const { dataSource, ...target } = writtenBy(rows)
  const row = rows.byId(id)
  if (isReferred({ dataSource }, target, !keepsRows(target.model))) return false
  const deletion = keepsRows(target.model) ? hiding(dataSource, target, row, joins) : removing(dataSource, target, row)
  if (!deletion) return false
  const affected = andThen(deletion.statement(decide), (text) => text && affectedBy(dataSource, text))
  return andThen(affected, (count) => {
    if (count !== 1) return false
    const committed = () => ({ ...deletion, kind: 'delete', ids: [keyIn(target, id)] })
    return andThen(tellCommitted(dataSource, target, committed), () => true)
  })
}

/** Rows that deleting keeps are updated. */
function hiding(
  dataSource: ModelDataSource,
  target: Target,
  row: Selection<EntityRow>,
  joins: boolean | undefined,
): LoneDeletion | undefined {
  const { update, delete: own } = target.model.rules
  if (!isWrittenAlone(dataSource, target, 'delete', joins)) return undefined
  const write = sharedWrite(dataSource, target, [...update, ...own], {})
  if (!write) return undefined
  const { context, values, computes, passes } = write
  const written = { row: asExpected(row, write), values }
  const seen = { ...write, given: {} }
  // Rules by which it leaves may have to see it.
  if (computes || passes) return { context, statement: (decide) => seenStatement(written.row, decide, seen, {}) }
  const hide = () => updateStatement(dataSource, target, written, '')
  return { context, statement: (decide) => decidedStatement(row, decide, hide) }
}

/** Others go for good. */
function removing(dataSource: ModelDataSource, target: Target, row: Selection<EntityRow>): LoneDeletion | undefined {
  if (readsRows(target.model.rules.delete) || !isRemovedUnseen(dataSource, target, 'delete')) return undefined
  const { context } = loneContext(dataSource)
  const removal = () => removalStatement(dataSource, target, row)
  return { context, statement: (decide) => decidedStatement(row, decide, removal) }
}

/** Whether no rule hears of rows that go for good. */
export function isRemovedUnseen(dataSource: ModelDataSource, target: Target, kind: string): boolean {
  if (target.model.rules.leave.length > 0 || !isRemovedAlone(dataSource, target, kind)) return false
  // The rules at the other ends of its links hear of it.
  return lostLinks(dataSource, target.metadata).length === 0
}
