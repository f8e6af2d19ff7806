import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { ListEngine } from './list-engine.js'
import { mysqlFamily } from './mariadb.js'
import { postgres } from './postgres.js'
import { sqlite } from './sqlite.js'

const engines: Readonly<Record<EngineType, ListEngine>> = {
  'better-sqlite3': sqlite,
  postgres,
  mariadb: mysqlFamily('mariadb'),
  mysql: mysqlFamily('mysql'),
}

/** How an engine reads lists. */
export function listEngineOf({ options }: Pick<ModelDataSource, 'options'>): ListEngine {
  return engines[options.type as EngineType]
}
