import type { ColumnOptions } from 'typeorm'
import type { Column } from '../../model/column.js'
import type { Comparable } from '../../model/operand.js'
import type { InsertDialect } from './insert-dialect.js'
import type { JsonDialect } from './json-dialect.js'

/** What differs between database engines, as far as models are concerned. */
export interface Dialect {
  /** How TypeORM is told about a column on this engine. */
  columnOptions(column: Column): ColumnOptions
  /** A value written into SQL text, for the schema; queries bind their values instead. */
  literal(value: Comparable): string
  /**
   * The column compared by code points, without regard to the collation of the database, so that a predicate means
   * the same on every engine as it does in memory. Undefined where plain comparison already does.
   */
  exactText?(column: string, comparison: 'equality' | 'order'): string | undefined
  /** Whether texts that differ may be equal in a column. Columns of which it is not known are of those where they may. */
  equalsOtherTexts(column: CollatedColumn): boolean
  /** Whether a column holds instants with more digits than a Date has. */
  isFinerThanDate(column: InstantColumn): boolean
  /** Whether what columns are depends on the version of the server, which is known once it is connected. */
  readonly columnsByVersion: boolean
  readonly json: JsonDialect
  readonly inserts: InsertDialect
  /**
   * That a column holds only what it is for, beyond its type, as a check constraint: a JSON column of objects an object, text
   * of UUIDs one, which is in lower case where it is a key. Absent where constraints are not synchronized.
   * @param name escaped.
   */
  columnCheck?(column: Column, name: string): string | undefined
  /** Whether an index can cover only the rows that match a condition. */
  readonly partialIndexes: boolean
  /** A parameter of a type that the engine does not see from where it stands; undefined where it need not. */
  typed?(parameter: string, type: string): string
  /** A SELECT that looks up each of some tuples by itself; absent where a condition on the table does as well. */
  lookup?(statement: TupleLookup): string
  /** Whether an INSERT that may update a row that is there already can give back what is stored then. */
  readonly returnsUpserts: boolean
  /** What follows the values of an INSERT, in front of assignments to the row that is there already. */
  onDuplicate(key: string): string
  /** In those assignments, the value that the INSERT has for a column. */
  proposed(column: string): string
  /**
   * A SELECT of whether a lock is `free` that goes by a text: who is told so holds it until the transaction ends. Absent where
   * `withoutWaiting` does as well, or nobody writes meanwhile.
   * @param name the parameter that is the text.
   */
  tryLock?(name: string): string
  /** A statement that fails where it would have to wait for a lock; absent where the engine cannot be told so. */
  withoutWaiting?(statement: string): string
  /**
   * What ends a subquery whose rows are to be found before those around it are put in order and cut: else an engine may look
   * for them along an index that has their order, through a whole table.
   */
  readonly foundFirst: string
  /** Whether an UPDATE can say in which order it writes its rows. */
  readonly ordersUpdates: boolean
  /**
   * An UPDATE of the rows of a table that a query finds, with what the query computes for them.
   * @param query a SELECT whose rows go by the name `found`.
   */
  updateFrom(statement: JoinedUpdate): string
}

/** What decides how a database compares the texts of a column. */
export interface CollatedColumn {
  readonly type: ColumnOptions['type']
  readonly collation?: string | undefined
}

/** What decides how many digits the instants of a column have. */
export interface InstantColumn {
  readonly type: ColumnOptions['type']
  readonly precision?: number | null | undefined
}

/** The parts of a SELECT that looks up tuples, as SQL. */
export interface TupleLookup {
  readonly columns: string
  readonly table: string
  /** The columns that are equal to the terms of a tuple, in its order. */
  readonly names: readonly string[]
  readonly tuples: string
  /** ` WHERE …`: what else is asked of the rows. */
  readonly where: string
}

/** The parts of an UPDATE that joins a query, as SQL. */
export interface JoinedUpdate {
  readonly table: string
  readonly query: string
  readonly column: string
  /** The new value, in which the columns of the query stand behind `found.`. */
  readonly value: string
  /** Which row of the query belongs to which of the table. */
  readonly on: string
}

/** As SQLite and PostgreSQL have it. */
export const updateFrom = ({ table, query, column, value, on }: JoinedUpdate): string =>
  `UPDATE ${table} SET ${column} = ${value} FROM (${query}) AS found WHERE ${on}`

/** The options that mean the same on every engine. */
export function commonOptions({ nullable, primary, default: value, generated }: Column): ColumnOptions {
  return {
    ...(nullable && { nullable }),
    ...(primary && { primary }),
    // TypeORM writes the text between quotes as it is.
    ...(value !== undefined && { default: typeof value === 'string' ? quoted(value).slice(1, -1) : value }),
    // The database computes it, so no statement may name it.
    ...(generated && { insert: false, update: false }),
  }
}

/** Text in single quotes, as standard SQL has it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** An instant in UTC as `2024-03-01 12:00:00.000`, which sorts as text. */
export function utcText(instant: Date): string {
  return instant.toISOString().replace('T', ' ').replace('Z', '')
}
