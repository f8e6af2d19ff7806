import type { Driver, QueryRunner } from 'typeorm'
import { errorKindOf } from '../../errors/error-kind.js'
import type { PoolSize, TransactionEngine } from '../engine.js'
import { defaultIsolation } from '../isolation.js'
import { committedByDatabase } from '../unit-of-work-error.js'
import { limitStatements, mysqlSessions } from './mysql-limits.js'

interface PoolConnection {
  destroy(): void
  release(): void
}

/** What the server says of a connection with each answer, and the bit of it that tells of an open transaction. */
interface ServerAnswer {
  readonly serverStatus?: number
}
const inTransaction = 1

/** Connections whose sessions were told our default isolation level: it costs one statement a connection, not a unit. */
const prepared = new WeakSet<object>()

export const mysqlEngine: TransactionEngine = {
  outlivesRefusals: true,
  singleConnection: false,
  givesLocksBack: false,
  commitsWhenInterrupted: true,
  undoesSettings: false,
  sessions: mysqlSessions,
  limitStatements,
  rowLock: ' FOR UPDATE',
  shareLock: ' LOCK IN SHARE MODE',

  // Writes see what others have committed, reads what was; only reads that lock see the same as writes.
  currentRead: (isolation) => (isolation === 'REPEATABLE READ' ? ' FOR UPDATE' : ''),

  async begin(runner, isolation) {
    if (isolation === defaultIsolation) await prepare(runner)
    else await runner.query(`SET TRANSACTION ISOLATION LEVEL ${isolation}`)
    await runner.query('START TRANSACTION')
  },

  async commit(runner) {
    await runner.query('COMMIT')
    return true
  },

  async rollback(runner) {
    await runner.query('ROLLBACK')
  },

  // Where a table was altered there is no transaction any more, and no statement would tell.
  async savepoint(runner, name) {
    const { serverStatus = inTransaction } = ((await runner.query(`SAVEPOINT ${name}`)) ?? {}) as ServerAnswer
    if ((serverStatus & inTransaction) === 0) throw committedByDatabase()
  },

  // A deadlock undoes the whole transaction and what follows would be committed statement by statement; after a lock
  // timeout it depends on the server's settings. Every other error undoes only its statement.
  damageOf(error) {
    const kind = errorKindOf(error)
    return kind === 'contention' || kind === 'lock-timeout' || kind === 'unavailable' ? 'unit' : 'none'
  },

  async discard(runner) {
    const { databaseConnection } = runner as { readonly databaseConnection?: PoolConnection }
    databaseConnection?.destroy()
    Object.assign(runner, { isReleased: true })
  },

  giveBack(obtained, broken) {
    const connection = obtained as PoolConnection
    if (broken) connection.destroy()
    else connection.release()
  },

  isClean: () => true,

  poolOf: (driver) => poolSizeOf(driver),
}

/** MySQL has no way to say so for one statement, and waits a second at least. */
export const mariadbEngine: TransactionEngine = {
  ...mysqlEngine,

  async withoutWaiting(_, send) {
    await send('SET STATEMENT innodb_lock_wait_timeout = 0 FOR ')
  },
}

/** What the pool of mysql2 has; it has no other way to tell of itself, and clusters of pools have none at all. */
type PoolParts = Readonly<Record<'_allConnections' | '_freeConnections', { readonly length: number } | undefined>> & {
  readonly config?: { readonly connectionLimit?: number }
}

function poolSizeOf(driver: Driver): PoolSize {
  const { pool } = driver as { readonly pool?: Partial<PoolParts> }
  const { _allConnections: all, _freeConnections: free, config: { connectionLimit: max } = {} } = pool ?? {}
  return {
    ...(max !== undefined && { max }),
    ...(all && { size: all.length }),
    ...(all && free && { inUse: all.length - free.length }),
  }
}

async function prepare(runner: QueryRunner): Promise<void> {
  const connection = (await runner.connect()) as object
  if (prepared.has(connection)) return
  await runner.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${defaultIsolation}`)
  prepared.add(connection)
}
