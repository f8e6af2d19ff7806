import { lockTable } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import type { InsertUnderLocks } from '../../dialects/insert-dialect.js'
import type { StatementText } from './statement-text.js'

/** Adds a condition to a statement; false where it cannot be written. */
export type AddCondition = () => boolean

/**
 * Lets a statement that begins here take locks, where the engine takes them so.
 * @param keys the stored keys of the locks, sorted, each once.
 * @returns the conditions under which it holds them.
 */
export function addLocks(
  dataSource: ModelDataSource,
  underLocks: InsertUnderLocks | undefined,
  keys: readonly string[],
  statement: StatementText,
): AddCondition[] {
  if (!underLocks || typeof underLocks.taken === 'string' || keys.length === 0) return []
  const { taken } = underLocks
  statement.add(taken.before(lockTable(dataSource), statement.placeholderOf(keys)))
  return [
    () => {
      statement.add(`${taken.held} = `).bind(keys.length)
      return true
    },
  ]
}
