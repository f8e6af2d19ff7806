import type { EntityMetadata } from 'typeorm'
import type { EntityRow } from '../entity-row.js'
import { keyTextOf } from '../key-text.js'
import { chunks, longestList, mostKeys } from '../writes/groups.js'
import type { RelatedRows } from './load-related.js'
import { putShownFirst } from './put-shown-first.js'
import { type Related, rowsOf } from './related.js'
import { storedKey } from './stored-key.js'

const none: RelatedRows = Object.freeze({ rows: [], hasMore: false })

/** The row that each owner refers to, or that refers to it. */
export async function oneRelated(related: Related, owners: readonly EntityRow[]): Promise<readonly RelatedRows[]> {
  const metadata = related.relation.entityMetadata
  const keyOf = keysOf(metadata)
  const distinct = new Map(owners.map((row) => [keyOf(row), row]))
  const found = new Map<string, EntityRow | null | undefined>()
  // A condition about several columns is one deeper for each row.
  const most = metadata.primaryColumns.length === 1 ? mostKeys : longestList
  for (const some of chunks([...distinct.values()], most)) {
    for (const row of await withRelated(related, some)) found.set(keyOf(row), relatedOf(related, row))
  }
  return owners.map((row) => {
    const other = found.get(keyOf(row))
    return other ? { rows: [other], hasMore: false } : none
  })
}

const relatedOf = ({ relation }: Related, row: EntityRow): EntityRow | null | undefined =>
  relation.getEntityValue(row) as EntityRow | null | undefined

/** The keys of owners, and the rows behind the relation. */
function withRelated(related: Related, owners: readonly EntityRow[]): Promise<EntityRow[]> {
  const { dataSource, relation, sight, columns } = related
  const { entityMetadata: metadata, propertyPath } = relation
  const builder = rowsOf(dataSource, metadata.target).createQueryBuilder('owner')
  // The owners are held already, whatever scopes show of them now.
  builder.guard = builder.guard.holding({ metadata, role: 'listed' }).seeingJoined(sight, 'related')
  builder.select(metadata.primaryColumns.map((column) => `owner.${column.propertyPath}`))
  if (columns) builder.leftJoin(`owner.${propertyPath}`, 'related').addSelect(columns.map((name) => `related.${name}`))
  else builder.leftJoinAndSelect(`owner.${propertyPath}`, 'related')
  if (!relation.isWithJoinColumn) putShownFirst(builder, related)
  return builder.whereInIds(owners.map((row) => metadata.getEntityIdMap(row))).getMany()
}

/** Gives the key of a row as one text. */
function keysOf({ primaryColumns }: EntityMetadata): (row: EntityRow) => string {
  const columns = primaryColumns.map((column) => ({ column, textOf: keyTextOf(column) }))
  return (row) => JSON.stringify(columns.map(({ column, textOf }) => textOf(storedKey(column, row))))
}
