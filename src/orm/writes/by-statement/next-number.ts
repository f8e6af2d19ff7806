import { lockTable } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import { addPresence } from './absence-condition.js'
import type { NumberedValues } from './proposed-values.js'
import { sendWrite } from './send.js'
import { StatementText } from './statement-text.js'

/**
 * Takes the next number of a counter where it is needed, by one statement; undefined where nobody is in the way of what was
 * proposed first, or the database refuses it.
 * @param locks the stored keys of locks that the statement takes with it, for the unit of work that runs; sorted.
 */
export async function nextNumberIfTaken(
  dataSource: ModelDataSource,
  { counter, taken }: NumberedValues,
  locks: readonly string[] = [],
): Promise<number | undefined> {
  const { dialect, driver } = dataSource
  const from = dialect.inserts.underLocks?.from ?? ''
  const { table, key, number } = lockTable(dataSource)
  const statement = new StatementText(driver, `INSERT INTO ${table} (${key}, ${number}) `)
  // In the order of locks, so that no two units wait for each other.
  for (const [index, stored] of [...new Set([...locks, counter])].sort().entries()) {
    if (index > 0) statement.add(' UNION ALL ')
    statement.add('SELECT ').bind(stored)
    if (stored !== counter) statement.add(`, 0 ${from}`)
    else if (!addPresence(dataSource, taken, statement.add(`, 1 ${from} WHERE `))) return undefined
  }
  const counted = `${number} = ${table}.${number} + ${dialect.proposed(number)}`
  const sent = statement.add(` ${dialect.onDuplicate(key)} ${counted} RETURNING ${key}, ${number}`)
  const raw = await sendWrite(dataSource, sent)
  const found = raw?.rows.find(([stored]) => stored === counter)
  return found && Number(found[1])
}
