import { nextNumbers, nextNumberText } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import { sendWrite } from './send.js'
import { StatementText } from './statement-text.js'

/** Takes the next number of a counter by one statement; undefined where that takes more, or the database refuses it. */
export async function nextNumberAlone(dataSource: ModelDataSource, counter: string): Promise<number | undefined> {
  const text = nextNumberText(dataSource)
  if (!text) return undefined
  const raw = await sendWrite(dataSource, new StatementText(dataSource.driver, text[0]).bind(counter).add(text[1]))
  const number: unknown = raw?.rows[0]?.[0]
  return number === undefined ? undefined : Number(number)
}

/** The same by a statement of the running unit of work that takes locks too, which it has none of yet. */
export async function nextNumberUnder(
  dataSource: ModelDataSource,
  locks: readonly string[],
  counter: string,
): Promise<number | undefined> {
  const steps = [...locks.map((stored) => ({ stored, count: 0 })), { stored: counter, count: 1 }]
  return (await nextNumbers(dataSource, dataSource.createQueryRunner(), steps)).get(counter)
}
