import type { EntityMetadata } from 'typeorm'
import type { ModelDataSource } from './data-source.js'

const paths = new WeakMap<EntityMetadata, string>()

/** The name of a table with its schema, escaped. */
export function escapedPath({ driver }: ModelDataSource, metadata: EntityMetadata): string {
  const known = paths.get(metadata)
  if (known !== undefined) return known
  const path = metadata.tablePath
    .split('.')
    .map((part) => driver.escape(part))
    .join('.')
  paths.set(metadata, path)
  return path
}

/** The name of a column of a table, by its property, escaped. */
export function escapedColumn({ driver }: ModelDataSource, metadata: EntityMetadata, property: string): string {
  return driver.escape(metadata.findColumnWithPropertyName(property)?.databaseName ?? property)
}
