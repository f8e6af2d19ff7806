import type { DataSourceOptions } from 'typeorm'
import type { Clock } from '../helpers/clock.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { EngineType } from './dialects/engines.js'
import type { WriteListener } from './events/write-event.js'
import type { OwnTable } from './own-table.js'
import { installedSqliteDriver } from './sqlite-driver.js'
import { mendingQuirks } from './sqlite-quirks.js'

/** TypeORM's options for the engines models run on. */
export type EngineOptions = Extract<DataSourceOptions, { readonly type: EngineType }>

type BetterSqlite3Options = Extract<DataSourceOptions, { readonly type: 'better-sqlite3' }>

/** SQLite with whichever driver is installed. */
export type SqliteOptions = Omit<BetterSqlite3Options, 'type' | 'driver'> & { readonly type: 'sqlite' }

type WithoutEntities<O> = O extends unknown ? Omit<O, 'entities'> : never

/**
 * How long sessions of a server may take over things, in milliseconds. What was not asked for yields to what the server, its
 * databases, its roles or the driver were told; `false` leaves it to them. SQLite has no sessions.
 */
export interface LimitOptions {
  /**
   * The longest that a statement may take, what it waits for included; 30 seconds unless told. It is undone then
   * (`STATEMENT_TIMEOUT`, 503). MySQL limits only those that read.
   */
  readonly statementLimit?: number | false
  /** The longest that a statement may wait for a lock of somebody else; 10 seconds unless told (`LOCK_TIMEOUT`, 503). */
  readonly lockLimit?: number | false
  /**
   * The longest that a unit of work may keep its transaction open without a statement; 30 seconds unless told. The server ends
   * its connection then (`DATABASE_UNAVAILABLE`, 503). MySQL has no such limit.
   */
  readonly idleTransactionLimit?: number | false
}

/** How units of work behave. */
export interface UnitOptions extends LimitOptions {
  /**
   * The longest, in milliseconds, that one unit may keep the others that need its connection waiting; 10 seconds unless
   * told. On SQLite, which has one connection, every unit and statement waits for the open unit. Elsewhere it is how long all
   * connections of the pool may be held while others wait for one.
   */
  readonly turnLimit?: number
  /**
   * Whether SQLite commits statements that write by themselves together where they are sent in one turn of the event loop; it does
   * unless told. Say `false` where connections of other packages in this process write to the same file: their drivers would
   * stop the process to wait for what it has not committed yet.
   */
  readonly groupCommit?: boolean
  /** Hears what an `afterCommit` or `afterRollback` hook threw; it is printed unless told. */
  readonly onHookError?: (error: unknown) => void
}

/** Whether and how a start compares the database with what models need. */
export interface ProofOptions {
  /**
   * Without `synchronize`, a start reads the schema and is refused with a `SchemaError` where something is missing;
   * with `'warn'` it is printed and the start goes on. Unless told, an empty database is not looked at: what makes its
   * tables is yet to run.
   */
  readonly proveSchema?: boolean | 'warn'
}

/** How rows are read that nobody asks for as entities. */
export interface ReadOptions {
  /**
   * Whether PostgreSQL prepares statements that were asked twice by name, on each connection, at most 200 of them; it does
   * unless told. Poolers that lend a connection for one transaction may not know such statements.
   */
  readonly prepareReads?: boolean
  /**
   * Whether SQLite is told that indexes over visible rows are as large as their tables, until it has counted them; it is unless
   * told. Written into its table of statistics when a data source is initialized, synchronized or migrated.
   */
  readonly assumeStatistics?: boolean
}

/** What a data source is told that TypeORM knows nothing of, and the entities. */
export interface OwnDataSourceOptions extends UnitOptions, ProofOptions, ReadOptions {
  readonly entities: readonly AnyClass[]
  /** Tables that belong to the application rather than to an entity, e.g. `idempotencyKeys`. */
  readonly tables?: readonly OwnTable[]
  readonly clock?: Clock
  /** Who hears of writes, as `on(Article, { beforeDelete, afterRestore })` makes them. */
  readonly listeners?: readonly WriteListener[]
}

/** The options of a data source: TypeORM's own, the entities as classes, and where instants come from. */
export type ModelDataSourceOptions = WithoutEntities<EngineOptions | SqliteOptions> & OwnDataSourceOptions

/**
 * What TypeORM is given. Sessions work in UTC, so that instants mean the same in every process; SQLite files are in
 * WAL mode, so that readers do not wait for the writer. The entities are left out: the data source builds them itself.
 */
export function connectionOptions(options: ModelDataSourceOptions): EngineOptions {
  const { entities: _entities, clock: _clock, turnLimit: _turnLimit, onHookError: _onHookError, ...others } = options
  const {
    proveSchema: _proveSchema,
    tables: _tables,
    listeners: _listeners,
    groupCommit: _groupCommit,
    statementLimit: _statementLimit,
    lockLimit: _lockLimit,
    idleTransactionLimit: _idleTransactionLimit,
    ...rest
  } = others
  switch (rest.type) {
    case 'sqlite':
      return sqliteOptions({ ...rest, type: 'better-sqlite3', driver: installedSqliteDriver() })
    case 'better-sqlite3':
      return sqliteOptions(rest)
    case 'postgres':
      return { ...rest, extra: { fallback_application_name: 'plinth', ...inUtc(rest.extra) } }
    default:
      return { ...rest, timezone: 'Z' }
  }
}

function sqliteOptions(options: Omit<BetterSqlite3Options, 'entities'>): EngineOptions {
  const file = options.database !== ':memory:' && options.database !== ''
  // TypeORM switches foreign keys on and waits 5 seconds for a lock unless `timeout` says otherwise.
  const driver: unknown = mendingQuirks(options.driver)
  return { enableWAL: file && options.readonly !== true, ...options, ...(driver !== undefined && { driver }) }
}

interface PostgresExtra {
  readonly options?: string
}

/** PostgreSQL takes settings of the session when it connects, which costs no statement. */
function inUtc(extra: PostgresExtra | undefined): PostgresExtra {
  return { ...extra, options: [extra?.options, '-c TimeZone=UTC'].filter(Boolean).join(' ') }
}
