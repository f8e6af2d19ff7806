import type { ModelDataSource } from '../data-source.js'
import type { ModelDataSourceOptions } from '../data-source-options.js'
import { hasAnyTable } from './prove-schema.js'
import { SchemaError } from './schema-error.js'

/**
 * Proves the schema when a data source has connected, as its option says. Unless it says anything, a database without
 * any table of the entities is left alone: its schema is about to be made.
 * @throws {SchemaError} with everything the database lacks; the data source is closed again.
 */
export async function proveStart(
  dataSource: ModelDataSource,
  proof: ModelDataSourceOptions['proveSchema'],
): Promise<void> {
  if (proof === false || dataSource.options.synchronize === true) return
  try {
    if (proof !== undefined || (await hasAnyTable(dataSource))) await dataSource.proveSchema()
  } catch (error) {
    if (proof === 'warn' && error instanceof SchemaError) return console.warn(error.message)
    await dataSource.destroy()
    throw error
  }
}
