import { grouped, keyTextOf } from '../key-text.js'
import type { Link } from './link.js'
import { qualified } from './loose-link.js'
import { type OwnerKeys, type RowsByOwner, rankedRows } from './ranked-rows.js'
import { orderOf, type Related, rowsOf } from './related.js'
import { solePrimary } from './sole-primary.js'
import { storedRaw } from './stored-key.js'

/** The rows that refer to owners, by one statement. */
export async function rowsByKey(related: Related, near: Link, keys: OwnerKeys): Promise<RowsByOwner> {
  const { dataSource, relation, sight, columns, max } = related
  const repository = rowsOf(dataSource, relation.inverseEntityMetadata.target)
  const ranking = rankedRows(related, { near }, keys)
  const builder = repository.createQueryBuilder('related').seeing(sight)
  if (columns) builder.select(columns.map((name) => `related.${name}`))
  builder.addSelect(`(${qualified(builder, 'related', near.key)})`, 'owner_key')
  const primary = solePrimary(relation).propertyPath
  builder.where(`related.${primary} IN (SELECT ranked.k FROM (${ranking.getQuery()}) ranked WHERE ranked.n <= :most)`)
  builder.setParameters({ ...ranking.getParameters(), most: max + 1 })
  for (const { property, direction } of orderOf(related, repository)) {
    builder.addOrderBy(`related.${property}`, direction)
  }
  const { entities, raw } = await builder.getRawAndEntities<{ readonly owner_key: unknown }>()
  const textOf = keyTextOf(near.key)
  const owners = raw.map(({ owner_key }) => textOf(storedRaw(near.key, owner_key)))
  const found = entities.map((row, index) => ({ row, owner: owners[index]! }))
  const groups = grouped(found, ({ owner }) => owner)
  return new Map([...groups].map(([owner, rows]) => [owner, rows.map(({ row }) => row)]))
}
