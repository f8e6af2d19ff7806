import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RowData } from '../../model/matches.js'

/** The columns rules may see: those that are properties, and the keys of relations under the relation's name. */
function columnsOf({ columns }: EntityMetadata): readonly ColumnMetadata[] {
  return columns.filter(({ isVirtual, relationMetadata }) => !isVirtual || relationMetadata !== undefined)
}

/** An entity, or part of one, as rules see rows. What it does not define is left out. */
export function rowOf(metadata: EntityMetadata, entity: ObjectLiteral): RowData {
  return assembled(columnsOf(metadata), (column) => column.getEntityValue(entity))
}

/** A row as the driver gives it, as rules see it. */
export function rowFrom(metadata: EntityMetadata, raw: ObjectLiteral, columns = columnsOf(metadata)): RowData {
  const { driver } = metadata.dataSource
  return assembled(columns, (column) => driver.prepareHydratedValue(raw[column.databaseName], column))
}

/** The names of the columns that `rowFrom` reads. */
export function columnNames(metadata: EntityMetadata): readonly string[] {
  return columnsOf(metadata).map(({ databaseName }) => databaseName)
}

/** Text that is equal for entities with the same primary key. */
export function primaryKeyText({ primaryColumns }: EntityMetadata, entity: ObjectLiteral): string {
  return JSON.stringify(primaryColumns.map((column) => String(column.getEntityValue(entity))))
}

function assembled(columns: readonly ColumnMetadata[], valueOf: (column: ColumnMetadata) => unknown): RowData {
  const row: Record<string, unknown> = {}
  for (const column of columns) {
    const value = valueOf(column)
    if (value !== undefined) put(row, column.propertyPath.split('.'), value)
  }
  return row
}

function put(row: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    row[name] = value
    return
  }
  const inner = (row[name] ??= {}) as Record<string, unknown>
  put(inner, rest, value)
}
