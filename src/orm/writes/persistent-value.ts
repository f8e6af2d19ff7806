import type { Driver } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'

/** The types whose values every driver of TypeORM writes as they are. */
const asTheyAre: ReadonlySet<unknown> = new Set([
  String,
  'varchar',
  'character varying',
  'text',
  'int',
  'integer',
  'smallint',
  'uuid',
])

const asItIs = (value: unknown): unknown => value

/** How a driver writes the values of a column. It compares the type of the column for each of them, which is dear for many. */
export function persistentValue(driver: Driver, column: ColumnMetadata): (value: unknown) => unknown {
  if (asTheyAre.has(column.type) && !column.transformer && !column.isArray) return asItIs
  return (value) => driver.preparePersistentValue(value, column) as unknown
}
