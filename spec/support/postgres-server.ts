const { env } = process

/** The PostgreSQL that specs and benches use: where the variables of its own clients say, or on this machine. */
export const postgresServer = {
  host: env['PGHOST'] ?? '127.0.0.1',
  port: Number(env['PGPORT'] ?? 5432),
  user: env['PGUSER'] ?? 'postgres',
  password: env['PGPASSWORD'] ?? '',
  database: env['PGDATABASE'] ?? 'postgres',
} as const

/**
 * Sends one statement over a connection of its own.
 * @throws {Error} of the driver, where there is no server.
 */
export async function runOnPostgres(sql: string): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ ...postgresServer, connectionTimeoutMillis: 2000 })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
