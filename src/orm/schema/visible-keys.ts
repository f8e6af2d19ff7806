import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { Model } from '../../model/model.js'
import { markerOf } from './visible-marker.js'
import { visibleRows } from './visible-rows.js'

/** Columns whose values together are unique among visible rows, whoever declared it. */
export interface VisibleKey {
  readonly columns: readonly ColumnMetadata[]
  /** Their properties, and the names of relations, without what only tells contexts apart. */
  readonly fields: readonly string[]
}

/** What the table of an entity keeps unique among its visible rows. */
export function visibleKeys(entity: EntityMetadata, model: Model): readonly VisibleKey[] {
  const metadata = entity.tableType === 'entity-child' ? entity.parentEntityMetadata : entity
  const { where, properties } = visibleRows(model)
  const marker = markerOf(metadata, model)
  return metadata.indices.flatMap((index) => {
    const narrow = index.where !== undefined || (marker !== undefined && index.columns.includes(marker))
    if (!index.isUnique || (where !== undefined && !narrow)) return []
    const columns = index.columns.filter((column) => column !== marker)
    const fields = columns.map(fieldOf).filter((field) => !properties.includes(field))
    return fields.length > 0 ? [{ columns, fields }] : []
  })
}

const fieldOf = ({ isVirtual, relationMetadata, propertyPath }: ColumnMetadata): string =>
  isVirtual && relationMetadata ? relationMetadata.propertyPath : propertyPath
