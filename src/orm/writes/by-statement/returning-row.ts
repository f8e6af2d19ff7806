import { InsertResult, type ObjectLiteral } from 'typeorm'
import { runRead } from '../../reads/run-read.js'
import type { InsertPlan } from '../insert-plan.js'
import { insertStatement } from '../insert-statement.js'
import { internalsOf, type WriteBuilder } from '../write.js'
import { returnsInserted } from './returning.js'
import { statementName } from './send.js'
import type { WantedRow } from './wanted-row.js'

/** Inserts one row by a statement that returns it whole; undefined where the engine cannot, or TypeORM must write it. */
export async function returningRow(
  builder: WriteBuilder,
  plan: InsertPlan,
  row: ObjectLiteral,
  wanted: WantedRow,
): Promise<InsertResult | undefined> {
  const { dataSource, expressionMap } = builder
  const { metadata } = expressionMap.mainAlias!
  const statement = returnsInserted(dataSource) ? insertStatement(dataSource, plan, [row], []) : undefined
  if (!statement) return undefined
  const sql = `${statement.sql} RETURNING ${wanted.reader.names}`
  const name = statementName(dataSource, sql)
  const sent = { sql, parameters: statement.parameters, ...(name !== undefined && { name }), single: true }
  const raw = await runRead(dataSource, sent, internalsOf(builder).queryRunner, 'master')
  const stored = wanted.reader.first(raw)!
  wanted.stored = stored
  const made: ObjectLiteral = {}
  for (const column of metadata.getInsertionReturningColumns()) {
    const value: unknown = column.getEntityValue(stored)
    if (column.getEntityValue(row) !== undefined || value === undefined) continue
    column.setEntityValue(made, value)
    column.setEntityValue(row, value)
  }
  const result = new InsertResult()
  result.generatedMaps = [made]
  result.identifiers = [metadata.getEntityIdMap(row) as ObjectLiteral]
  result.raw = []
  return result
}
