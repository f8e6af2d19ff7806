import type { EntityRow } from '../entity-row.js'
import type { RelatedRows } from './load-related.js'
import { type Related, rowsOf } from './related.js'

const none: RelatedRows = Object.freeze({ rows: [], hasMore: false })

/** The row that each owner refers to, or that refers to it. */
export async function oneRelated(
  { dataSource, relation, sight, columns }: Related,
  owners: readonly EntityRow[],
): Promise<readonly RelatedRows[]> {
  const { entityMetadata: metadata, propertyPath } = relation
  const builder = rowsOf(dataSource, metadata.target).createQueryBuilder('owner')
  // The owners are held already, whatever scopes show of them now.
  builder.guard = builder.guard.holding({ metadata, role: 'listed' }).seeingJoined(sight, 'related')
  builder.select(metadata.primaryColumns.map((column) => `owner.${column.propertyPath}`))
  if (columns) builder.leftJoin(`owner.${propertyPath}`, 'related').addSelect(columns.map((name) => `related.${name}`))
  else builder.leftJoinAndSelect(`owner.${propertyPath}`, 'related')
  const keyOf = (row: EntityRow): string =>
    JSON.stringify(metadata.primaryColumns.map((column) => String(column.getEntityValue(row))))
  const distinct = new Map(owners.map((row) => [keyOf(row), row]))
  const found = await builder.whereInIds([...distinct.values()].map((row) => metadata.getEntityIdMap(row))).getMany()
  const related = new Map(
    found.map((row) => [keyOf(row), relation.getEntityValue(row) as EntityRow | null | undefined]),
  )
  return owners.map((row) => {
    const other = related.get(keyOf(row))
    return other ? { rows: [other], hasMore: false } : none
  })
}
