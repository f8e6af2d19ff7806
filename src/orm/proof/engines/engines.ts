import type { EngineType } from '../../dialects/engines.js'
import type { ProofEngine } from '../proof-engine.js'
import { mariadbProof } from './mariadb.js'
import { postgresProof } from './postgres.js'
import { sqliteProof } from './sqlite.js'

const engines: Readonly<Record<EngineType, ProofEngine>> = {
  'better-sqlite3': sqliteProof,
  postgres: postgresProof,
  mariadb: mariadbProof,
  mysql: mariadbProof,
}

/** How schemas are compared on an engine. */
export function proofEngineOf(type: EngineType): ProofEngine {
  return engines[type]
}
