import type { Table } from 'typeorm'
import { checksIn, collationsIn, generatedIn, plainSql } from '../generated-in.js'
import type { Ask, CollationFacts, IndexFacts, ProofEngine } from '../proof-engine.js'

/** SQLite keeps the statements by which tables and indexes were made, as they were written. */
export const sqliteProof: ProofEngine = {
  expressionsOf,
  reported: async (_looking, _table, expressions) => expressions.map((expression) => plainSql(expression)),
  indexesOf,
  checksOf,
  collationsOf,
  // TypeORM's statements make the table anew, and dropping the old one would delete what refers to it.
  around: ['PRAGMA foreign_keys = OFF', 'PRAGMA foreign_keys = ON'],
}

async function expressionsOf(ask: Ask, table: Table): Promise<ReadonlyMap<string, string>> {
  return generatedIn(await statementOf(ask, table), '"')
}

async function statementOf(ask: Ask, table: Table): Promise<string> {
  const [row] = await ask<readonly object[]>(
    `SELECT "sql" FROM "sqlite_master" WHERE "type" = 'table' AND "name" = ?`,
    [table.name],
  )
  return String((row as { readonly sql: unknown }).sql)
}

async function checksOf(ask: Ask, table: Table): Promise<readonly string[]> {
  return checksIn(await statementOf(ask, table))
}

async function collationsOf(ask: Ask, table: Table): Promise<CollationFacts> {
  const written = collationsIn(await statementOf(ask, table))
  const of = new Map(table.columns.map(({ name }) => [name, written.get(name) ?? 'BINARY']))
  return { of, loose: new Set([...of].flatMap(([name, collation]) => (collation === 'BINARY' ? [] : [name]))) }
}

interface IndexedColumn {
  readonly index: string
  readonly column: string | null
  readonly collation: string
}

/** The indexes in which a column is not compared as it is in its table. */
async function collatedIn(ask: Ask, table: Table): Promise<ReadonlySet<string>> {
  const rows: readonly IndexedColumn[] = await ask(
    `SELECT "m"."name" AS "index", "x"."name" AS "column", "x"."coll" AS "collation"
     FROM "sqlite_master" AS "m", pragma_index_xinfo("m"."name") AS "x"
     WHERE "m"."type" = 'index' AND "m"."tbl_name" = ? AND "x"."key" = 1`,
    [table.name],
  )
  const { of } = await collationsOf(ask, table)
  const others = rows.filter(({ column, collation }) => column !== null && of.get(column) !== collation.toUpperCase())
  return new Set(others.map(({ index }) => index))
}

async function indexesOf(ask: Ask, table: Table): Promise<IndexFacts> {
  const rows: readonly { readonly name: string; readonly sql: string | null }[] = await ask(
    `SELECT "name", "sql" FROM "sqlite_master" WHERE "type" = 'index' AND "tbl_name" = ?`,
    [table.name],
  )
  const conditions = rows.flatMap(({ name, sql }): readonly (readonly [string, string])[] => {
    const condition = /\)\s*WHERE\s+(.*)$/is.exec(sql ?? '')?.[1]
    return condition === undefined ? [] : [[name, plainSql(condition)]]
  })
  return {
    conditions: new Map(conditions),
    invalid: new Set(),
    collated: await collatedIn(ask, table),
  }
}
