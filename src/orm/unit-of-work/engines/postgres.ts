import type { QueryRunner } from 'typeorm'
import { errorKindOf } from '../../errors/error-kind.js'
import type { TransactionEngine } from '../engine.js'

interface Client {
  query(sql: string): Promise<{ readonly command: string }>
  /** `I` idle, `T` in a transaction, `E` in a failed one. */
  getTransactionStatus?(): string | null
}

/** The driver's runner, with the method that closes the connection when it is given an error. */
type PoolRunner = QueryRunner & { releasePostgresConnection(error?: Error): Promise<void> }

const clientOf = (runner: QueryRunner): Promise<Client> => runner.connect() as Promise<Client>

export const postgresEngine: TransactionEngine = {
  singleConnection: false,
  // Rows that refer to a locked one can still be inserted, unlike with FOR UPDATE.
  rowLock: ' FOR NO KEY UPDATE',
  shareLock: ' FOR SHARE',

  async withoutWaiting(runner, send) {
    // A millisecond is the least; 0 would be for ever. What an error undoes of this is undone with its savepoint.
    const [row] = (await runner.query(
      'WITH found AS MATERIALIZED (SELECT current_setting($1) AS patience) ' +
        'SELECT patience, set_config($1, $2, true) FROM found',
      ['lock_timeout', '1'],
    )) as [{ readonly patience: string }]
    await send('')
    await runner.query('SELECT set_config($1, $2, true)', ['lock_timeout', row.patience])
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
  damageOf: (error) => (errorKindOf(error) === 'unavailable' ? 'unit' : 'level'),

  async discard(runner) {
    await (runner as PoolRunner).releasePostgresConnection(new Error('The state of the connection is not known.'))
  },

  isClean(runner) {
    const { databaseConnection } = runner as { readonly databaseConnection?: Client }
    const status = databaseConnection?.getTransactionStatus?.()
    return status === undefined || status === null || status === 'I'
  },
}
