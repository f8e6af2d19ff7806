import type { DataSourceOptions } from 'typeorm'
import { type Place, poolSize, sessionOptions } from './serve.js'

/** How TypeORM reaches the rows; `driver` is what it uses for SQLite. */
export function ormOptions(place: Place, driver: unknown): DataSourceOptions {
  if (place.engine === 'sqlite') return { type: 'better-sqlite3', database: place.file, driver, enableWAL: true }
  const { user: username, ...server } = place.server
  const extra = { options: sessionOptions(place.schema), max: poolSize }
  return { type: 'postgres', ...server, username, extra, installExtensions: false }
}
