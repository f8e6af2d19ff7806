import type { DataSourceOptions } from 'typeorm'
import { UsageError } from '../../errors/usage-error.js'
import type { Dialect } from './dialect.js'
import { mariadb, mysql } from './mariadb.js'
import { postgres } from './postgres.js'
import { sqlite } from './sqlite.js'

const dialects = { 'better-sqlite3': sqlite, postgres, mariadb, mysql } as const

/** The engines models run on, as TypeORM names them. */
export type EngineType = keyof typeof dialects

/**
 * The dialect of an engine.
 * @throws {UsageError} when models do not run on it.
 */
export function dialectOf(type: DataSourceOptions['type']): Dialect {
  if (type in dialects) return dialects[type as EngineType]
  throw new UsageError(
    'E_ENGINE',
    `Models do not run on "${type}". Use one of: sqlite, ${Object.keys(dialects).join(', ')}.`,
  )
}
