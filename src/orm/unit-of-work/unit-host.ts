import type { DataSource, Driver, EntityManager, QueryRunner, ReplicationMode } from 'typeorm'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { Clock } from '../../helpers/clock.js'
import type { OptionNames } from '../../helpers/known-options.js'
import type { UnitOptions } from '../data-source-options.js'
import type { EngineType } from '../dialects/engines.js'
import type { TransactionEngine } from './engine.js'
import { transactionEngineOf } from './engines/engines.js'
import type { IsolationLevel } from './isolation.js'
import { limitPools } from './limit-pools.js'
import type { PoolQueue } from './pool-queue.js'
import { limitsOf, SessionLimits } from './session-limits.js'

/** How a unit of work is run. */
export interface AtomicOptions {
  /** READ COMMITTED unless told, on every server. A nested unit cannot ask for another level than its outermost has. */
  readonly isolation?: IsolationLevel
  /**
   * How often the outermost unit is run again when the database reports a deadlock, a lost race or that it is busy;
   * 3 unless told. Its work must therefore do nothing outside of the database: that is what `afterCommit` is for.
   */
  readonly retries?: number
  /**
   * Locks to take before anything else, as `dataSource.locksOf(entity, row)` makes them. A unit that is not told learns
   * of them while it runs, and may have to run again.
   */
  readonly locks?: readonly string[]
  /**
   * The longest that each statement of the unit may take, in milliseconds, instead of what the data source says; `false` is no
   * limit, as reports and imports need it. SQLite has none.
   */
  readonly statementLimit?: number | false
  /** `nested`, unless told: a savepoint of the running unit. `new`: a unit of its own, on another connection. */
  readonly propagation?: 'nested' | 'new'
}

/** The names of these options. */
export const atomicOptions: OptionNames<AtomicOptions> = {
  isolation: true,
  retries: true,
  locks: true,
  statementLimit: true,
  propagation: true,
}

/** What TypeORM's subscribers hear of transactions. */
export type TransactionEvent =
  | 'BeforeTransactionStart'
  | 'AfterTransactionStart'
  | 'BeforeTransactionCommit'
  | 'AfterTransactionCommit'
  | 'AfterTransactionRollback'

/** Who listens to committed writes, as far as units of work are concerned. */
export interface Listening {
  /** How often somebody began to listen while nobody did. */
  readonly beginnings: number
  tellMissed(): Promise<void>
}

/** What units of work need of their data source. */
export interface UnitHost {
  readonly engine: TransactionEngine
  readonly driver: Driver
  /** Where one waits for connections of the driver's pools; empty where there is one connection. */
  readonly queues: readonly PoolQueue[]
  readonly clock: Clock
  /** The longest one unit or statement may keep others waiting for its connection, in milliseconds. */
  readonly turnLimit: number
  /** What connections keep to. */
  readonly limits: SessionLimits
  /** Whether statements are committed together, on an engine that can do so. */
  readonly groupsStatements: boolean
  readonly listening: Listening
  /** The level of units that do not ask for one. */
  readonly isolation?: IsolationLevel
  /** Makes a runner of the driver. */
  createRunner(mode: ReplicationMode): QueryRunner
  /** Lends a connection for one statement where the engine does without a runner; undefined where it needs one. */
  lend<T>(mode: ReplicationMode, work: (connection: object) => Awaitable<T>): Promise<T> | undefined
  managerOf(runner: QueryRunner): EntityManager
  /** Whether a subscriber wants to hear of an event. */
  hears(event: TransactionEvent): boolean
  /**
   * Takes locks, in this order, in the transaction of a runner.
   * @param before what stands in front of statements.
   */
  takeLocks(runner: QueryRunner, keys: readonly string[], before?: string): Promise<void>
  /** Hears what a hook threw: the unit has ended and cannot fail any more. */
  onHookError(error: unknown): void
}

/** How long one unit may keep others waiting unless told, in milliseconds. */
const patience = 10_000

/** The parts of the host that the data source gives. */
export type UnitParts = Pick<UnitHost, 'createRunner' | 'takeLocks'>

/** What units of work need of a data source; runners are made by the driver's own way. */
export function unitHostOf(
  dataSource: DataSource & { readonly clock: Clock; readonly events: Listening },
  options: UnitOptions,
  parts: UnitParts,
): UnitHost {
  const { isolationLevel, type } = dataSource.options as { readonly isolationLevel?: string; readonly type: string }
  const engine = transactionEngineOf(type as EngineType)
  const turnLimit = options.turnLimit ?? patience
  const limits = new SessionLimits(engine.sessions, limitsOf(options))
  return {
    engine,
    driver: dataSource.driver,
    queues: limitPools(dataSource.driver, engine, { turnLimit, sessions: limits }),
    groupsStatements: options.groupCommit !== false,
    lend: (mode, work) => engine.lend?.(dataSource.driver, mode, work),
    clock: dataSource.clock,
    listening: dataSource.events,
    turnLimit,
    limits,
    ...(isolationLevel !== undefined && { isolation: isolationLevel as IsolationLevel }),
    ...parts,
    managerOf: (runner) => dataSource.createEntityManager(runner),
    hears: (event) => {
      const hearer = hearers[event]
      return dataSource.subscribers.some((subscriber) => hearer in subscriber)
    },
    onHookError: options.onHookError ?? ((error) => console.error('A hook of a unit of work failed:', error)),
  }
}

/** The methods by which subscribers hear of events. */
const hearers: Readonly<Record<TransactionEvent, string>> = {
  BeforeTransactionStart: 'beforeTransactionStart',
  AfterTransactionStart: 'afterTransactionStart',
  BeforeTransactionCommit: 'beforeTransactionCommit',
  AfterTransactionCommit: 'afterTransactionCommit',
  AfterTransactionRollback: 'afterTransactionRollback',
}
