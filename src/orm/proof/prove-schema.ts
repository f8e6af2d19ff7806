import type { EntityMetadata, Table } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { proveChecks } from './checks.js'
import { proveColumns } from './columns.js'
import { Ddl } from './ddl.js'
import { proofEngineOf } from './engines/engines.js'
import { proveForeignKeys } from './foreign-keys.js'
import { presentIn, proveIndexes } from './indexes.js'
import { pendingMigrations } from './pending-migrations.js'
import type { Looking, ProofEngine } from './proof-engine.js'
import { remedyOf, SchemaError, type SchemaMistake } from './schema-error.js'
import { proveNoStricter } from './stricter-uniques.js'
import type { TableProof } from './table-proof.js'
import { createTable } from './tables.js'

/**
 * Everything the models of a data source need that its database does not have. Nothing is asked of tables, columns and
 * indexes that models know nothing of.
 */
export function schemaMistakes(dataSource: ModelDataSource): Promise<readonly SchemaMistake[]> {
  return dataSource.units.withoutLimits(() => found(dataSource))
}

async function found(dataSource: ModelDataSource): Promise<readonly SchemaMistake[]> {
  const runner = dataSource.createQueryRunner()
  try {
    const looking: Looking = { dataSource, runner, ask: (sql, values) => runner.query(sql, values && [...values]) }
    const metadatas = tablesOf(dataSource)
    const tables = await runner.getTables(metadatas.map(({ tablePath }) => tablePath))
    const mistakes = await mistakesIn(looking, metadatas, tables)
    const pending = mistakes.length > 0 ? await pendingMigrations(dataSource, runner) : []
    return [...pending, ...mistakes, ...(await sessionMistakes(looking))]
  } finally {
    runner.disableSqlMemory()
    await runner.release()
  }
}

/**
 * Compares the database with what the models need.
 * @throws {SchemaError} with everything it lacks.
 */
export async function requireSchema(dataSource: ModelDataSource): Promise<void> {
  const mistakes = await schemaMistakes(dataSource)
  if (mistakes.length > 0) throw new SchemaError(mistakes)
}

/** Whether the database has a table of any entity. */
export async function hasAnyTable(dataSource: ModelDataSource): Promise<boolean> {
  const runner = dataSource.createQueryRunner()
  try {
    for (const { tablePath } of tablesOf(dataSource)) if (await runner.hasTable(tablePath)) return true
    return false
  } finally {
    await runner.release()
  }
}

function tablesOf({ entityMetadatas }: ModelDataSource): readonly EntityMetadata[] {
  const own = entityMetadatas.filter(
    ({ tableType, synchronize }) => tableType !== 'view' && tableType !== 'entity-child' && synchronize,
  )
  return [...new Map(own.map((metadata) => [metadata.tablePath, metadata])).values()]
}

async function mistakesIn(
  looking: Looking,
  metadatas: readonly EntityMetadata[],
  tables: readonly Table[],
): Promise<readonly SchemaMistake[]> {
  const { dataSource, runner } = looking
  const engine = proofEngineOf(dataSource.options.type as EngineType)
  const proofs: TableProof[] = []
  // What the engine reports is read before anything is recorded: a recorded change alters TypeORM's view of its table.
  for (const metadata of metadatas) {
    const table = tableOf(dataSource, metadata, tables)
    if (table) proofs.push(await factsOf(looking, engine, metadata, table))
  }
  const ddl = await Ddl.of(dataSource, runner, engine.around)
  const mistakes: SchemaMistake[] = []
  const present = new Map(proofs.map(({ metadata, table }) => [metadata, table]))
  for (const metadata of metadatas.filter((candidate) => !present.has(candidate))) {
    const { mistake, made } = await createTable(dataSource, metadata, ddl)
    mistakes.push(mistake)
    present.set(metadata, made)
  }
  for (const proof of proofs) {
    mistakes.push(...(await proveColumns(proof, ddl)))
    mistakes.push(...(await proveChecks(proof, ddl)))
    const present = presentIn(proof)
    mistakes.push(...(await proveIndexes(proof, present, ddl)), ...(await proveNoStricter(proof, present, ddl)))
  }
  for (const [metadata, table] of present) {
    mistakes.push(...(await proveForeignKeys(dataSource, metadata, table, ddl)))
  }
  return mistakes
}

async function factsOf(
  looking: Looking,
  engine: ProofEngine,
  metadata: EntityMetadata,
  table: Table,
): Promise<TableProof> {
  const { dataSource, ask } = looking
  const conditions = [
    ...metadata.columns.map(({ asExpression }) => asExpression),
    ...metadata.indices.map(({ where }) => where),
    ...(engine.checksOf ? metadata.checks.map(({ expression }) => expression) : []),
  ]
  const wanted = [...new Set(conditions.filter((condition) => condition !== undefined))]
  const reported = wanted.length === 0 ? [] : await engine.reported(looking, table, wanted)
  return {
    dataSource,
    engine,
    metadata,
    table,
    expressions: await engine.expressionsOf(ask, table),
    indexes: await engine.indexesOf(ask, table),
    collations: await engine.collationsOf(ask, table),
    checks: await engine.checksOf?.(ask, table),
    reported: new Map(wanted.map((condition, index) => [condition, reported[index]])),
    remade: new Set(),
  }
}

function tableOf(dataSource: ModelDataSource, metadata: EntityMetadata, tables: readonly Table[]): Table | undefined {
  const wanted = dataSource.driver.parseTableName(metadata)
  return tables.find((table) => {
    const { tableName, schema } = dataSource.driver.parseTableName(table)
    return tableName === wanted.tableName && (metadata.schema === undefined || schema === wanted.schema)
  })
}

async function sessionMistakes({ dataSource, ask }: Looking): Promise<readonly SchemaMistake[]> {
  const engine = proofEngineOf(dataSource.options.type as EngineType)
  const found = await engine.session?.(ask)
  if (!found) return []
  const statements = [found.statement]
  return [
    {
      code: 'E_SCHEMA_SESSION',
      subject: 'The database',
      problem: `${found.problem}.`,
      places: [],
      remedy: remedyOf(statements),
      statements,
    },
  ]
}
