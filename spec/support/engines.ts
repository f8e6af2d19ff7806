import { randomBytes } from 'node:crypto'
import type { EngineOptions } from '../../src/index.js'
import { postgresServer, runOnPostgres } from './postgres-server.js'

/** A database that one spec has to itself, and how to get rid of it. */
export interface Database {
  readonly options: EngineOptions
  drop(): Promise<void>
}

/** A database engine the specs run on. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres' | 'mariadb'
  /** Makes an empty database. */
  create(): Promise<Database>
}

const { env } = process
const unique = (): string => `plinth_${process.pid}_${randomBytes(4).toString('hex')}`

const sqlite: Engine = {
  name: 'sqlite',
  async create() {
    const { default: driver } = await import('libsql')
    return { options: { type: 'better-sqlite3', database: ':memory:', driver }, drop: async () => {} }
  },
}

const postgres: Engine = {
  name: 'postgres',
  async create() {
    const schema = unique()
    await runOnPostgres(`CREATE SCHEMA ${schema}`)
    const { user: username, ...rest } = postgresServer
    // The search path keeps SQL and introspection inside the schema without naming it in every statement.
    // It looks for deadlocks after a second unless it is told otherwise.
    const extra = { options: `-c search_path=${schema} -c deadlock_timeout=20ms`, max: 10 }
    return {
      options: { type: 'postgres', ...rest, username, extra, installExtensions: false },
      drop: () => runOnPostgres(`DROP SCHEMA ${schema} CASCADE`),
    }
  },
}

const mariadb: Engine = {
  name: 'mariadb',
  async create() {
    const { default: mysql } = await import('mysql2/promise')
    const server = {
      host: env['MARIADB_HOST'] ?? '127.0.0.1',
      port: Number(env['MARIADB_PORT'] ?? 3306),
      user: env['MARIADB_USER'] ?? 'root',
      password: env['MARIADB_PASSWORD'] ?? '',
    }
    const run = async (sql: string): Promise<void> => {
      const connection = await mysql.createConnection({ ...server, connectTimeout: 2000 })
      try {
        await connection.query(sql)
      } finally {
        await connection.end()
      }
    }
    const database = unique()
    await run(`CREATE DATABASE ${database}`)
    const { user: username, ...rest } = server
    return { options: { type: 'mariadb', ...rest, username, database }, drop: () => run(`DROP DATABASE ${database}`) }
  },
}

export const engines: readonly Engine[] = [sqlite, postgres, mariadb]

/**
 * Runs a suite once for each engine. Where an engine cannot be reached its suite shows as pending with the reason;
 * with `PLINTH_REQUIRE_ENGINES=1` that is a failure instead.
 * @param only the names of those it concerns; all unless told.
 */
export function describeOnEngines(
  title: string,
  suite: (engine: Engine) => void,
  only: readonly string[] = engines.map(({ name }) => name),
): void {
  for (const engine of engines.filter(({ name }) => only.includes(name))) {
    describe(`${title} on ${engine.name}`, () => {
      before(async function () {
        const problem = await unreachable(engine)
        if (problem === undefined) return
        if (env['PLINTH_REQUIRE_ENGINES'] === '1') throw new Error(`${engine.name} is required: ${problem}`)
        this.test!.parent!.title += ` (pending: ${problem})`
        this.skip()
      })
      suite(engine)
    })
  }
}

const probes = new Map<Engine, Promise<string | undefined>>()

function unreachable(engine: Engine): Promise<string | undefined> {
  const probe =
    probes.get(engine) ??
    engine.create().then(
      async (database) => database.drop().then(() => undefined),
      (error: Error) => `${engine.name} cannot be reached (${error.message})`,
    )
  probes.set(engine, probe)
  return probe
}
