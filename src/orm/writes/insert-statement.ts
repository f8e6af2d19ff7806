import type { ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ModelDataSource } from '../data-source.js'
import type { InsertPlan } from './insert-plan.js'

/** An INSERT of rows, with everything it binds. */
export interface InsertStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** Writes an INSERT as TypeORM would; undefined where a row has a value that only TypeORM can write. */
export function insertStatement(
  { driver }: ModelDataSource,
  { head, columns, inserts }: InsertPlan,
  rows: readonly ObjectLiteral[],
  returning: readonly ColumnMetadata[],
): InsertStatement | undefined {
  const parameters: unknown[] = []
  const tuples: string[] = []
  for (const row of rows) {
    const terms: string[] = []
    for (const { column, valueOf, prepared, absent, around } of columns) {
      const given = valueOf(row)
      // Text of SQL may name parameters of its builder.
      if (typeof given === 'function') return undefined
      const value = prepared(given)
      if (value === undefined) {
        terms.push(absent)
        continue
      }
      const bound = inserts.bound(value, column)
      if (bound === undefined) return undefined
      terms.push(around[0] + driver.createParameter('', parameters.length) + around[1])
      parameters.push(bound)
    }
    tuples.push(`(${terms.join(', ')})`)
  }
  const names = returning.map(({ databaseName }) => driver.escape(databaseName))
  const tail = names.length > 0 ? ` RETURNING ${names.join(', ')}` : ''
  return { sql: head + tuples.join(', ') + tail, parameters }
}
