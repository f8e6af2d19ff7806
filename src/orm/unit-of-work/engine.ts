import type { Driver, QueryRunner, ReplicationMode } from 'typeorm'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { LimitOptions } from '../data-source-options.js'
import type { IsolationLevel } from './isolation.js'
import type { Given } from './pool-queue.js'

/** How far the damage of a failed statement reaches: nowhere, its savepoint or transaction, or the whole unit. */
export type Damage = 'none' | 'level' | 'unit'

/** Transactions of a connection whose driver answers at once, which several statements share. */
export interface GroupEngine {
  begin(connection: object, runner: QueryRunner): void
  commit(connection: object, runner: QueryRunner): void
  /** Undoes what was done, where the database has not done so by itself. */
  rollback(connection: object, runner: QueryRunner): void
  isOpen(connection: object): boolean
  /** The file of a database that other connections of this process may have open; absent where there is none. */
  fileOf(runner: QueryRunner): string | undefined
}

/** How long sessions of a server may take over something. */
export interface SessionLimit {
  readonly of: keyof LimitOptions
  /** In milliseconds. */
  readonly time: number
  /** Whether what was set for the server, the database or the role is left as it is. */
  readonly yields: boolean
}

/** How the sessions of pooled connections are told their limits. */
export interface SessionEngine {
  /** The driver's connection in what a pool gave. */
  connectionIn(obtained: unknown): object
  /** The statement that makes a session keep to limits. */
  limiting(limits: readonly SessionLimit[]): string
  /** The statement that gives a session the limits back that the server has for it. */
  lifting(limits: readonly SessionLimit[]): string
  send(connection: object, sql: string): Promise<void>
}

/** What transactions look like on one engine. The runner is always the driver's own. */
export interface TransactionEngine {
  /** Whether a data source has one connection that everybody shares. */
  readonly singleConnection: boolean
  /** Whether a transaction goes on behind a statement that was refused as if that had not been sent. */
  readonly outlivesRefusals: boolean
  /** How statements share transactions, where that makes them cheaper; absent where servers see to that. */
  readonly groups?: GroupEngine
  /** Whether a savepoint that is undone gives back all that it has locked, to those too who wait for it. */
  readonly givesLocksBack: boolean
  /** What makes a SELECT keep others from writing the rows it reads, until the transaction ends. */
  readonly rowLock: string
  /** What makes a SELECT keep others from writing the rows it reads, but not from reading them so. */
  readonly shareLock: string
  /**
   * What makes a SELECT see what is committed now, in a transaction of a level in which it would see what was when the
   * transaction first read, and nobody would be refused for it; absent where no level is so.
   */
  currentRead?(isolation: IsolationLevel): string
  /**
   * Sends a statement that fails rather than wait for what others have locked; absent where an engine has no way.
   * @param send is given what stands in front of the statement.
   */
  withoutWaiting?(runner: QueryRunner, send: (before: string) => Promise<unknown>): Promise<void>
  begin(runner: QueryRunner, isolation: IsolationLevel): Awaitable<unknown>
  /** Whether a COMMIT that was interrupted may have been carried out all the same. */
  readonly commitsWhenInterrupted: boolean
  /** @returns whether the server committed; some undo a damaged transaction and call that success. */
  commit(runner: QueryRunner): Awaitable<boolean>
  rollback(runner: QueryRunner): Promise<void>
  /** Opens a savepoint in a way of the engine's own. @throws {UnitOfWorkError} where there is no transaction any more. */
  savepoint?(runner: QueryRunner, name: string): Promise<void>
  damageOf(error: unknown, runner: QueryRunner): Damage
  /** Closes the connection instead of giving it back to the pool. */
  discard(runner: QueryRunner): Promise<void>
  /**
   * Gives back what the driver obtained from its pool, unused; absent where there is no pool.
   * @param broken why nobody else may have it.
   */
  giveBack?(this: void, obtained: unknown, broken?: Error): void
  /**
   * Obtains what the driver would from its pool, without promises; absent where only the driver can.
   * @returns whether it does: not where there are several pools, or none yet.
   */
  obtain?(this: void, driver: Driver, given: Given<unknown>): boolean
  /** How sessions are told their limits; absent where there are none to be told. */
  readonly sessions?: SessionEngine
  /**
   * Limits the statements that follow; absent where they cannot be limited.
   * @param limit digits are milliseconds, 0 is no limit.
   * @returns what the limit was before.
   */
  limitStatements?(runner: QueryRunner, limit: string): Promise<string>
  /** Whether what a transaction, or an undone savepoint, has set ends with it. */
  readonly undoesSettings: boolean
  /** Whether the connection can be given back: no transaction was left open on it. */
  isClean(runner: QueryRunner): boolean
  /** Whether the one runner of the driver is still this one: it has another when it was connected anew. */
  keeps?(runner: QueryRunner): boolean
  /** The driver's connection of a runner, where it is there without waiting for it. */
  connectionOf?(runner: QueryRunner): object | undefined
  /**
   * Lends a connection of the driver's pool for one statement, without a runner; absent where only runners have connections.
   * @returns undefined where the driver is not connected.
   */
  lend?<T>(driver: Driver, mode: ReplicationMode, work: (connection: object) => Awaitable<T>): Promise<T> | undefined
  /** How many connections the driver's pools have, as far as the driver tells; absent where there is no pool. */
  poolOf?(this: void, driver: Driver): PoolSize
  /** Asks something of the one connection, whatever is under way on it; absent where there is a pool. */
  ask?(this: void, runner: QueryRunner): void
}

/** How many connections pools have. */
export interface PoolSize {
  /** How many there may be at most. */
  readonly max?: number
  /** How many are open. */
  readonly size?: number
  /** How many of these somebody has. */
  readonly inUse?: number
}
