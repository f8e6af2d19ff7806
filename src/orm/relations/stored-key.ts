import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { EntityRow } from '../entity-row.js'

/** The key that a column of a row holds, as statements are given it; null where it holds none. */
export function storedKey(column: ColumnMetadata, row: EntityRow): unknown {
  return stored(column, column.getEntityValue(row))
}

/** The same of a value as its driver has read it, which is another one for instants and days. */
export function storedRaw(column: ColumnMetadata, raw: unknown): unknown {
  return stored(column, column.entityMetadata.dataSource.driver.prepareHydratedValue(raw, column))
}

function stored(column: ColumnMetadata, value: unknown): unknown {
  const { driver } = column.entityMetadata.dataSource
  return (driver.preparePersistentValue(value, column) as unknown) ?? null
}
