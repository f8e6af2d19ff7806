import { setTimeout as wait } from 'node:timers/promises'
import type { ModelDataSource } from '../../src/index.js'

/** Resolves when a connection of the database waits for a lock of another. */
export async function waitsForLock(dataSource: ModelDataSource, engine: string): Promise<void> {
  const sql =
    engine === 'postgres'
      ? 'SELECT count(*) AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted AND ' +
        'pg_backend_pid() = ANY(pg_blocking_pids(l.pid))'
      : "SELECT count(*) AS n FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.DB = DATABASE()"
  for (let attempt = 0; attempt < 2000; attempt++) {
    const [found] = await dataSource.query<readonly { readonly n: string | number }[]>(sql)
    if (Number(found?.n) > 0) return
    // The tables of InnoDB stay as they are until nobody has asked for 100 ms; its counters are of the whole server.
    if (engine === 'mariadb') await wait(110)
  }
  throw new Error('Nobody waits.')
}
