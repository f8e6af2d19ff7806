import type { EntityMetadata } from 'typeorm'
import { Expression } from '../../../model/expression.js'
import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import { compiledValues } from '../expressions.js'
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
    statement.add(`${count === 0 ? '' : ', '}${dataSource.driver.escape(own.column.databaseName)} = `)
    const added =
      value instanceof Expression
        ? addExpression(dataSource, metadata, { [property]: value }, statement)
        : addValue(dataSource, own, value, statement)
    if (!added) return false
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

function addExpression(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  values: RowData,
  statement: StatementText,
): boolean {
  const engine = readEngineOf(dataSource.options.type as EngineType)
  const compiled = compiledValues(dataSource, metadata, values)
  const [sql] = Object.values(compiled.values)
  if (typeof sql !== 'function') return false
  for (const [index, part] of (sql as () => string)()
    .split(/:(plinth_value_\d+)/)
    .entries()) {
    if (index % 2 === 0) statement.add(part)
    else statement.bind(engine.bound(compiled.parameters[part]))
  }
  return true
}
