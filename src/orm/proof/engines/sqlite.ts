import type { Table } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import { generatedIn, plainSql } from '../generated-in.js'
import type { IndexFacts, ProofEngine } from '../proof-engine.js'

/** SQLite keeps the statements by which tables and indexes were made, as they were written. */
export const sqliteProof: ProofEngine = {
  expressionsOf,
  reported: async (_dataSource, _table, expressions) => expressions.map((expression) => plainSql(expression)),
  indexesOf,
  // TypeORM's statements make the table anew, and dropping the old one would delete what refers to it.
  around: ['PRAGMA foreign_keys = OFF', 'PRAGMA foreign_keys = ON'],
}

async function expressionsOf(dataSource: ModelDataSource, table: Table): Promise<ReadonlyMap<string, string>> {
  const [row] = await dataSource.query(`SELECT "sql" FROM "sqlite_master" WHERE "type" = 'table' AND "name" = ?`, [
    table.name,
  ])
  return generatedIn(String((row as { readonly sql: unknown }).sql), '"')
}

async function indexesOf(dataSource: ModelDataSource, table: Table): Promise<IndexFacts> {
  const rows: readonly { readonly name: string; readonly sql: string | null }[] = await dataSource.query(
    `SELECT "name", "sql" FROM "sqlite_master" WHERE "type" = 'index' AND "tbl_name" = ?`,
    [table.name],
  )
  const conditions = rows.flatMap(({ name, sql }): readonly (readonly [string, string])[] => {
    const condition = /\)\s*WHERE\s+(.*)$/is.exec(sql ?? '')?.[1]
    return condition === undefined ? [] : [[name, plainSql(condition)]]
  })
  return { conditions: new Map(conditions), invalid: new Set() }
}
