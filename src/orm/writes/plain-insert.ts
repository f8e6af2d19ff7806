import { InsertResult, type ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { returningRows } from './by-statement/returning-rows.js'
import { wantedRowsOf } from './by-statement/wanted-rows.js'
import { type GeneratedColumns, generatedColumns } from './generated-columns.js'
import { insertPlanOf } from './insert-plan.js'
import { insertStatement } from './insert-statement.js'
import { SaveSubscriber } from './save.js'
import { internalsOf, type Target, type WriteBuilder } from './write.js'

/** Inserts rows by a statement of our own; undefined where TypeORM must carry out the builder's. */
export function plainInsert(
  builder: WriteBuilder,
  target: Target,
): ((rows: readonly ObjectLiteral[]) => Promise<InsertResult | undefined>) | undefined {
  const plan = isPlain(builder, target) ? insertPlanOf(builder.dataSource, target.metadata) : null
  if (!plan) return undefined
  const wanted = wantedRowsOf(builder)
  wanted?.clear()
  return async (rows) => {
    const returned = wanted && (await returningRows(builder, plan, rows, wanted))
    if (returned) return returned
    const generated = builder.expressionMap.updateEntity ? generatedColumns(builder.dataSource, target, rows) : none
    if (!generated) return undefined
    const statement = insertStatement(builder.dataSource, plan, rows, generated.returned)
    if (!statement) return undefined
    const { queryRunner } = internalsOf(builder)
    const runner = queryRunner ?? builder.dataSource.createQueryRunner()
    try {
      const answer = await runner.query(statement.sql, [...statement.parameters], true)
      return resultOf(builder, target, rows, generated, answer)
    } finally {
      if (runner !== queryRunner) await runner.release()
    }
  }
}

const none: GeneratedColumns = { returned: [], counted: [], computed: [] }

/** Whether a builder asks for nothing but that its rows are inserted, and nobody else hears of it. */
function isPlain({ expressionMap, guard, dataSource }: WriteBuilder, { metadata }: Target): boolean {
  const { onUpdate, onIgnore, insertFromSelect, insertColumns, returning, useTransaction, callListeners } =
    expressionMap
  if (guard.persistence || onUpdate || onIgnore || insertFromSelect || useTransaction) return false
  // TypeORM's types say otherwise, but what nobody has asked for is undefined.
  if (insertColumns.length > 0 || (returning ?? []).length > 0 || expressionMap.comment) return false
  if (expressionMap.commonTableExpressions.length > 0) return false
  return !callListeners || !areInsertsHeard(dataSource, metadata)
}

/** Whether a listener of the entity or a subscriber hears of inserts. Our own has nothing to do outside of `save`. */
export function areInsertsHeard({ subscribers }: WriteBuilder['dataSource'], metadata: Target['metadata']): boolean {
  if (metadata.beforeInsertListeners.length + metadata.afterInsertListeners.length > 0) return true
  const heard = ['beforeInsert', 'afterInsert'] as const
  return subscribers.some(
    (subscriber) => !(subscriber instanceof SaveSubscriber) && heard.some((event) => subscriber[event] !== undefined),
  )
}

/** Puts what the database has made into the rows and into the result, as TypeORM does. */
function resultOf(
  { dataSource }: WriteBuilder,
  { metadata }: Target,
  rows: readonly ObjectLiteral[],
  { returned, counted, computed }: GeneratedColumns,
  answer: unknown,
): InsertResult {
  const result = InsertResult.from(answer as never)
  const raw: unknown = result.raw
  const count = rows.length
  result.generatedMaps = rows.map((row, index) => {
    const made: ObjectLiteral = {}
    if (returned.length + counted.length > 0) {
      const one: unknown = Array.isArray(raw) ? raw[index] : raw
      Object.assign(made, dataSource.driver.createGeneratedMap(metadata, one, index, count))
    }
    for (const { column, valueOf } of computed)
      if (column.getEntityValue(made) === undefined) column.setEntityValue(made, valueOf(row))
    copy([...returned, ...counted, ...computed.map(({ column }) => column)], made, row)
    return made
  })
  result.identifiers = rows.map((row) => metadata.getEntityIdMap(row) as ObjectLiteral)
  return result
}

function copy(columns: readonly ColumnMetadata[], from: ObjectLiteral, to: ObjectLiteral): void {
  for (const column of columns) {
    const value: unknown = column.getEntityValue(from)
    if (value !== undefined) column.setEntityValue(to, value)
  }
}
