import type { EntityMetadata } from 'typeorm'
import { CheckMetadata } from 'typeorm/metadata/CheckMetadata.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import { columnOf } from './column-terms.js'

/** Lets the database itself refuse what columns are not for, where the engine can but its types do not. */
export function addChecks(metadata: EntityMetadata, model: Model, dialect: Dialect): void {
  const owner = metadata.tableType === 'entity-child' ? metadata.parentEntityMetadata : metadata
  const { driver } = metadata.dataSource
  for (const [property, described] of Object.entries(model.columns)) {
    const column = columnOf(metadata, property)
    // A column of the application's own may be of another type.
    if (!column || column.type !== dialect.columnOptions(described).type) continue
    const expression = dialect.columnCheck?.(described, driver.escape(column.databaseName))
    if (expression !== undefined) add(owner, expression)
  }
}

function add(metadata: EntityMetadata, expression: string): void {
  const check = new CheckMetadata({ entityMetadata: metadata, args: { target: metadata.target, expression } })
  check.build(metadata.dataSource.namingStrategy)
  if (metadata.checks.every(({ name }) => name !== check.name)) metadata.checks.push(check)
}
