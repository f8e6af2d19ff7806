import type { EntityMetadata } from 'typeorm'
import { CheckMetadata } from 'typeorm/metadata/CheckMetadata.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import { columnOf } from './column-terms.js'

/** Lets the database itself refuse what is no object in JSON columns of objects, where the engine can. */
export function addChecks(metadata: EntityMetadata, model: Model, dialect: Dialect): void {
  const owner = metadata.tableType === 'entity-child' ? metadata.parentEntityMetadata : metadata
  for (const [property, { type, object }] of Object.entries(model.columns)) {
    const column = type === 'json' && object ? columnOf(metadata, property) : undefined
    const expression = column && dialect.objectCheck?.(metadata.dataSource.driver.escape(column.databaseName))
    if (expression) add(owner, expression)
  }
}

function add(metadata: EntityMetadata, expression: string): void {
  const check = new CheckMetadata({ entityMetadata: metadata, args: { target: metadata.target, expression } })
  check.build(metadata.dataSource.namingStrategy)
  if (metadata.checks.every(({ name }) => name !== check.name)) metadata.checks.push(check)
}
