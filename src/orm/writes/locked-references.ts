import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RowData } from '../../model/matches.js'
import { isLocked } from '../../model/scope.js'
import type { ModelDataSource } from '../data-source.js'
import { sharingFromBelow } from '../scopes/row-source.js'
import { valueReader } from './stored-rows.js'

/** A column that holds a key, or a part of one, and how it is read from what is written. */
interface KeyColumn {
  readonly column: ColumnMetadata
  readonly referenced: ColumnMetadata
  readonly valueOf: (row: RowData) => unknown
}

/** A key by which rows of a table refer to rows of an entity that has locked scopes, or that shares its table with others. */
export interface LockedReference {
  readonly columns: readonly KeyColumn[]
  /** The entity that is referred to. */
  readonly parent: EntityMetadata
}

const known = new WeakMap<EntityMetadata, readonly LockedReference[]>()

/**
 * The keys of a table, be it a junction table, that must be of rows inside locked scopes now, or of one class of those that share
 * a table: no constraint of the database tells them apart.
 */
export function lockedReferencesOf(dataSource: ModelDataSource, metadata: EntityMetadata): readonly LockedReference[] {
  const all = known.get(metadata) ?? keysOf(metadata)
  known.set(metadata, all)
  return all.filter((reference) => isOfOneClass(reference) || isGuarded(dataSource, reference.parent))
}

/** Whether a key is of one class of those that share a table. */
export const isOfOneClass = ({ parent }: LockedReference): boolean => parent.tableType === 'entity-child'

function isGuarded(dataSource: ModelDataSource, parent: EntityMetadata): boolean {
  return [parent, ...sharingFromBelow(parent)].some(({ target }) =>
    Object.values(dataSource.modelOf(target)?.scopes ?? {}).some(isLocked),
  )
}

function keysOf(metadata: EntityMetadata): readonly LockedReference[] {
  return sidesOf(metadata).flatMap(({ columns: side, parent }) => {
    const columns = side.flatMap((column) => {
      const referenced = column.referencedColumn
      return referenced ? [{ column, referenced, valueOf: valueReader(column) }] : []
    })
    return columns.length > 0 && columns.length === side.length ? [{ columns, parent }] : []
  })
}

/** Columns that hold a key, and whose: of entities that share a table, the columns that are referred to are of the first. */
interface Side {
  readonly columns: readonly ColumnMetadata[]
  readonly parent: EntityMetadata
}

function sidesOf(metadata: EntityMetadata): readonly Side[] {
  if (!metadata.isJunction) {
    return metadata.relationsWithJoinColumns.map(({ joinColumns: columns, inverseEntityMetadata: parent }) => ({
      columns,
      parent,
    }))
  }
  const links = metadata.dataSource.entityMetadatas
    .flatMap(({ manyToManyRelations }) => manyToManyRelations)
    .filter(({ isOwning, junctionEntityMetadata }) => isOwning && junctionEntityMetadata === metadata)
    .sort((one, other) => one.entityMetadata.inheritanceTree.length - other.entityMetadata.inheritanceTree.length)
  return links.slice(0, 1).flatMap(({ entityMetadata, inverseEntityMetadata }) => [
    { columns: metadata.ownerColumns, parent: entityMetadata },
    { columns: metadata.inverseColumns, parent: inverseEntityMetadata },
  ])
}

/** The parts of a key that are written; undefined are those that are not. */
export function partsOf({ columns }: LockedReference, row: RowData): readonly unknown[] {
  return columns.map(({ valueOf, referenced }) => {
    const value = valueOf(row)
    const isEntity = typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value)
    return isEntity ? (referenced.getEntityValue(value) ?? value) : value
  })
}
