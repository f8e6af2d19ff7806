import type { ModelDataSource } from '../../data-source.js'

/** Whether an INSERT gives back what it has stored. TypeORM does not know it of SQLite. */
export function returnsInserted({ driver }: ModelDataSource): boolean {
  return driver.options.type === 'better-sqlite3' || driver.isReturningSqlSupported('insert')
}

/** Whether an UPDATE gives back what it has stored. */
export function returnsUpdated({ driver }: ModelDataSource): boolean {
  return driver.options.type === 'better-sqlite3' || driver.isReturningSqlSupported('update')
}
