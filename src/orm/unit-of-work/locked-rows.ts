import type { QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { transactionEngineOf } from './engines/engines.js'
import { levelOf } from './runner-state.js'
import { Transaction } from './transaction.js'

/**
 * Notes that a unit of work locks rows, behind which it does not wait for the locks of rules.
 * @param runner the one that locks them; the running unit where there is none.
 */
export function noteLockedRows({ units }: ModelDataSource, runner: QueryRunner | undefined): void {
  units.rowsLocked(runner && levelOf(runner))
}

/**
 * What makes a SELECT lock the rows it reads because they are about to be written, which the unit of work remembers.
 * @param runner the one that reads them; the running unit where there is none.
 */
export function rowLockOf(dataSource: ModelDataSource, runner: QueryRunner | undefined): string {
  noteWrittenRows(dataSource, runner)
  return transactionEngineOf(dataSource.options.type as EngineType).rowLock
}

/** The same for rows that are only kept as they are. */
export function shareLockOf(dataSource: ModelDataSource, runner: QueryRunner | undefined): string {
  noteWrittenRows(dataSource, runner)
  return transactionEngineOf(dataSource.options.type as EngineType).shareLock
}

/** Notes that a statement has locked rows by writing them, or by what it writes. */
export function noteWrittenRows({ units }: ModelDataSource, runner: QueryRunner | undefined): void {
  units.rowsWritten(runner && levelOf(runner))
}

/** Whether the running unit has lost a race before: it may be about to change what others are only to leave as it is. */
export function hasLostRace({ units }: ModelDataSource): boolean {
  const level = units.ambient()
  return level instanceof Transaction && level.locks.repeated
}
