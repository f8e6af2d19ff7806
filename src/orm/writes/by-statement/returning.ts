import type { ModelDataSource } from '../../data-source.js'
import type { RowReader } from './entity-reader.js'

/** Whether an INSERT gives back what it has stored. TypeORM does not know it of SQLite. */
export function returnsInserted({ driver }: ModelDataSource): boolean {
  return driver.options.type === 'better-sqlite3' || driver.isReturningSqlSupported('insert')
}

/** Whether an UPDATE gives back what it has stored. */
export function returnsUpdated({ driver }: ModelDataSource): boolean {
  return driver.options.type === 'better-sqlite3' || driver.isReturningSqlSupported('update')
}

const texts = new WeakMap<object, string>()

/** What stands behind an UPDATE, so that it gives the row as it is stored then, where its engine can. */
export function returning<T>(dataSource: ModelDataSource, reader: RowReader<T>): string {
  if (!returnsUpdated(dataSource)) return ''
  // A text that is the same object need not be compared letter by letter to be known again.
  const text = texts.get(reader) ?? ` RETURNING ${reader.names}`
  texts.set(reader, text)
  return text
}
