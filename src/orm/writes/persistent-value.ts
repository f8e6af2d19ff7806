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

const documentTypes: ReadonlySet<unknown> = new Set(['json', 'jsonb'])
const documents: readonly unknown[] = [{ a: [1, 'b', null], c: {} }, [], 'text', 1.5, true]

const asJson = (value: unknown): unknown => (value === null || value === undefined ? value : JSON.stringify(value))

/** How a driver writes the values of a column. It compares the type of the column for each of them, which is dear for many. */
export function persistentValue(driver: Driver, column: ColumnMetadata): (value: unknown) => unknown {
  const ordinary = (value: unknown): unknown => driver.preparePersistentValue(value, column) as unknown
  if (column.transformer || column.isArray) return ordinary
  if (asTheyAre.has(column.type)) return asItIs
  const isJson = documentTypes.has(column.type) && documents.every((value) => ordinary(value) === asJson(value))
  return isJson ? asJson : ordinary
}
