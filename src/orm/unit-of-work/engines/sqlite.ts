import type { QueryRunner } from 'typeorm'
import type { TransactionEngine } from '../engine.js'

interface Connection {
  readonly inTransaction?: boolean
}

export const sqliteEngine: TransactionEngine = {
  singleConnection: true,
  rowLock: '',
  shareLock: '',

  async begin(runner) {
    // Left over only when an earlier rollback failed; without this the one connection would be lost for good.
    if (isInTransaction(runner)) await runner.query('ROLLBACK')
    const { readonly } = runner.dataSource.options as { readonly readonly?: boolean }
    // A deferred transaction that reads before it writes fails at once when another process has written in between.
    await runner.query(readonly ? 'BEGIN' : 'BEGIN IMMEDIATE')
  },

  async commit(runner) {
    await runner.query('COMMIT')
    return true
  },

  async rollback(runner) {
    if (isInTransaction(runner)) await runner.query('ROLLBACK')
  },

  // Some errors, such as a full disk, undo the whole transaction; most undo only their statement.
  damageOf: (_, runner) => (isInTransaction(runner) ? 'none' : 'unit'),

  async discard() {},

  isClean: () => true,

  keeps: (runner) => driverOf(runner).queryRunner === runner,

  connectionOf: (runner) => driverOf(runner).databaseConnection,
}

interface SqliteDriver {
  readonly databaseConnection?: Connection
  readonly queryRunner?: QueryRunner
}

function isInTransaction(runner: QueryRunner): boolean {
  return driverOf(runner).databaseConnection?.inTransaction ?? false
}

const driverOf = (runner: QueryRunner) => (runner as unknown as { readonly driver: SqliteDriver }).driver
