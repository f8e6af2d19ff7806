import type { EntityMetadata } from 'typeorm'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import { columnOf, schemaSql } from './column-terms.js'
import { indexedPath, pathColumn, pathExpression } from './path-columns.js'
import { markerOf } from './visible-marker.js'
import { visibleRows } from './visible-rows.js'

/**
 * Makes the database compute the columns that hold whether a predicate is true, or what stands at a path. Column names are
 * known only now.
 */
export function addGeneratedColumns(metadata: EntityMetadata, model: Model, dialect: Dialect): void {
  for (const [property, { generated }] of Object.entries(model.columns)) {
    if (!generated) continue
    const condition = schemaSql(generated, metadata, dialect)
    const [yes, no] = [dialect.literal(true), dialect.literal(false)]
    compute(metadata, columnOf(metadata, property), `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END`)
  }
  for (const index of model.indexes) {
    const indexed = indexedPath(index)
    const column = indexed && pathColumn(metadata, indexed)
    if (column) compute(metadata, column, pathExpression(metadata, indexed, dialect))
  }
  const marker = markerOf(metadata, model)
  const { where } = visibleRows(model)
  if (marker && where) {
    compute(metadata, marker, `CASE WHEN ${schemaSql(where, metadata, dialect)} THEN ${dialect.literal(true)} END`)
  }
}

type Column = EntityMetadata['columns'][number]

function compute(metadata: EntityMetadata, column: Column | undefined, expression: string): void {
  // A property with a `@Column` of its own is the application's affair, as are the columns of a shared table's root.
  if (!column || column.asExpression !== undefined || column.isInsert || metadata.tableType === 'view') return
  column.asExpression = expression
  column.generatedType = 'STORED'
}
