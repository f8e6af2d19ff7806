import type { EntityMetadata } from 'typeorm'
import type { IndexMetadata } from 'typeorm/metadata/IndexMetadata.js'
import type { ModelDataSource } from '../data-source.js'
import { schemaSql } from './column-terms.js'
import { visibleRows } from './visible-rows.js'

/** What the drivers of SQLite have in common. */
interface Connection {
  readonly inTransaction: boolean
  exec(sql: string): unknown
  prepare(sql: string): {
    all(...values: readonly unknown[]): readonly Readonly<Record<string, unknown>>[]
    run(...values: readonly unknown[]): unknown
  }
}

/** An index over the visible rows of a table. */
interface VisibleIndex {
  readonly table: string
  readonly index: string
  /** How many rows are taken to have the same first column, the same first two, and so on. */
  readonly alike: readonly number[]
}

/** The rows SQLite takes a table for that it has not counted, and how many of them it takes for alike in 1, 2, 3 … columns. */
const untold = { rows: 2 ** 20, alike: [10, 9, 8, 7, 6], further: 5 } as const

/**
 * Tells SQLite that an index over visible rows is as large as its table, until it has counted it. SQLite takes every index with a
 * condition for half of its table, so it would rather read all of one and sort than follow an index that has the order of a
 * list. Everything else is told as SQLite assumes it. Nothing is done where the database cannot be written at once.
 * https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_sqlite_stat_tables
 */
export async function assumeStatistics(dataSource: ModelDataSource): Promise<void> {
  if (dataSource.options.type !== 'better-sqlite3' || dataSource.options.readonly === true) return
  const indexes = dataSource.entityMetadatas.flatMap((metadata) => visibleIndexes(dataSource, metadata))
  if (indexes.length === 0) return
  await dataSource.units.connected((connection) => tell(connection as Connection, indexes))
}

function visibleIndexes(dataSource: ModelDataSource, metadata: EntityMetadata): readonly VisibleIndex[] {
  const model = dataSource.modelOf(metadata.target)
  const where = model && visibleRows(model).where
  if (!where) return []
  const condition = schemaSql(where, metadata, dataSource.dialect)
  return metadata.indices.filter((index) => index.where === condition).map((index) => visibleIndex(metadata, index))
}

function visibleIndex({ tableName }: EntityMetadata, { name, columns, isUnique }: IndexMetadata): VisibleIndex {
  const alike = columns.map((_, place) => untold.alike[place] ?? untold.further)
  return { table: tableName, index: name, alike: isUnique ? [...alike.slice(0, -1), 1] : alike }
}

function tell(connection: Connection, indexes: readonly VisibleIndex[]): void {
  const missing = uncounted(connection, indexes)
  if (missing.length === 0 || connection.inTransaction) return
  const [waiting] = connection.prepare('PRAGMA busy_timeout').all()
  // Whoever writes must not be waited for: the next start tells it.
  connection.exec('PRAGMA busy_timeout = 0')
  try {
    connection.exec('BEGIN IMMEDIATE')
    write(connection, missing)
    connection.exec('COMMIT')
    // Statistics are read when a connection is opened, and here.
    connection.exec('ANALYZE sqlite_schema')
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    if (!isUnwritable(error)) throw error
  } finally {
    connection.exec(`PRAGMA busy_timeout = ${Number(waiting?.['timeout'] ?? 0)}`)
  }
}

/** Indexes that are there, and of which nothing is known. */
function uncounted(connection: Connection, indexes: readonly VisibleIndex[]): readonly VisibleIndex[] {
  const named = (sql: string) =>
    new Set(
      connection
        .prepare(sql)
        .all()
        .map(({ name }) => name),
    )
  const present = named("SELECT name FROM sqlite_schema WHERE type = 'index' OR name = 'sqlite_stat1'")
  const counted = present.has('sqlite_stat1') ? named('SELECT idx AS name FROM sqlite_stat1') : new Set<unknown>()
  return indexes.filter(({ index }) => present.has(index) && !counted.has(index))
}

function write(connection: Connection, indexes: readonly VisibleIndex[]): void {
  // Makes the table of statistics where there is none, which no other statement may.
  connection.exec('ANALYZE sqlite_schema')
  const known = connection.prepare('SELECT max(CAST(stat AS integer)) AS counted FROM sqlite_stat1 WHERE tbl = ?')
  const insert = connection.prepare(
    'INSERT INTO sqlite_stat1 (tbl, idx, stat) SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_stat1 WHERE idx = ?)',
  )
  for (const { table, index, alike } of indexes) {
    const [row] = known.all(table)
    const rows = Number(row?.['counted'] ?? untold.rows)
    insert.run(table, index, [rows, ...alike].join(' '), index)
  }
}

/** Whether others are writing, or nobody may. */
function isUnwritable(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|READONLY|FULL)/.test(String((error as { readonly code?: unknown }).code))
}
