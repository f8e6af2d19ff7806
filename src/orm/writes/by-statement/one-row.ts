import type { Failure } from '../../../errors/failure.js'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import type { RowData } from '../../../model/matches.js'
import { type Predicate, propertiesOf } from '../../../model/predicate.js'
import type { Id } from '../../../model/verb.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import type { Selection } from '../../selection.js'
import type { AtomicOptions } from '../../unit-of-work/unit-host.js'
import type { Target } from '../write.js'
import type { RowDecision } from './allowed-row.js'
import { affectedBy, decidedStatement, keyIn, writtenBy } from './decided-statement.js'
import { entityReaderOf, type RowReader } from './entity-reader.js'
import { returning, returnsUpdated } from './returning.js'
import { seenStatement } from './seen-statement.js'
import { sendWrite } from './send.js'
import type { StatementText } from './statement-text.js'
import { tellCommitted } from './tell-committed.js'
import { updateStatement } from './update-statement.js'
import { isWrittenAlone, type LoneWrite, sharedWrite } from './why-rows.js'

/** How one row is written by a statement. */
export interface OneRowOptions<T = EntityRow> {
  /** Whether the row may be written; it is read before, and written as it was then. */
  readonly decide?: RowDecision | undefined
  /** What becomes of the row that is stored then, where the statement that writes it returns it; an entity unless told. */
  readonly reader?: RowReader<T> | undefined
  /** Whether the row is also written so in a running unit of work, with which it is undone. */
  readonly joins?: boolean
}

/**
 * Changes one row of a selection by one statement, where nothing needs to see it before. Undefined where nothing was
 * written: the row is not there, the database refuses it, or it has to be looked at first.
 * @returns the row as it is stored then.
 */
export function changeRow<T = EntityRow>(
  rows: Selection<EntityRow>,
  id: Id,
  given: RowData,
  { decide, reader, joins }: OneRowOptions<T> = {},
): Awaitable<T | EntityRow | undefined> {
  const { dataSource, ...target } = writtenBy(rows)
  const entities = entityReaderOf(dataSource, target.metadata)
  const isEmpty = Object.values(given).every((value) => value === undefined)
  if (isEmpty || !entities || !isWrittenAlone(dataSource, target, 'update', joins)) return undefined
  const write = sharedWrite(dataSource, target, target.model.rules.update, given)
  const named = rows.byId(id)
  // Whether a row that is seen passes by is for rules to see.
  if (!write || write.passes || decidesWhoSees(named, target, write.values)) return undefined
  const row = asExpected(named, write)
  const { values } = write
  const asked: RowReader<T | EntityRow> = reader ?? entities
  const how = { returned: returning(dataSource, asked) }
  const update = (returned: string) => updateStatement(dataSource, target, { row, values }, returned)
  const statement = write.computes
    ? seenStatement(row, decide, { ...write, given }, how)
    : decidedStatement(row, decide, update, how)
  const again = () => rows.repository.findById(id)
  const done = andThen(statement, (text) => text && sentUpdate(dataSource, { statement: text, again }, asked))
  return andThen(done, (stored) => {
    if (stored === undefined) return stored
    const committed = () => ({ ...write, kind: 'update', ids: [keyIn(target, id)] })
    return andThen(tellCommitted(dataSource, target, committed), () => stored)
  })
}

/** The rows of a selection that are as the rules of a write expect. */
export function asExpected(rows: Selection<EntityRow>, { expected }: LoneWrite): Selection<EntityRow> {
  return Object.keys(expected).length === 0 ? rows : rows.where(expected)
}

/** Whether values decide who sees the row, so that it may no longer be the caller's when it is written. */
export function decidesWhoSees(
  { parts: { sight } }: Selection<EntityRow>,
  { model }: Target,
  values: RowData,
): boolean {
  return decideAny(sight.where, values) || Object.values(model.scopes).some(({ where }) => decideAny([where], values))
}

/** Whether values decide about any of some conditions. */
export function decideAny(conditions: readonly Predicate[], values: RowData): boolean {
  return conditions.some((where) => propertiesOf(where).some((property) => values[property] !== undefined))
}

/** An UPDATE of one row that returns it, and how that is read again where its engine does not. */
export interface RowUpdate {
  readonly statement: StatementText
  readonly again: () => Promise<EntityRow | null>
}

/** Sends an UPDATE of a row, and gives the row as it is stored then; undefined where nothing was written. */
export function sentUpdate<T>(
  dataSource: ModelDataSource,
  { statement, again }: RowUpdate,
  reader: RowReader<T>,
): Awaitable<T | EntityRow | undefined> {
  if (returnsUpdated(dataSource)) {
    return andThen(sendWrite(dataSource, statement), (raw) => raw && reader.first(raw))
  }
  const read = async () => {
    const affected = await affectedBy(dataSource, statement)
    return affected === 1 ? ((await again()) ?? undefined) : undefined
  }
  return inUnit(dataSource, read)
}

/** What a unit of work answers that is undone because nothing was written. */
export const nothing: Failure = Object.freeze({ success: false, error: 'Nothing was written.', errorCode: 'REFUSED' })

/** Runs work in a unit of work, which is undone where nothing was written: one statement may have been refused. */
export async function inUnit<T>(
  dataSource: ModelDataSource,
  work: () => Awaitable<T | undefined>,
  options?: AtomicOptions,
): Promise<T | undefined> {
  const done = await dataSource.atomic(async () => (await work()) ?? nothing, options)
  return done === nothing ? undefined : (done as T)
}
