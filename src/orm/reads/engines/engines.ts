import type { EngineType } from '../../dialects/engines.js'
import { mariadb } from './mariadb.js'
import { postgres } from './postgres.js'
import type { ReadEngine } from './read-engine.js'
import { sqlite } from './sqlite.js'

const engines: Readonly<Record<EngineType, ReadEngine>> = {
  'better-sqlite3': sqlite,
  postgres,
  mariadb,
  mysql: mariadb,
}

/** How reads reach an engine. */
export function readEngineOf(type: EngineType): ReadEngine {
  return engines[type]
}
