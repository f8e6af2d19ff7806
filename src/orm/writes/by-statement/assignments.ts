import type { EntityMetadata } from 'typeorm'
import { Expression } from '../../../model/expression.js'
import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import type { Shape } from '../../reads/slot.js'
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
    else {
      const bound = boundValue(dataSource, own, value)
      if (bound === undefined) return false
      statement.add(own.around[0]).bind(bound).add(own.around[1])
    }
    count += 1
  }
  return count > 0
}

/**
 * Reads what the text of the assignments is made of.
 * @returns what they bind, in the order of the text; undefined where they cannot be added.
 */
export function readAssignments(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  values: RowData,
  shape: Shape,
): unknown[] | undefined {
  const columns = columnsOf(dataSource, metadata)
  if (!columns) return undefined
  const parameters: unknown[] = []
  let count = 0
  for (const [property, value] of Object.entries(values)) {
    if (value === undefined) continue
    const own = columns.get(property)
    if (!own || typeof value === 'function') return undefined
    count += 1
    shape.add(property)
    if (value instanceof Expression) readExpression(dataSource, own, value, { shape, parameters })
    else {
      const bound = boundValue(dataSource, own, value)
      if (bound === undefined) return undefined
      parameters.push(bound)
    }
  }
  // Numbers tell where the names end, which may be any words.
  shape.add(count)
  return count > 0 ? parameters : undefined
}

/** A value as the driver is given it; undefined where it needs more than that. */
const boundValue = ({ dialect: { inserts } }: ModelDataSource, { column, prepared }: InsertColumn, value: unknown) =>
  inserts.bound(prepared(value), column)

/** Those whose text depends on nothing but the column. */
const plain: ReadonlySet<Expression['operation']['kind']> = new Set(['increment', 'atLeast'])

function readExpression(
  dataSource: ModelDataSource,
  { column }: InsertColumn,
  expression: Expression,
  { shape, parameters }: { readonly shape: Shape; readonly parameters: unknown[] },
): void {
  const { operation } = expression
  const engine = readEngineOf(dataSource.options.type as EngineType)
  shape.add(0)
  shape.add(plain.has(operation.kind) ? operation.kind : JSON.stringify(operation))
  expressionSql(expression, column, dataSource, (value) => {
    parameters.push(engine.bound(value))
    return ''
  })
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
