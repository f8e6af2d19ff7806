import type { EngineType } from '../../dialects/engines.js'
import { sqlite as sqliteReads } from '../../reads/engines/sqlite.js'
import type { StatementText } from './statement-text.js'

/** A row as a statement has read it: its raw values, and the names of their columns, escaped, in the same order. */
export interface RawRow {
  readonly names: readonly string[]
  readonly values: readonly unknown[]
}

/** How a statement is told to write a row only where nobody has written it since it was read. */
export interface Unchanged {
  /** What is read with the row, behind its columns. */
  readonly read: string
  /** Adds the condition. */
  add(statement: StatementText, row: RawRow): void
}

/** Every version of a row has the number of the transaction that wrote it, and another one has another. */
const postgres: Unchanged = {
  read: ', xmin',
  add(statement, { values }) {
    statement.add(' AND xmin = ').bind(values.at(-1))
  },
}

/** A column may be declared to compare texts by less than all of their letters. */
const sqlite: Unchanged = {
  read: '',
  add(statement, { names, values }) {
    for (const [index, name] of names.entries()) {
      statement.add(` AND ${name} IS `).bind(sqliteReads.bound(values[index])).add(' COLLATE BINARY')
    }
  },
}

const engines: Partial<Readonly<Record<EngineType, Unchanged>>> = { postgres, 'better-sqlite3': sqlite }

/** How an engine knows a row that nobody has written since; undefined where a change returns no row anyway. */
export function unchangedOf(type: EngineType): Unchanged | undefined {
  return engines[type]
}
