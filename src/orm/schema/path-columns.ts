import { createHash } from 'node:crypto'
import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { type Column, column } from '../../model/column.js'
import type { Model } from '../../model/model.js'
import type { PathValue } from '../../model/scope.js'
import type { Dialect } from '../dialects/dialect.js'
import { indexedLength } from '../dialects/json-dialect.js'
import type { ModelStorage } from './model-storage.js'
import { ownIndexes } from './own-indexes.js'

/** A place inside of a JSON column that has an index, and what the index holds of it. */
export interface IndexedPath {
  readonly property: string
  readonly path: readonly string[]
  readonly holds: PathValue
}

const columns: Readonly<Record<PathValue, Column>> = {
  text: column.string({ length: indexedLength, nullable: true, exact: true }),
  number: column.float({ nullable: true }),
}

/**
 * Indexes over what stands at a path of a JSON column are indexes over a column that the database computes: all engines
 * have those, TypeORM knows them, and what is no text, or no number, is null there. The column is no property of the class.
 */
export function declarePathColumns(models: readonly Model[], storage: ModelStorage, dialect: Dialect): void {
  for (const model of models) {
    for (const index of ownIndexes(model, storage.sharedBy(model.entity))) {
      const indexed = indexedPath(index)
      if (!indexed) continue
      const options = { ...dialect.columnOptions(columns[indexed.holds]), select: false, insert: false, update: false }
      storage.addColumn(model.entity, nameOf(indexed), options, 'virtual')
    }
  }
}

/** The place inside of a column that an index is over; undefined for one over whole columns. */
export function indexedPath({ properties, path, holds }: IndexParts): IndexedPath | undefined {
  return path && holds ? { property: properties[0]!, path, holds } : undefined
}

interface IndexParts {
  readonly properties: readonly string[]
  readonly path?: readonly string[]
  readonly holds?: PathValue
}

/** The column that holds what an index over a path does; undefined where there is no such index. */
export function pathColumn(metadata: EntityMetadata, indexed: IndexedPath): ColumnMetadata | undefined {
  const name = nameOf(indexed)
  return metadata.columns.find(({ propertyName, isVirtual }) => isVirtual && propertyName === name)
}

/** What the database computes for the column, as SQL. */
export function pathExpression(metadata: EntityMetadata, indexed: IndexedPath, dialect: Dialect): string {
  const document = metadata.columns.find(({ propertyPath }) => propertyPath === indexed.property)!
  return dialect.json.member(metadata.dataSource.driver.escape(document.databaseName), indexed.path, indexed.holds)
}

/** Short, whatever the path, and different for different ones. */
function nameOf({ property, path, holds }: IndexedPath): string {
  const plain = [property, ...path, holds].join('_')
  if (plain.length <= 40 && path.every((name) => /^[a-z][a-z0-9]*$/i.test(name))) return plain
  const digest = createHash('sha256').update(JSON.stringify(path)).digest('hex').slice(0, 12)
  return `${property.slice(0, 20)}_${digest}_${holds}`
}
