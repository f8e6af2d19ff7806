import type { QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { levelOf } from './runner-state.js'

/**
 * Notes that a unit of work locks rows, behind which it does not wait for the locks of rules.
 * @param runner the one that locks them; the running unit where there is none.
 */
export function noteLockedRows({ units }: ModelDataSource, runner: QueryRunner | undefined): void {
  units.rowsLocked(runner && levelOf(runner))
}
