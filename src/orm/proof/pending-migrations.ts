import type { QueryRunner } from 'typeorm'
import { MigrationExecutor } from 'typeorm/migration/MigrationExecutor.js'
import type { ModelDataSource } from '../data-source.js'
import type { SchemaMistake } from './schema-error.js'

/** Migrations that have not run are the likeliest reason for everything else, so they are named first. */
export async function pendingMigrations(
  dataSource: ModelDataSource,
  runner: QueryRunner,
): Promise<readonly SchemaMistake[]> {
  const names = await pendingNames(dataSource, runner)
  if (names.length === 0) return []
  return [
    {
      code: 'E_SCHEMA_MIGRATIONS',
      subject: 'The database',
      problem: `${names.length === 1 ? 'a migration has' : `${names.length} migrations have`} not run: ${names.join(', ')}.`,
      places: [],
      remedy:
        'Run them first, with `migrationsRun: true` or `typeorm migration:run`. What follows may then be put right. ' +
        'A script that runs them itself is given `proveSchema: false`.',
      statements: [],
    },
  ]
}

async function pendingNames(dataSource: ModelDataSource, runner: QueryRunner): Promise<readonly string[]> {
  if (dataSource.migrations.length === 0) return []
  // Asking TypeORM would make the table; where there is none, nothing has run.
  const recorded = await runner.hasTable(dataSource.options.migrationsTableName ?? 'migrations')
  const pending = recorded ? await new MigrationExecutor(dataSource).getPendingMigrations() : dataSource.migrations
  return pending.map((migration) => migration.name ?? migration.constructor.name)
}
