import type { EntityMetadata } from 'typeorm'
import { Expression } from '../../../model/expression.js'
import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import type { Shape } from '../../reads/slot.js'
import { expressionSql, isScalar } from '../expressions.js'
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

/** Who is told of what an UPDATE sets, column by column. */
interface Assigned {
  /** A value, as the driver is given it. */
  value(own: InsertColumn, bound: unknown): void
  /** What the database computes. */
  expression(own: InsertColumn, expression: Expression): void
}

/**
 * Tells what an UPDATE sets. Properties without a value are left out.
 * @returns how many columns it sets; undefined where a value needs more than to be bound, so that it cannot be told.
 */
function walk(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  values: RowData,
  assigned: Assigned,
): number | undefined {
  const columns = columnsOf(dataSource, metadata)
  if (!columns) return undefined
  const { inserts } = dataSource.dialect
  let count = 0
  for (const [property, value] of Object.entries(values)) {
    if (value === undefined) continue
    const own = columns.get(property)
    if (!own || typeof value === 'function') return undefined
    count += 1
    if (value instanceof Expression) assigned.expression(own, value)
    else {
      const bound = inserts.bound(own.prepared(value), own.column)
      if (bound === undefined) return undefined
      assigned.value(own, bound)
    }
  }
  return count > 0 ? count : undefined
}

/** Adds what an UPDATE sets; false where a value needs more than to be bound. */
export function addAssignments(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  values: RowData,
  statement: StatementText,
): boolean {
  const engine = readEngineOf(dataSource.options.type as EngineType)
  // Placeholders that are all the same stand for values in the order of the text, which is the one they are bound in.
  const bind = (value: unknown): string => statement.placeholderOf(engine.bound(value))
  let between = ''
  const begin = ({ name }: InsertColumn): StatementText => {
    statement.add(`${between}${name} = `)
    between = ', '
    return statement
  }
  const count = walk(dataSource, metadata, values, {
    value: (own, bound) => void begin(own).add(own.around[0]).bind(bound).add(own.around[1]),
    expression(own, expression) {
      begin(own).add(expressionSql(expression, own.column, dataSource, bind))
    },
  })
  return count !== undefined
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
  const engine = readEngineOf(dataSource.options.type as EngineType)
  const parameters: unknown[] = []
  const bind = (value: unknown): string => {
    parameters.push(engine.bound(value))
    return ''
  }
  const count = walk(dataSource, metadata, values, {
    value({ column }, bound) {
      shape.add(column.propertyName)
      parameters.push(bound)
    },
    expression({ column }, expression) {
      const { operation } = expression
      shape.add(column.propertyName)
      // Numbers stand for no name, which may be any word.
      shape.add(0)
      shape.add(isScalar(expression) ? operation.kind : JSON.stringify(operation))
      expressionSql(expression, column, dataSource, bind)
    },
  })
  if (count === undefined) return undefined
  shape.add(count)
  return parameters
}
