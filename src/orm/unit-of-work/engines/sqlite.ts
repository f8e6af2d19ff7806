import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { QueryRunner } from 'typeorm'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import type { RawRows, ReadStatement } from '../../reads/engines/read-engine.js'
import { hearsStatements } from '../../reads/heard.js'
import { logged } from '../../reads/logged.js'
import { told } from '../../reads/told.js'
import type { TransactionEngine } from '../engine.js'

interface Connection {
  readonly open?: boolean
  readonly inTransaction?: boolean
  exec(sql: string): unknown
}

const statementOf = (sql: string): ReadStatement => ({ sql, parameters: [] })

const none: RawRows = { rows: [] }

/**
 * Has a connection run a statement that has neither values nor rows. A prepared COMMIT that is refused would not come to its end in
 * libsql, and go on reading what was there then.
 */
function execute(connection: object, sql: string): RawRows {
  ;(connection as Connection).exec(sql)
  return none
}

/** The same past TypeORM's own way, which prepares it; whoever hears of statements hears of this one. */
function sendBy(runner: QueryRunner, sql: string): Awaitable<unknown> {
  const connection = connectionOf(runner)
  if (!connection) return runner.query(sql)
  const { dataSource } = runner
  const run = () => execute(connection, sql)
  if (hearsStatements(dataSource)) return told(runner, statementOf(sql), run)
  return logged({ dataSource, runner }, statementOf(sql), run)
}

/** The same for whoever cannot wait. */
function send(connection: object, runner: QueryRunner, sql: string): void {
  void logged({ dataSource: runner.dataSource, runner }, statementOf(sql), () => execute(connection, sql))
}

/** libsql ends the process where a closed connection is asked for its transaction. */
function isOpen(connection: object): boolean {
  const { open } = connection as Connection
  return open !== false && ((connection as Connection).inTransaction ?? false)
}

/** The one name of a file, by whatever path or link it is reached. */
function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return resolve(file)
  }
}

export const sqliteEngine: TransactionEngine = {
  outlivesRefusals: true,
  singleConnection: true,
  givesLocksBack: false,
  commitsWhenInterrupted: false,
  undoesSettings: true,

  // Every commit waits for the disk, and with it the process.
  groups: {
    begin: (connection, runner) => send(connection, runner, 'BEGIN IMMEDIATE'),
    commit: (connection, runner) => send(connection, runner, 'COMMIT'),
    rollback(connection, runner) {
      if (!isOpen(connection)) return
      // It is undone before anybody hears of it, who may fail.
      execute(connection, 'ROLLBACK')
      runner.dataSource.logger.logQuery('ROLLBACK', undefined, runner)
    },
    isOpen,
    fileOf(runner) {
      const { database } = runner.dataSource.options as { readonly database?: string }
      return database === undefined || database === '' || database === ':memory:' ? undefined : realPath(database)
    },
  },

  rowLock: '',
  shareLock: '',

  begin(runner) {
    const { readonly } = runner.dataSource.options as { readonly readonly?: boolean }
    // A deferred transaction that reads before it writes fails at once when another process has written in between.
    const begin = () => sendBy(runner, readonly ? 'BEGIN' : 'BEGIN IMMEDIATE')
    // Left over only when an earlier rollback failed; without this the one connection would be lost for good.
    return isInTransaction(runner) ? andThen(sendBy(runner, 'ROLLBACK'), begin) : begin()
  },

  commit: (runner) => andThen(sendBy(runner, 'COMMIT'), () => true),

  async rollback(runner) {
    if (isInTransaction(runner)) await sendBy(runner, 'ROLLBACK')
  },

  // Some errors, such as a full disk, undo the whole transaction; most undo only their statement.
  damageOf: (_, runner) => (isInTransaction(runner) ? 'none' : 'unit'),

  async discard() {},

  isClean: () => true,

  keeps: (runner) => driverOf(runner).queryRunner === runner,

  connectionOf,

  ask(runner) {
    const connection = connectionOf(runner)
    if (!connection) throw new Error('The database is closed.')
    execute(connection, 'SELECT 1')
  },
}

interface SqliteDriver {
  readonly databaseConnection?: Connection
  readonly queryRunner?: QueryRunner
}

function connectionOf(runner: QueryRunner): object | undefined {
  const { databaseConnection } = driverOf(runner)
  return databaseConnection?.open === false ? undefined : databaseConnection
}

function isInTransaction(runner: QueryRunner): boolean {
  const { databaseConnection } = driverOf(runner)
  return databaseConnection !== undefined && isOpen(databaseConnection)
}

const driverOf = (runner: QueryRunner) => (runner as unknown as { readonly driver: SqliteDriver }).driver
