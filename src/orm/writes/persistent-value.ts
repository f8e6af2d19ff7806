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

/** The engines whose driver cuts a number to a whole one where the type of its column is the class `Number`. */
const cutting: ReadonlySet<string> = new Set(['mysql', 'mariadb'])

const asItIs = (value: unknown): unknown => value

/** How a driver writes the values of a column. It compares the type of the column for each of them, which is dear for many. */
export function persistentValue(driver: Driver, column: ColumnMetadata): (value: unknown) => unknown {
  const isPlain = column.type === Number ? !cutting.has(driver.options.type) : asTheyAre.has(column.type)
  if (isPlain && !column.transformer && !column.isArray) return asItIs
  return (value) => driver.preparePersistentValue(value, column) as unknown
}
