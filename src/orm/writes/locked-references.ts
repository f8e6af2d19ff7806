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

/** A key by which rows of a table refer to rows of an entity that has locked scopes. */
export interface LockedReference {
  readonly columns: readonly KeyColumn[]
  /** The entity that is referred to. */
  readonly parent: EntityMetadata
}

const known = new WeakMap<EntityMetadata, readonly LockedReference[]>()

/** The keys of a table, be it a junction table, that must be of rows inside locked scopes now. */
export function lockedReferencesOf(dataSource: ModelDataSource, metadata: EntityMetadata): readonly LockedReference[] {
  const all = known.get(metadata) ?? keysOf(metadata)
  known.set(metadata, all)
  return all.filter(({ parent }) => isGuarded(dataSource, parent))
}

function isGuarded(dataSource: ModelDataSource, parent: EntityMetadata): boolean {
  return [parent, ...sharingFromBelow(parent)].some(({ target }) =>
    Object.values(dataSource.modelOf(target)?.scopes ?? {}).some(isLocked),
  )
}

function keysOf(metadata: EntityMetadata): readonly LockedReference[] {
  const sides = metadata.isJunction
    ? [metadata.ownerColumns, metadata.inverseColumns]
    : metadata.relationsWithJoinColumns.map(({ joinColumns }) => joinColumns)
  return sides.flatMap((side) => {
    const columns = side.flatMap((column) => {
      const referenced = column.referencedColumn
      return referenced ? [{ column, referenced, valueOf: valueReader(column) }] : []
    })
    const parent = columns[0]?.referenced.entityMetadata
    return parent && columns.length === side.length ? [{ columns, parent }] : []
  })
}

/** The parts of a key that are written; undefined are those that are not. */
export function partsOf({ columns }: LockedReference, row: RowData): readonly unknown[] {
  return columns.map(({ valueOf, referenced }) => {
    const value = valueOf(row)
    const isEntity = typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value)
    return isEntity ? (referenced.getEntityValue(value) ?? value) : value
  })
}
