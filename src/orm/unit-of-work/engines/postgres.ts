import type { QueryRunner, ReplicationMode } from 'typeorm'
import type { Awaitable } from '../../../helpers/awaitable.js'
import { errorKindOf } from '../../errors/error-kind.js'
import { isUndone } from '../../reads/engines/postgres-savepoint.js'
import type { TransactionEngine } from '../engine.js'
import { postgresSessions, setLocally } from './postgres-limits.js'
import {
  giveClientBack,
  type ObtainedClient,
  obtainClient,
  type PoolClient,
  type PoolDriver,
  poolSizeOf,
  unknownState,
  watchClient,
} from './postgres-pool.js'

interface Client extends PoolClient {
  query(sql: string): Promise<{ readonly command: string }>
}

/** The driver's runner, with the method that closes the connection when it is given an error. */
type PoolRunner = QueryRunner & { releasePostgresConnection(error?: Error): Promise<void> }

const clientOf = (runner: QueryRunner): Promise<Client> => runner.connect() as Promise<Client>

export const postgresEngine: TransactionEngine = {
  outlivesRefusals: false,
  singleConnection: false,
  givesLocksBack: true,
  commitsWhenInterrupted: false,
  // Rows that refer to a locked one can still be inserted, unlike with FOR UPDATE.
  rowLock: ' FOR NO KEY UPDATE',
  shareLock: ' FOR SHARE',

  async withoutWaiting(runner, send) {
    // A millisecond is the least; 0 would be for ever. What an error undoes of this is undone with its savepoint.
    const patience = await setLocally(runner, 'lock_timeout', '1')
    await send('')
    await runner.query('SELECT set_config($1, $2, true)', ['lock_timeout', patience])
  },

  async begin(runner, isolation) {
    await runner.query(`START TRANSACTION ISOLATION LEVEL ${isolation}`)
  },

  async commit(runner) {
    const client = await clientOf(runner)
    runner.dataSource.logger.logQuery('COMMIT', undefined, runner)
    // Only the client's own answer has the command tag, which is ROLLBACK when the transaction had failed.
    const { command } = await client.query('COMMIT')
    return command === 'COMMIT'
  },

  async rollback(runner) {
    await runner.query('ROLLBACK')
  },

  // After any error PostgreSQL refuses everything up to the end of the transaction or a rollback to a savepoint.
  damageOf(error) {
    if (errorKindOf(error) === 'unavailable') return 'unit'
    return isUndone(error) ? 'none' : 'level'
  },

  async discard(runner) {
    await (runner as PoolRunner).releasePostgresConnection(unknownState())
  },

  giveBack: (obtained, broken) => giveClientBack(obtained as ObtainedClient, broken),

  obtain: obtainClient,

  sessions: postgresSessions,

  undoesSettings: true,

  limitStatements: (runner, limit) => setLocally(runner, 'statement_timeout', limit),

  isClean(runner) {
    const { databaseConnection } = runner as { readonly databaseConnection?: Client }
    return isIdle(databaseConnection)
  },

  lend(driver, mode, work) {
    const pools = driver as unknown as PoolDriver
    return pools.master && lendFrom(pools, mode, work)
  },

  poolOf: (driver) => poolSizeOf(driver),
}

function isIdle(client: PoolClient | undefined): boolean {
  const status = client?.getTransactionStatus?.()
  return status === undefined || status === null || status === 'I'
}

/** Lends a client, as long as one statement needs it, from where TypeORM's own runners of a mode would take it. */
async function lendFrom<T>(
  pools: PoolDriver,
  mode: ReplicationMode,
  work: (connection: object) => Awaitable<T>,
): Promise<T> {
  const obtained = await (mode === 'slave' ? pools.obtainSlaveConnection() : pools.obtainMasterConnection())
  const [client] = obtained
  watchClient(client)
  let isLost = false
  try {
    return await work(client)
  } catch (error) {
    // The server says that it ends a connection before it does.
    isLost = errorKindOf(error) === 'unavailable'
    throw error
  } finally {
    giveClientBack(obtained, isLost || !isIdle(client) ? unknownState() : undefined)
  }
}
