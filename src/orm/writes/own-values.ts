import type { EntityMetadata } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { columnOf } from '../schema/column-terms.js'
import type { Compiled } from './expressions.js'
import type { Group } from './groups.js'

/** What each row of one statement gets for itself, as SQL that looks at the primary key. */
export function ownValues(dataSource: ModelDataSource, metadata: EntityMetadata, { own, rows }: Group): Compiled {
  const { driver, dialect } = dataSource
  const parameters: Record<string, unknown> = {}
  const bind = (value: unknown): string => {
    const name = `plinth_own_${Object.keys(parameters).length}`
    parameters[name] = value
    return `:${name}`
  }
  const keys = rows.map((row) =>
    metadata.primaryColumns
      .map((column) => {
        const value: unknown = driver.preparePersistentValue(column.getEntityValue(row), column)
        return `${driver.escape(column.databaseName)} = ${bind(value)}`
      })
      .join(' AND '),
  )
  const values = Object.keys(own[0] ?? {}).map((property) => {
    const column = columnOf(metadata, property)!
    const type = driver.normalizeType(column)
    const cases = own.map((values, index) => {
      const value = bind(driver.preparePersistentValue(values[property], column))
      return `WHEN ${keys[index]} THEN ${dialect.typed?.(value, type) ?? value}`
    })
    const sql = `CASE ${cases.join(' ')} END`
    return [property, () => sql] as const
  })
  return { values: Object.fromEntries(values), parameters }
}
