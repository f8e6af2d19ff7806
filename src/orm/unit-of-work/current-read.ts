import type { QueryRunner } from 'typeorm'
import { levelOf } from './runner-state.js'
import { Transaction } from './transaction.js'

/**
 * What stands behind a SELECT whose answer decides what is written, so that it sees what others have committed: empty but
 * where the engine lets a transaction write by what it sees no longer.
 */
export function currentRead(runner: QueryRunner): string {
  const level = levelOf(runner)
  if (!(level instanceof Transaction)) return ''
  return level.session.engine.currentRead?.(level.opening.isolation) ?? ''
}
