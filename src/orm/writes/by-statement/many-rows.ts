import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RowData } from '../../../model/matches.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { Id } from '../../../model/verb.js'
import type { ModelDataSource } from '../../data-source.js'
import { referencesTo } from '../../deletion/references.js'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import type { Selection } from '../../selection.js'
import { holdsUuids } from '../../uuid-columns.js'
import { persistentValue } from '../persistent-value.js'
import { keepsRows } from '../remove.js'
import type { Target } from '../write.js'
import { type NamedRows, type NamingRows, namingRowsOf } from './all-or-none.js'
import type { RowDecision } from './allowed-row.js'
import { allowedRows } from './allowed-rows.js'
import { addAssignments } from './assignments.js'
import { writtenBy } from './decided-statement.js'
import { entityReaderOf, type RowReader } from './entity-reader.js'
import { asExpected, decideAny, decidesWhoSees, inUnit } from './one-row.js'
import { requireAll } from './require-all.js'
import { sendWrite } from './send.js'
import type { StatementText } from './statement-text.js'
import { tellCommitted } from './tell-committed.js'
import { looksAtRows } from './verb-looks.js'
import type { VerbOnRow } from './verb-row.js'
import { isWrittenAlone, type LoneWrite, loneWrite } from './why-rows.js'

/** Which rows are written, all of them or none. */
export interface RowsToWrite {
  readonly rows: Selection<EntityRow>
  /** Each once, as `parseId` gives them. */
  readonly keys: readonly Id[]
  /** Whether a row may be written; it is read before, and written as it was then. */
  readonly decide?: RowDecision | undefined
  /** The scopes that what is done to the rows does not see. */
  readonly past?: readonly string[] | undefined
}

/**
 * Changes rows of a selection by one statement, where nothing needs to see them before. Undefined where nothing was written: a
 * row is not there, the database refuses it, or it has to be looked at first.
 * @param reader what becomes of the rows that are stored then; without it nobody wants them.
 * @returns the rows as they are stored then, in no order; none where nobody wants them.
 */
export async function changeRows<T>(
  asked: RowsToWrite,
  given: RowData,
  reader?: RowReader<T>,
): Promise<readonly T[] | undefined> {
  const { dataSource, ...target } = writtenBy(asked.rows)
  const isEmpty = Object.values(given).every((value) => value === undefined)
  if (isEmpty || !isWrittenAlone(dataSource, target, 'update')) return undefined
  const write = loneWrite(dataSource, target, target.model.rules.update, given)
  if (!write || decidesWhoSees(asked.rows, target, write.values)) return undefined
  const namesKey = target.metadata.primaryColumns.some(({ propertyName }) => write.values[propertyName] !== undefined)
  if (namesKey) return undefined
  return written(asked, { target, kind: 'update', write }, (statement) =>
    sendAll(dataSource, statement, asked.keys.length, reader),
  )
}

/**
 * Deletes rows of a selection by one statement, where deleting keeps them and nothing needs to see them before.
 * @returns false where nothing was written, as with `changeRows`.
 */
export async function deleteRows(asked: RowsToWrite): Promise<boolean> {
  const { dataSource, ...target } = writtenBy(asked.rows)
  const { update, delete: own } = target.model.rules
  if (!keepsRows(target.model) || !isWrittenAlone(dataSource, target, 'delete')) return false
  if (referencesTo(dataSource, target.metadata).some(({ policy }) => policy !== 'keep')) return false
  const write = loneWrite(dataSource, target, [...update, ...own], {})
  if (!write) return false
  const deleted = await written(asked, { target, kind: 'delete', write }, (statement) =>
    sendAll(dataSource, statement, asked.keys.length),
  )
  return deleted !== undefined
}

/** What a verb has done to rows. */
export interface DoneToRows<T> {
  readonly context: WriteContext
  /** The rows as they are stored then, in no order; none where nobody wants them. */
  readonly rows: readonly T[]
}

/**
 * Does a verb to rows of a selection by one statement, which asks for all that the verb requires, where nothing needs to see them
 * before; undefined where nothing was written, as with `changeRows`.
 * @param reader what becomes of the rows that are stored then; without it nobody wants them.
 */
export async function verbOnRows<T = EntityRow>(
  asked: RowsToWrite,
  { name, verb, input }: VerbOnRow,
  reader?: RowReader<T>,
): Promise<DoneToRows<T> | undefined> {
  const { dataSource, ...target } = writtenBy(asked.rows)
  if (verb.hard || looksAtRows(dataSource, target, verb) || !isWrittenAlone(dataSource, target, name)) return undefined
  const write = loneWrite(dataSource, target, [verb.unconditional, ...target.model.rules.update], {}, input)
  // They might be other rows then, or no longer their caller's.
  if (!write || decideAny(asked.rows.parts.sight.where, write.values)) return undefined
  const rows = verb.requires ? asked.rows.where(verb.requires.where) : asked.rows
  const done = await written({ ...asked, rows, past: verb.without }, { target, kind: name, write }, (statement) =>
    sendAll(dataSource, statement, asked.keys.length, reader),
  )
  return done && { context: write.context, rows: done }
}

/**
 * Sends a statement that writes as many rows as are named, or none; undefined where it has written none.
 * @returns the rows as they are stored then; none where nobody reads them.
 */
async function sendAll<T>(
  dataSource: ModelDataSource,
  statement: StatementText,
  count: number,
  reader?: RowReader<T>,
): Promise<readonly T[] | undefined> {
  const raw = await sendWrite(dataSource, reader ? statement.add(` RETURNING ${reader.names}`) : statement)
  if (!raw) return undefined
  const affected = reader ? raw.rows.length : (raw.affected ?? 0)
  return requireAll(affected, count) ? (reader?.all(raw) ?? []) : undefined
}

/** A write of many rows that is to be told of. */
interface ManyWrite {
  readonly target: Target
  readonly kind: string
  readonly write: LoneWrite
}

/** Decides about the rows, writes the statement, and lets it be sent. */
async function written<T>(
  asked: RowsToWrite,
  { target, kind, write }: ManyWrite,
  send: (statement: StatementText) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { dataSource } = writtenBy(asked.rows)
  const rows = asExpected(asked.rows, write)
  const naming = namingRowsOf(dataSource.options.type as EngineType)
  const named = naming && namedRows({ ...asked, rows }, target)
  if (!named || (asked.decide && !entityReaderOf(dataSource, target.metadata))) return undefined
  const set = (statement: StatementText) => addAssignments(dataSource, target.metadata, write.values, statement)
  const work = async () => {
    const versions = asked.decide && (await allowedRows(naming, named, asked.decide))
    if (asked.decide && !versions) return undefined
    const statement = naming.update(named, set, isVersioned(naming, versions) ? versions : undefined)
    return statement && send(statement)
  }
  // Rows without versions stay as they were decided about as long as nobody else may write.
  const done = await (asked.decide && naming.version === undefined ? inUnit(dataSource, work) : work())
  if (done !== undefined) await tellCommitted(dataSource, target, () => ({ ...write, kind, ids: asked.keys }))
  return done
}

const isVersioned = ({ version }: NamingRows, versions: readonly unknown[] | undefined): boolean =>
  version !== undefined && versions !== undefined

/** The rows by their keys as they are stored; undefined where a key is neither text nor a number, or there are several. */
function namedRows({ rows, keys, past }: RowsToWrite, { metadata }: Target): NamedRows | undefined {
  const [column, ...others] = metadata.primaryColumns
  if (!column || others.length > 0 || mayBeSpelt(column)) return undefined
  if (new Set(keys).size < keys.length || keys.length === 0) return undefined
  const { driver } = rows.repository.manager.dataSource
  const stored = keys.map(persistentValue(driver, column))
  return stored.every(isPlainKey) ? { rows, keys: stored, past } : undefined
}

/** Whether a collation may find rows whose keys are spelt in another way. UUIDs are spelt in one way, as they are stored. */
const mayBeSpelt = (column: ColumnMetadata): boolean => column.collation !== undefined && !holdsUuids(column)

const isPlainKey = (key: unknown): key is string | number => typeof key === 'string' || typeof key === 'number'
