import type { QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { levelOf } from './runner-state.js'
import { Transaction } from './transaction.js'

/**
 * Notes that a unit of work locks rows, behind which it does not wait for the locks of rules.
 * @param runner the one that locks them; the running unit where there is none.
 */
export function noteLockedRows({ units }: ModelDataSource, runner: QueryRunner | undefined): void {
  units.rowsLocked(runner && levelOf(runner))
}

/** Whether the running unit has lost a race before: it may be about to change what others are only to leave as it is. */
export function hasLostRace({ units }: ModelDataSource): boolean {
  const level = units.ambient()
  return level instanceof Transaction && level.locks.repeated
}
