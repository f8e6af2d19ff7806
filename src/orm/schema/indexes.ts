import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { IndexMetadata } from 'typeorm/metadata/IndexMetadata.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import { columnOf, schemaSql } from './column-terms.js'
import { ownIndexes } from './own-indexes.js'
import { indexedPath, pathColumn } from './path-columns.js'
import { markerOf } from './visible-marker.js'
import { visibleRows } from './visible-rows.js'

interface Wanted {
  readonly columns: readonly ColumnMetadata[]
  readonly unique: boolean
  readonly where?: string
  readonly name?: string
}

/** Adds the indexes of a model: those of single columns, and those it declares. */
export function addIndexes(metadata: EntityMetadata, model: Model, above: readonly Model[], dialect: Dialect): void {
  const owner = metadata.tableType === 'entity-child' ? metadata.parentEntityMetadata : metadata
  const indexes = ownIndexes(model, above)
  const wanted = [...ofColumns(metadata, model), ...declared(metadata, model, indexes, dialect)]
  for (const index of wanted) add(owner, index)
}

/** Adds a unique index over the visible rows of an entity, by a name where it has been given one. */
export function addVisibleIndex(
  metadata: EntityMetadata,
  model: Model,
  dialect: Dialect,
  { columns, name }: { readonly columns: readonly ColumnMetadata[]; readonly name: string | undefined },
): void {
  const wanted = visible(metadata, model, dialect, columns)
  const owner = metadata.tableType === 'entity-child' ? metadata.parentEntityMetadata : metadata
  add(owner, { ...wanted, ...(name !== undefined && { name }) })
}

function ofColumns(metadata: EntityMetadata, model: Model): readonly Wanted[] {
  return Object.entries(model.columns).flatMap(([property, { index }]) => {
    const column = index ? columnOf(metadata, property) : undefined
    return column ? [{ columns: [column], unique: false }] : []
  })
}

function declared(
  metadata: EntityMetadata,
  model: Model,
  indexes: Model['indexes'],
  dialect: Dialect,
): readonly Wanted[] {
  return indexes.map(({ properties, unique, where, ...parts }) => {
    const indexed = indexedPath({ properties, ...parts })
    if (indexed) return { columns: [pathColumn(metadata, indexed) ?? []].flat(), unique: false }
    if (unique === 'visible') return visible(metadata, model, dialect, columnsOf(metadata, properties))
    const index = { columns: columnsOf(metadata, properties), unique: unique === 'always' }
    return where && dialect.partialIndexes ? { ...index, where: schemaSql(where, metadata, dialect) } : index
  })
}

function visible(metadata: EntityMetadata, model: Model, dialect: Dialect, unique: readonly ColumnMetadata[]): Wanted {
  const rows = visibleRows(model)
  const columns = [...new Set([...columnsOf(metadata, rows.properties), ...unique])]
  const marker = markerOf(metadata, model)
  if (marker) return { columns: [...columns, marker], unique: true }
  return { columns, unique: true, ...(rows.where && { where: schemaSql(rows.where, metadata, dialect) }) }
}

function columnsOf(metadata: EntityMetadata, properties: readonly string[]): readonly ColumnMetadata[] {
  return properties.flatMap((property) => metadata.findColumnsWithPropertyPath(property))
}

function add(metadata: EntityMetadata, { columns, unique, where, name }: Wanted): void {
  const index = new IndexMetadata({
    entityMetadata: metadata,
    columns: [...columns],
    args: {
      target: metadata.target,
      unique,
      synchronize: true,
      ...(where !== undefined && { where }),
      ...(name !== undefined && { name }),
    },
  }).build(metadata.dataSource.namingStrategy)
  // The same index may have been declared by hand, or by another entity of a shared table.
  if (metadata.indices.some(({ name }) => name === index.name)) return
  metadata.ownIndices.push(index)
  // Without embedded objects TypeORM keeps one array under both names.
  if (metadata.indices !== metadata.ownIndices) metadata.indices.push(index)
}
