import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { Expression, evaluate } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import type { Dialect } from '../dialects/dialect.js'
import { columnOf } from '../schema/column-terms.js'

/** Values of a statement, in which expressions have become SQL, and the parameters of that SQL. */
export interface Compiled {
  readonly values: RowData
  readonly parameters: RowData
}

/** Whether rows must be read to compute values: to refuse what may not be stored, or what cannot be computed. */
export function needsRows({ columns }: Model, values: RowData, dialect: Dialect): boolean {
  for (const property in values) {
    const value = values[property]
    if (!(value instanceof Expression)) continue
    if (needsRow(value, dialect) || columns[property]?.check !== undefined) return true
  }
  return false
}

/** Values in which what SQL cannot compute is computed from a row that is locked; the others stay expressions. */
export function settled(values: RowData, before: RowData, dialect: Dialect): RowData {
  return mapped(values, (value, property) =>
    value instanceof Expression && needsRow(value, dialect) ? evaluate(value, before[property]) : value,
  )
}

/**
 * Values in which what is made of documents is computed from a row that stays as it is: SQL writes their text otherwise. Numbers
 * and instants are left to SQL, which is exact.
 */
export function withDocuments(values: RowData, before: RowData): RowData {
  return mapped(values, (value, property) =>
    value instanceof Expression && !isScalar(value) ? evaluate(value, before[property]) : value,
  )
}

/** Whether it is of a number or an instant, and its text depends on nothing but the column. */
export const isScalar = ({ operation: { kind } }: Expression): boolean => kind === 'increment' || kind === 'atLeast'

/** Compiles the expressions among values for one statement. */
export function compiledValues(dataSource: ModelDataSource, metadata: EntityMetadata, values: RowData): Compiled {
  const parameters: Record<string, unknown> = {}
  const bind = (value: unknown): string => {
    const name = `plinth_value_${Object.keys(parameters).length}`
    parameters[name] = value
    return `:${name}`
  }
  const compiled = mapped(values, (value, property) => {
    const column = value instanceof Expression ? columnOf(metadata, property) : undefined
    if (!(value instanceof Expression) || !column) return value
    const sql = expressionSql(value, column, dataSource, bind)
    return () => sql
  })
  return { values: compiled, parameters }
}

/**
 * Whether it is computed from the row: where that may end in an error, which names what is wrong, so that the database
 * must not raise it; and where the engine computes it wrongly.
 */
function needsRow({ operation: { kind } }: Expression, { json }: Dialect): boolean {
  if (kind === 'mergePatch') return json.mergePatch === undefined
  return kind === 'setPath' || kind === 'unsetPath' || kind === 'incrementPath'
}

/** The SQL of an expression that is computed by the database. @param bind gives what stands for a value. */
export function expressionSql(
  { operation }: Expression,
  column: ColumnMetadata,
  { driver, dialect }: ModelDataSource,
  bind: (value: unknown) => string,
): string {
  const stored = driver.escape(column.databaseName)
  switch (operation.kind) {
    case 'increment':
      return `COALESCE(${stored}, 0) + ${bind(operation.by)}`
    case 'atLeast': {
      const value: unknown = driver.preparePersistentValue(operation.value, column)
      return `CASE WHEN ${stored} >= ${bind(value)} THEN ${stored} ELSE ${bind(value)} END`
    }
    case 'mergePatch':
      if (dialect.json.mergePatch) return dialect.json.mergePatch(stored, operation.patch, bind)
  }
  throw new TypeError(`"${operation.kind}" is computed from the row.`)
}

function mapped(values: RowData, change: (value: unknown, property: string) => unknown): RowData {
  return Object.fromEntries(Object.entries(values).map(([property, value]) => [property, change(value, property)]))
}
