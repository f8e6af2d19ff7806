import type { RawRows } from '../../reads/engines/read-engine.js'
import type { RowReader } from './entity-reader.js'
import type { RowSources } from './row-sources.js'
import type { StatementText } from './statement-text.js'
import type { ValueList } from './value-list.js'

/** An INSERT, and what it binds for each column of its rows. */
export interface BoundInsert {
  readonly statement: StatementText
  readonly lists: readonly ValueList[]
}

/** An INSERT that is ready to be sent. */
export interface ReadyInsert {
  readonly statement: StatementText
  /** The rows as they are stored, where that is known before; otherwise the statement returns them. */
  readonly known: RawRows['rows'] | undefined
}

/** Has an INSERT return what is read of its rows, unless that is known: to return them costs as much as to insert them. */
export function readyInsert<T>(
  { statement, lists }: BoundInsert,
  sources: RowSources | undefined,
  { read, names }: RowReader<T>,
): ReadyInsert {
  const known = sources?.asBound?.(lists, read)
  return { statement: known ? statement : statement.add(` RETURNING ${names}`), known }
}

/** How many rows an INSERT has written, by what the driver has given for it. */
export const rowsWritten = ({ known }: ReadyInsert, { rows, affected }: RawRows): number =>
  known ? (affected ?? 0) : rows.length

/** The rows of an INSERT that has written all of them, as a statement gives them. */
export const rowsReturned = ({ known }: ReadyInsert, raw: RawRows): RawRows => (known ? { ...raw, rows: known } : raw)
