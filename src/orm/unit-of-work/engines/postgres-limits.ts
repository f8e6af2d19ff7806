import type { QueryRunner } from 'typeorm'
import type { SessionEngine, SessionLimit } from '../engine.js'
import { type ObtainedClient, type PoolClient, watchClient } from './postgres-pool.js'

interface Client extends PoolClient {
  query(sql: string): Promise<unknown>
}

const settings: Readonly<Record<SessionLimit['of'], string>> = {
  statementLimit: 'statement_timeout',
  lockLimit: 'lock_timeout',
  idleTransactionLimit: 'idle_in_transaction_session_timeout',
}

/** What a session of PostgreSQL is told, once it is there: of what comes with its start, roles and databases could change nothing. */
export const postgresSessions: SessionEngine = {
  connectionIn: (obtained) => (obtained as ObtainedClient)[0],

  limiting(limits) {
    const values = limits.map(({ of, time, yields }) => `('${settings[of]}', '${time}', ${yields})`)
    return (
      `SELECT pg_catalog.set_config(name, time, false) FROM (VALUES ${values.join(', ')}) AS limits (name, time, yields) ` +
      "JOIN pg_catalog.pg_settings USING (name) WHERE source = 'default' OR NOT yields"
    )
  },

  lifting: (limits) => limits.map(({ of }) => `RESET ${settings[of]}`).join('; '),

  async send(connection, sql) {
    const client = connection as Client
    watchClient(client)
    await client.query(sql)
  },
}

/**
 * Sets something up to the end of the transaction, or of a savepoint that is undone.
 * @returns what it was set to before.
 */
export async function setLocally(runner: QueryRunner, name: string, value: string): Promise<string> {
  const [row] = (await runner.query(
    'WITH found AS MATERIALIZED (SELECT current_setting($1) AS former) ' +
      'SELECT former, set_config($1, $2, true) FROM found',
    [name, value],
  )) as [{ readonly former: string }]
  return row.former
}
