import type { EntityMetadata } from 'typeorm'
import { Expression } from '../../../model/expression.js'
import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import { expressionSql } from '../expressions.js'
import { type InsertColumn, insertPlanOf } from '../insert-plan.js'
import type { StatementText } from './statement-text.js'

const known = new WeakMap<EntityMetadata, ReadonlyMap<string, InsertColumn> | null>()

/** The columns that are written by a value alone, by their properties; null where TypeORM must write a part of the table. */
function columnsOf(dataSource: ModelDataSource, metadata: EntityMetadata): ReadonlyMap<string, InsertColumn> | null {
  const found = known.get(metadata)
  if (found !== undefined) return found
  const plan = insertPlanOf(dataSource, metadata)
  const columns = plan?.columns.filter(
    ({ column }) => column.isUpdate && !column.referencedColumn && !column.isVirtual && !column.embeddedMetadata,
  )
  const made = columns ? new Map(columns.map((one) => [one.column.propertyName, one])) : null
  known.set(metadata, made)
  return made
}

/** Adds what an UPDATE sets; false where a value needs more than to be bound. Properties without a value are left out. */
export function addAssignments(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  values: RowData,
  statement: StatementText,
): boolean {
  const columns = columnsOf(dataSource, metadata)
  if (!columns) return false
  let count = 0
  for (const [property, value] of Object.entries(values)) {
    if (value === undefined) continue
    const own = columns.get(property)
    if (!own || typeof value === 'function') return false
    statement.add(count === 0 ? own.name : `, ${own.name}`).add(' = ')
    if (value instanceof Expression) addExpression(dataSource, own, value, statement)
    else if (!addValue(dataSource, own, value, statement)) return false
    count += 1
  }
  return count > 0
}

function addValue(
  { dialect: { inserts } }: ModelDataSource,
  { column, around, prepared }: InsertColumn,
  value: unknown,
  statement: StatementText,
): boolean {
  const stored = prepared(value)
  const bound = inserts.bound(stored, column)
  if (bound === undefined) return false
  statement.add(around[0]).bind(bound).add(around[1])
  return true
}

/** Placeholders that are all the same stand for values in the order of the text, which is the one they are bound in. */
function addExpression(
  dataSource: ModelDataSource,
  { column }: InsertColumn,
  expression: Expression,
  statement: StatementText,
): void {
  const engine = readEngineOf(dataSource.options.type as EngineType)
  const bind = (value: unknown): string => statement.placeholderOf(engine.bound(value))
  statement.add(expressionSql(expression, column, dataSource, bind))
}
