import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataSource, type ModelDataSource, type ModelDataSourceOptions } from 'plinth'
import { postgresServer, runOnPostgres } from '../../spec/support/postgres-server.js'
import { Article } from './article.js'
import { rowCount } from './scenarios.js'
import { type Place, sessionOptions } from './serve.js'

/** Gives each contender rows of its own, all of them equal. */
export interface Databases {
  readonly engine: Place['engine']
  make(): Promise<Place>
  /** Gives a contender its first rows again, while nobody asks it for anything. */
  restore(place: Place): Promise<void>
  drop(): Promise<void>
}

/** Files of SQLite, in a folder that they are removed with: one is filled, the others are copies. */
export async function sqliteDatabases(rows = rowCount, beneath = tmpdir()): Promise<Databases> {
  const folder = await mkdtemp(join(beneath, 'plinth-bench-'))
  const first = join(folder, 'first.sqlite')
  // Without a log beside it, the file is all there is to copy.
  await filled({ type: 'sqlite', database: first, enableWAL: false, entities: [Article], synchronize: true }, rows)
  let made = 0
  return {
    engine: 'sqlite',
    async make() {
      const file = join(folder, `${(made += 1)}.sqlite`)
      await copyFile(first, file)
      return { engine: 'sqlite', file }
    },
    async restore(place) {
      if (place.engine === 'sqlite') await restoreFile(place.file, first)
    },
    drop: () => rm(folder, { recursive: true, force: true }),
  }
}

let schemasMade = 0

/**
 * Schemas of PostgreSQL, each filled by itself.
 * @throws {Error} where there is no server.
 */
export async function postgresDatabases(rows = rowCount): Promise<Databases> {
  await runOnPostgres('SELECT 1')
  const schemas: string[] = []
  const makeSchema = async (): Promise<string> => {
    const schema = `plinth_bench_${process.pid}_${(schemasMade += 1)}`
    await runOnPostgres(`CREATE SCHEMA ${schema}`)
    schemas.push(schema)
    const { user: username, ...rest } = postgresServer
    const options = { type: 'postgres', ...rest, username, extra: { options: sessionOptions(schema) } } as const
    await filled({ ...options, installExtensions: false, entities: [Article], synchronize: true }, rows)
    return schema
  }
  let untouched: Promise<string> | undefined
  return {
    engine: 'postgres',
    make: async () => ({ engine: 'postgres', schema: await makeSchema(), server: postgresServer }),
    async restore(place) {
      if (place.engine !== 'postgres') return
      untouched ??= makeSchema()
      await restoreSchema(place.schema, await untouched)
    },
    async drop() {
      for (const schema of schemas) await runOnPostgres(`DROP SCHEMA ${schema} CASCADE`)
    },
  }
}

async function restoreFile(file: string, from: string): Promise<void> {
  const { default: Database } = await import('libsql')
  const database = new Database(file, { timeout: 5000 })
  try {
    database.exec(`PRAGMA foreign_keys = OFF; ATTACH '${from}' AS untouched; BEGIN IMMEDIATE`)
    const tables = database
      .prepare("SELECT name FROM untouched.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as readonly { readonly name: string }[]
    for (const { name } of tables) {
      const { columns } = database
        .prepare(`SELECT group_concat('"' || name || '"') columns FROM pragma_table_xinfo('${name}') WHERE hidden = 0`)
        .get() as { readonly columns: string }
      database.exec(`DELETE FROM main."${name}"`)
      database.exec(`INSERT INTO main."${name}" (${columns}) SELECT ${columns} FROM untouched."${name}"`)
    }
    database.exec('COMMIT')
    // Else the next writer would copy all of it out of the log, in the time that is measured.
    database.exec('PRAGMA main.wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
}

async function restoreSchema(schema: string, from: string): Promise<void> {
  const refill = `DO $$
    DECLARE name text; columns text;
    BEGIN
      FOR name, columns IN
        SELECT table_name, string_agg(quote_ident(column_name), ',') FROM information_schema.columns
        WHERE table_schema = '${from}' AND is_generated = 'NEVER' GROUP BY table_name
      LOOP
        EXECUTE format('TRUNCATE ${schema}.%I', name);
        EXECUTE format('INSERT INTO ${schema}.%I (%s) SELECT %s FROM ${from}.%I', name, columns, columns, name);
      END LOOP;
    END $$`
  await runOnPostgres(refill)
  await runOnPostgres(`VACUUM ANALYZE ${schema}.articles`)
}

async function filled(options: ModelDataSourceOptions, rows: number): Promise<void> {
  const dataSource = await createDataSource(options).initialize()
  try {
    await fill(dataSource, rows)
  } finally {
    await dataSource.destroy()
  }
}

/** Makes the same rows everywhere, by statements, which no contender is measured by. */
async function fill(dataSource: ModelDataSource, rows: number): Promise<void> {
  const embedded = dataSource.options.type === 'better-sqlite3'
  const names = 'id,title,slug,body,words,"categoryId",metadata,"createdAt","updatedAt","deletedAt"'
  const instant = embedded
    ? "strftime('%Y-%m-%d %H:%M:%f', 1704067200 + n * 37, 'unixepoch')"
    : 'to_timestamp(1704067200 + n * 37)'
  const id = embedded
    ? "'00000000-0000-7000-8000-' || printf('%012x', n)"
    : "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
  const json = `'{"views":' || n || ',"tags":["a","b","c"],"source":"seed"}'`
  const body = `'Body of ' || n || '${' lorem ipsum dolor sit amet consectetur'.repeat(12)}'`
  const values = [
    id,
    "'Article number ' || n || ' about things'",
    "'article-number-' || n || '-about-things'",
    body,
    'n % 1000',
    '1 + n % 100',
    embedded ? json : `(${json})::jsonb`,
    instant,
    instant,
    `CASE WHEN n % 10 = 3 THEN ${instant} END`,
  ]
  const numbers = embedded
    ? `(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${rows}) SELECT n FROM s) AS s`
    : `generate_series(1, ${rows}) AS s(n)`
  await dataSource.query(`INSERT INTO articles (${names}) SELECT ${values.join()} FROM ${numbers}`)
  await dataSource.query('CREATE INDEX articles_live ON articles ("createdAt" DESC, id DESC) WHERE "deletedAt" IS NULL')
  await dataSource.query(embedded ? 'ANALYZE' : 'VACUUM ANALYZE articles')
}
