import { lockTable } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import type { InsertUnderLocks } from '../../dialects/insert-dialect.js'
import type { ProposedValues } from './proposed-values.js'
import type { StatementText } from './statement-text.js'

/** Adds a condition to a statement; false where it cannot be written. */
export type AddCondition = () => boolean

/**
 * Lets a statement that begins here take locks, where the engine takes them so, and count some of them: only where conditions
 * are met, so that nothing is counted where nothing is written.
 * @param locks the stored keys, sorted, each once.
 * @returns the conditions under which it is to write; undefined where one of those that were given cannot be written.
 */
export function addLocks(
  dataSource: ModelDataSource,
  underLocks: InsertUnderLocks | undefined,
  { locks, counts }: Pick<ProposedValues, 'locks' | 'counts'>,
  conditions: readonly AddCondition[],
  statement: StatementText,
): readonly AddCondition[] | undefined {
  if (!underLocks || typeof underLocks.taken === 'string' || locks.length === 0) return conditions
  const { taken } = underLocks
  const keys = statement.placeholderOf(locks)
  const counted = counts.length > 0 ? statement.placeholderOf(counts) : undefined
  const [before, behind] = taken.before(lockTable(dataSource), keys, counted)
  statement.add(before)
  if (!addConditions(conditions, ' WHERE ', statement)) return undefined
  statement.add(behind)
  const held: AddCondition = () => {
    statement.add(`${taken.held} = `).bind(locks.length)
    return true
  }
  return [held]
}

/** Adds conditions; false where one of them cannot be written. */
export function addConditions(conditions: readonly AddCondition[], first: string, statement: StatementText): boolean {
  return conditions.every((add, index) => {
    statement.add(index === 0 ? first : ' AND ')
    return add()
  })
}
