import type { EngineType } from '../../dialects/engines.js'
import type { TransactionEngine } from '../engine.js'
import { mariadbEngine, mysqlEngine } from './mysql.js'
import { postgresEngine } from './postgres.js'
import { sqliteEngine } from './sqlite.js'

const engines: Readonly<Record<EngineType, TransactionEngine>> = {
  'better-sqlite3': sqliteEngine,
  postgres: postgresEngine,
  mariadb: mariadbEngine,
  mysql: mysqlEngine,
}

/** How transactions work on an engine. */
export function transactionEngineOf(type: EngineType): TransactionEngine {
  return engines[type]
}
