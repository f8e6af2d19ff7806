import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import { UsageError } from '../../errors/usage-error.js'

/** What a relation compares: a column that holds a key with the column that it refers to. */
export interface Link {
  readonly key: ColumnMetadata
  readonly referenced: ColumnMetadata
}

/** A relation as one of the tables that it leads through holds it, from its owner. @throws {UsageError} for links of several columns. */
export function linkOf(relation: RelationMetadata): Link {
  return soleLink(columnsOf(relation), relation)
}

/** The link of a table of links to the related rows. */
export function farLinkOf(relation: RelationMetadata): Link {
  const { ownerColumns, inverseColumns } = relation.junctionEntityMetadata!
  return soleLink(relation.isOwning ? inverseColumns : ownerColumns, relation)
}

/** Whether a relation is held by single columns all the way. */
export function hasSoleLinks(relation: RelationMetadata): boolean {
  const junction = relation.junctionEntityMetadata
  const all = junction ? [junction.ownerColumns, junction.inverseColumns] : [columnsOf(relation)]
  return all.every((columns) => columns.length === 1 && columns[0]!.referencedColumn !== undefined)
}

function columnsOf(relation: RelationMetadata): readonly ColumnMetadata[] {
  const junction = relation.junctionEntityMetadata
  if (junction) return relation.isOwning ? junction.ownerColumns : junction.inverseColumns
  return relation.isWithJoinColumn ? relation.joinColumns : (relation.inverseRelation?.joinColumns ?? [])
}

function soleLink([key, ...others]: readonly ColumnMetadata[], { propertyName }: RelationMetadata): Link {
  if (key?.referencedColumn && others.length === 0) return { key, referenced: key.referencedColumn }
  throw new UsageError(
    'E_SEVERAL_KEYS',
    `"${propertyName}" is held by several columns, so that it cannot be read for many rows at once.`,
  )
}
