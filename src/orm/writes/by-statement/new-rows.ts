import type { ObjectLiteral } from 'typeorm'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import type { ScopedRepository } from '../../model-repository.js'
import { type InsertPlan, insertPlanOf } from '../insert-plan.js'
import type { Target } from '../write.js'
import { draftedRows } from './drafted-rows.js'
import type { RowReader } from './entity-reader.js'
import { inOrderOf } from './given-order.js'
import { insertAllUnless } from './insert-all-unless.js'
import { type ReadyInsert, readyInsert, rowsReturned, rowsWritten } from './known-rows.js'
import { canPropose } from './proposed-values.js'
import { requireAll } from './require-all.js'
import { type RowSources, rowSourcesOf } from './row-sources.js'
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
  const insert = await readyInsertOf({ dataSource, target, plan, sources }, draft(), reader)
  const raw = insert && (await sendWrite(dataSource, insert.statement))
  if (!raw || !requireAll(rowsWritten(insert, raw), insert.count)) return undefined
  const { keys, context } = insert
  const returned = reader.all(rowsReturned(insert, raw))
  const stored = keys ? inOrderOf(keys, returned, (row) => String(reader.keyOf(row))) : returned
  const ids = () => stored.map((row) => reader.keyOf(row))
  await tellCommitted(dataSource, target, () => ({ context, kind: 'insert', ids: ids() }))
  return stored
}

/**
 * An INSERT that is ready to be sent. Nothing else of its rows is kept until it is answered: what rules have proposed is half of
 * what a call holds, and what is held when V8 collects garbage is what that costs.
 */
interface ReadyInsertOfRows extends ReadyInsert {
  /** How many rows it writes. */
  readonly count: number
  /** The keys of the rows in their order, where they are not returned in it. */
  readonly keys: readonly string[] | undefined
  readonly context: WriteContext
}

/** Into which table rows are inserted, and how. */
interface Destination {
  readonly dataSource: ModelDataSource
  readonly target: Target
  readonly plan: InsertPlan
  readonly sources: RowSources
}

function readyInsertOf<T>(
  { dataSource, target, plan, sources }: Destination,
  rows: readonly ObjectLiteral[],
  reader: RowReader<T>,
): Awaitable<ReadyInsertOfRows | undefined> {
  return andThen(draftedRows(dataSource, target, rows), (drafts) => {
    const keys = drafts && !sources.isOrdered ? keysOf(target, drafts.rows) : undefined
    if (!drafts || !(sources.isOrdered || keys)) return undefined
    const bound = insertAllUnless(dataSource, plan, drafts.rows, drafts.proposed)
    if (!bound) return undefined
    const { statement, known } = readyInsert(bound, sources, reader)
    const { context } = drafts
    return { statement, known, count: drafts.rows.length, keys: known ? undefined : keys, context }
  })
}

/** The keys of rows as text; undefined where one has none before it is stored. */
function keysOf({ metadata }: Target, rows: readonly ObjectLiteral[]): readonly string[] | undefined {
  const [key] = metadata.primaryColumns
  const values = rows.map((row): unknown => key!.getEntityValue(row))
  return values.every((value) => value !== undefined && value !== null) ? values.map(String) : undefined
}
