import type { ObjectLiteral } from 'typeorm'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import type { ScopedRepository } from '../../model-repository.js'
import { insertPlanOf } from '../insert-plan.js'
import type { Target } from '../write.js'
import { draftedRows } from './drafted-rows.js'
import type { RowReader } from './entity-reader.js'
import { inOrderOf } from './given-order.js'
import { insertAllUnless } from './insert-all-unless.js'
import { canPropose } from './proposed-values.js'
import { requireAll } from './require-all.js'
import { rowSourcesOf } from './row-sources.js'
import { sendWrite } from './send.js'
import { tellCommitted } from './tell-committed.js'
import { isInsertedAlone } from './why-rows.js'

/**
 * Makes rows by one statement, all of them or none, outside of a unit of work, where nothing has to look at other rows before: as
 * `newRow` makes one. Undefined where nothing was written, because something must look, rows are in each other's way, or the
 * database refuses one.
 * @returns what the reader makes of the rows as they are stored, in their order.
 */
export async function newRows<E extends EntityRow, T>(
  repository: ScopedRepository<E>,
  draft: () => readonly E[],
  reader: RowReader<T>,
): Promise<readonly T[] | undefined> {
  const { metadata, model, manager } = repository
  const { dataSource } = manager
  const target = { metadata, model }
  const sources = rowSourcesOf(dataSource.options.type as EngineType)
  if (!sources || !canPropose(model) || !isInsertedAlone(dataSource, target)) return undefined
  const plan = insertPlanOf(dataSource, metadata)
  if (!plan) return undefined
  const rows = draft()
  const drafts = await draftedRows(dataSource, target, rows)
  const keys = drafts && !sources.isOrdered ? keysOf(target, drafts.rows) : undefined
  if (!drafts || !(sources.isOrdered || keys)) return undefined
  const insert = insertAllUnless(dataSource, plan, drafts.rows, drafts.proposed)
  // To return what is known costs a third of the statement; how many rows were written is asked all the same.
  const known = insert && sources.asBound?.(insert.lists, reader.read)
  const raw = insert && (await sendWrite(dataSource, insert.statement.add(` RETURNING ${known ? 1 : reader.names}`)))
  if (!raw || !requireAll(raw.rows.length, rows.length)) return undefined
  const returned = reader.all(known ? { ...raw, rows: known } : raw)
  const stored = keys && !known ? inOrderOf(keys, returned, (row) => String(reader.keyOf(row))) : returned
  const ids = () => stored.map((row) => reader.keyOf(row))
  await tellCommitted(dataSource, target, () => ({ ...drafts, kind: 'insert', ids: ids() }))
  return stored
}

/** The keys of rows as text; undefined where one has none before it is stored. */
function keysOf({ metadata }: Target, rows: readonly ObjectLiteral[]): readonly string[] | undefined {
  const [key] = metadata.primaryColumns
  const values = rows.map((row): unknown => key!.getEntityValue(row))
  return values.every((value) => value !== undefined && value !== null) ? values.map(String) : undefined
}
