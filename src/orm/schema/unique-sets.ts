import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { UniqueSet } from '../../model/entity-description.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import { schemaSql } from './column-terms.js'
import { markerOf } from './visible-marker.js'
import { visibleRows } from './visible-rows.js'

/**
 * The properties that the table of an entity keeps unique together, whoever declared it. An index over rows that no scope
 * tells is left out, and so is one over a part of a document or a key that is no property.
 */
export function uniqueSetsOf(entity: EntityMetadata, model: Model, dialect: Dialect): readonly UniqueSet[] {
  const metadata = entity.tableType === 'entity-child' ? entity.parentEntityMetadata : entity
  const rows = visibleRows(model)
  const marker = markerOf(metadata, model)
  const condition = rows.where && schemaSql(rows.where, entity, dialect)
  const constraints = metadata.uniques.map(({ columns }) => setOf(columns, 'always'))
  const indexes = metadata.indices.map(({ isUnique, where, columns }) => {
    if (!isUnique || (where !== undefined && where !== condition)) return undefined
    const isNarrow = where !== undefined || (marker !== undefined && columns.includes(marker))
    return setOf(
      columns.filter((column) => column !== marker),
      isNarrow ? 'visible' : 'always',
    )
  })
  return [...constraints, ...indexes].filter((set) => set !== undefined)
}

function setOf(columns: readonly ColumnMetadata[], among: UniqueSet['among']): UniqueSet | undefined {
  if (columns.length === 0 || columns.some(({ isVirtual }) => isVirtual)) return undefined
  return { properties: columns.map(({ propertyPath }) => propertyPath), among }
}
