import type { ModelDataSource } from '../../src/index.js'

/** Resolves when a connection of the database waits for a lock of another. */
export async function waitsForLock(dataSource: ModelDataSource, engine: string): Promise<void> {
  const sql =
    engine === 'postgres'
      ? 'SELECT count(*) AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted AND ' +
        'pg_backend_pid() = ANY(pg_blocking_pids(l.pid))'
      : // The tables of InnoDB are as they were up to 100 ms ago, and stay so while somebody asks.
        "SELECT VARIABLE_VALUE AS n FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'"
  for (let attempt = 0; attempt < 2000; attempt++) {
    const [found] = await dataSource.query<readonly { readonly n: string | number }[]>(sql)
    if (Number(found?.n) > 0) return
  }
  throw new Error('Nobody waits.')
}
