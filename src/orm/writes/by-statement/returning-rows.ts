import { type EntityMetadata, InsertResult, type ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { runRead } from '../../reads/run-read.js'
import type { InsertPlan } from '../insert-plan.js'
import { insertStatement } from '../insert-statement.js'
import { readerOf } from '../stored-rows.js'
import { internalsOf, type WriteBuilder } from '../write.js'
import { inGivenOrder } from './given-order.js'
import { returnsInserted } from './returning.js'
import { preparedStatement } from './send.js'
import type { WantedRows } from './wanted-rows.js'

/** Inserts rows by a statement that returns them whole; undefined where the engine cannot, or TypeORM must write them. */
export async function returningRows(
  builder: WriteBuilder,
  plan: InsertPlan,
  rows: readonly ObjectLiteral[],
  wanted: WantedRows,
): Promise<InsertResult | undefined> {
  const { dataSource, expressionMap } = builder
  const { metadata } = expressionMap.mainAlias!
  const ordered = returnsInserted(dataSource) ? inGivenOrder(dataSource, metadata, rows) : undefined
  const statement = ordered && insertStatement(dataSource, plan, rows, [])
  if (!statement) return undefined
  const text = { ...statement, sql: `${statement.sql} RETURNING ${wanted.reader.names}` }
  // The text of several rows depends on their number.
  const sent = rows.length === 1 ? preparedStatement(dataSource, text) : text
  const raw = await runRead(dataSource, sent, internalsOf(builder).queryRunner, 'master')
  const stored = ordered(wanted.reader.all(raw))
  wanted.add(stored)
  return resultOf(metadata, rows, stored)
}

/** Puts what the database has made into the rows and into the result, as TypeORM does. */
function resultOf(
  metadata: EntityMetadata,
  rows: readonly ObjectLiteral[],
  stored: readonly ObjectLiteral[],
): InsertResult {
  const columns = metadata.getInsertionReturningColumns().map((column) => [column, readerOf(column)] as const)
  const result = new InsertResult()
  result.generatedMaps = rows.map((row, index) => madeOf(columns, row, stored[index]!))
  result.identifiers = rows.map((row) => metadata.getEntityIdMap(row) as ObjectLiteral)
  result.raw = []
  return result
}

type Reading = readonly [column: ColumnMetadata, valueOf: (row: ObjectLiteral) => unknown]

function madeOf(columns: readonly Reading[], row: ObjectLiteral, stored: ObjectLiteral): ObjectLiteral {
  const made: ObjectLiteral = {}
  for (const [column, valueOf] of columns) {
    const value = valueOf(stored)
    if (value === undefined || valueOf(row) !== undefined) continue
    column.setEntityValue(made, value)
    column.setEntityValue(row, value)
  }
  return made
}
