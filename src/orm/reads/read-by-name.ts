import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'

/** Whether the value of a column is read by its name alone: others stand in an expression of TypeORM's. */
export function isReadByName(column: ColumnMetadata): boolean {
  const { driver } = column.entityMetadata.dataSource
  const isWrapped = driver.options.type === 'better-sqlite3' && column.type === 'jsonb'
  return !column.isVirtualProperty && !isWrapped && !driver.spatialTypes.includes(column.type as never)
}
