import { type EntityMetadata, Table, TableForeignKey } from 'typeorm'
import { DriverUtils } from 'typeorm/driver/DriverUtils.js'
import type { ModelDataSource } from '../data-source.js'
import type { Ddl } from './ddl.js'
import { remedyOf, type SchemaMistake } from './schema-error.js'

/** What to say, and to run, where an entity has no table. */
export async function createTable(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  ddl: Ddl,
): Promise<{ readonly mistake: SchemaMistake; readonly made: Table }> {
  const made = Table.create(metadata, dataSource.driver)
  // SQLite cannot add a foreign key to a table, and minds not whether the other table exists yet.
  const inline = DriverUtils.isSQLiteFamily(dataSource.driver)
  if (inline) made.foreignKeys = metadata.foreignKeys.map((key) => TableForeignKey.create(key, dataSource.driver))
  const statements = await ddl.record((runner) => runner.createTable(made, false, inline, true))
  const mistake: SchemaMistake = {
    code: 'E_SCHEMA_TABLE',
    subject: metadata.name,
    problem: `the table "${metadata.tablePath}" does not exist.`,
    places: [],
    remedy: remedyOf(statements),
    statements,
  }
  return { mistake, made }
}
