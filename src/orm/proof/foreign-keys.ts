import { type EntityMetadata, type Table, TableForeignKey } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import type { Ddl } from './ddl.js'
import { remedyOf, type SchemaMistake } from './schema-error.js'

/** The foreign keys a table lacks, whatever they are called. */
export async function proveForeignKeys(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  table: Table,
  ddl: Ddl,
): Promise<readonly SchemaMistake[]> {
  const mistakes: SchemaMistake[] = []
  for (const key of metadata.foreignKeys) {
    const wanted = TableForeignKey.create(key, dataSource.driver)
    if (table.foreignKeys.some((present) => formOf(present) === formOf(wanted))) continue
    const statements = await ddl.record((runner) => runner.createForeignKey(table, wanted))
    mistakes.push({
      code: 'E_SCHEMA_RELATION',
      subject: metadata.name,
      problem: `the table "${metadata.tablePath}" has no foreign key from ${listed(wanted.columnNames)} to "${key.referencedEntityMetadata.tablePath}".`,
      places: [],
      remedy: remedyOf(statements),
      statements,
    })
  }
  return mistakes
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

function formOf({ columnNames, referencedTableName, referencedColumnNames }: TableForeignKey): string {
  // A path may or may not name the schema.
  const pairs = columnNames.map((name, index) => `${name}=${referencedColumnNames[index]}`).sort()
  return JSON.stringify([pairs, referencedTableName.split('.').at(-1)])
}
