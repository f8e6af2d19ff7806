import type { Failure } from '../../../errors/failure.js'
import type { RowData } from '../../../model/matches.js'
import { propertiesOf } from '../../../model/predicate.js'
import type { Id } from '../../../model/verb.js'
import type { ModelDataSource } from '../../data-source.js'
import { referencesTo } from '../../deletion/references.js'
import type { EntityRow } from '../../entity-row.js'
import { parseId } from '../../parse-id.js'
import type { Selection } from '../../selection.js'
import { keepsRows } from '../remove.js'
import { TableStatement } from '../table-statement.js'
import type { Target } from '../write.js'
import { allowedRow, canDecide, type RowDecision } from './allowed-row.js'
import { addAssignments } from './assignments.js'
import { entityReaderOf, type RowReader } from './entity-reader.js'
import { returnsUpdated } from './returning.js'
import { addRowsCondition } from './rows-condition.js'
import { sendWrite } from './send.js'
import { StatementText } from './statement-text.js'
import { tellCommitted } from './tell-committed.js'
import { isWrittenAlone, type LoneWrite, loneWrite } from './why-rows.js'

/** How one row is written by a statement. */
export interface OneRowOptions<T = EntityRow> {
  /** Whether the row may be written; it is read before, and written as it was then. */
  readonly decide?: RowDecision | undefined
  /** What becomes of the row that is stored then, where the statement that writes it returns it; an entity unless told. */
  readonly reader?: RowReader<T> | undefined
}

/**
 * Changes one row of a selection by one statement, where nothing needs to see it before. Undefined where nothing was
 * written: the row is not there, the database refuses it, or it has to be looked at first.
 * @returns the row as it is stored then.
 */
export async function changeRow<T = EntityRow>(
  rows: Selection<EntityRow>,
  id: Id,
  given: RowData,
  { decide, reader }: OneRowOptions<T> = {},
): Promise<T | EntityRow | undefined> {
  const { dataSource, ...target } = writtenBy(rows)
  const entities = entityReaderOf(dataSource, target.metadata)
  const isEmpty = Object.values(given).every((value) => value === undefined)
  if (isEmpty || !entities || !isWrittenAlone(dataSource, target, 'update')) return undefined
  const write = loneWrite(dataSource, target, target.model.rules.update, given)
  const row = rows.byId(id)
  if (!write || decidesWhoSees(row, target, write.values)) return undefined
  const statement = await decidedStatement(dataSource, target, { row, write, decide })
  const done = statement && (await sent<T | EntityRow>(rows, id, statement, reader ?? entities))
  if (done !== undefined)
    await tellCommitted(dataSource, target, { ...write, kind: 'update', ids: [keyIn(target, id)] })
  return done
}

/**
 * Deletes one row of a selection by one statement, where deleting keeps it and nothing needs to see it before.
 * @returns false where nothing was written, as with `changeRow`.
 */
export async function deleteRow(
  rows: Selection<EntityRow>,
  id: Id,
  { decide }: Pick<OneRowOptions, 'decide'> = {},
): Promise<boolean> {
  const { dataSource, ...target } = writtenBy(rows)
  const { update, delete: own } = target.model.rules
  if (!keepsRows(target.model) || !isWrittenAlone(dataSource, target, 'delete')) return false
  if (referencesTo(dataSource, target.metadata).some(({ policy }) => policy !== 'keep')) return false
  const write = loneWrite(dataSource, target, [...update, ...own], {})
  if (!write || (decide && !entityReaderOf(dataSource, target.metadata))) return false
  const statement = await decidedStatement(dataSource, target, { row: rows.byId(id), write, decide })
  if (!statement || (await affectedBy(dataSource, target, statement)) !== 1) return false
  await tellCommitted(dataSource, target, { ...write, kind: 'delete', ids: [keyIn(target, id)] })
  return true
}

/** The key of a row as it is stored. */
const keyIn = ({ metadata }: Target, id: Id): unknown => parseId(metadata, id)

/** What a selection is of. */
export function writtenBy({ repository }: Selection<EntityRow>): Target & { readonly dataSource: ModelDataSource } {
  const { metadata, model, manager } = repository
  return { metadata, model, dataSource: manager.dataSource }
}

/** Whether values decide who sees the row, so that it may no longer be the caller's when it is written. */
export function decidesWhoSees(
  { parts: { sight } }: Selection<EntityRow>,
  { model }: Target,
  values: RowData,
): boolean {
  const scopes = Object.values(model.scopes).map(({ where }) => where)
  return [...scopes, ...sight.where].flatMap(propertiesOf).some((property) => values[property] !== undefined)
}

interface DecidedWrite {
  readonly row: Selection<EntityRow>
  readonly write: LoneWrite
  readonly decide: RowDecision | undefined
}

/** The UPDATE of a row, once it is decided that the row may be written. */
async function decidedStatement(
  dataSource: ModelDataSource,
  target: Target,
  { row, write, decide }: DecidedWrite,
): Promise<StatementText | undefined> {
  if (decide && !canDecide(dataSource)) return undefined
  const statement = updateStatement(dataSource, target, row, write)
  if (!statement || !decide) return statement
  const asDecided = await allowedRow(row, decide)
  asDecided?.(statement)
  return asDecided && statement
}

function updateStatement(
  dataSource: ModelDataSource,
  { metadata }: Target,
  row: Selection<EntityRow>,
  { values }: LoneWrite,
): StatementText | undefined {
  const statement = new StatementText(
    dataSource.driver,
    `UPDATE ${new TableStatement(dataSource, metadata).table} SET `,
  )
  if (!addAssignments(dataSource, metadata, values, statement)) return undefined
  return addRowsCondition(dataSource, row, statement.add(' WHERE ')) ? statement : undefined
}

/** Sends an UPDATE, and tells how many rows it has written; undefined where the database refuses it. */
async function affectedBy(dataSource: ModelDataSource, { metadata }: Target, statement: StatementText) {
  const [key] = metadata.primaryColumns
  if (returnsUpdated(dataSource)) statement.add(` RETURNING ${dataSource.driver.escape(key!.databaseName)}`)
  const raw = await sendWrite(dataSource, statement)
  return raw && (raw.affected ?? raw.rows.length)
}

/** Sends an UPDATE of a row, and gives the row as it is stored then. */
async function sent<T>(
  rows: Selection<EntityRow>,
  id: Id,
  statement: StatementText,
  reader: RowReader<T>,
): Promise<T | EntityRow | undefined> {
  const { dataSource, ...target } = writtenBy(rows)
  if (returnsUpdated(dataSource)) {
    const raw = await sendWrite(dataSource, statement.add(` RETURNING ${reader.names}`))
    return raw && reader.first(raw)
  }
  const read = async () => {
    const affected = await affectedBy(dataSource, target, statement)
    return affected === 1 ? ((await rows.repository.findById(id)) ?? undefined) : undefined
  }
  return inUnit(dataSource, read)
}

const nothing: Failure = Object.freeze({ success: false, error: 'Nothing was written.', errorCode: 'REFUSED' })

/** Runs work in a unit of work, which is undone where nothing was written: one statement may have been refused. */
export async function inUnit<T>(
  dataSource: ModelDataSource,
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const done = await dataSource.atomic(async () => (await work()) ?? nothing)
  return done === nothing ? undefined : (done as T)
}
