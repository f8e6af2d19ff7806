import type { EntityRow } from '../entity-row.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import type { Link } from './link.js'
import { ownerColumn, qualified } from './loose-link.js'
import { orderOf, type Related, rowsOf } from './related.js'
import { solePrimary } from './sole-primary.js'

/** The keys of owners as statements are given them. */
export type OwnerKeys = readonly unknown[]

/** The related rows of owners, by the texts of their keys: of each those that are shown, and one more. */
export type RowsByOwner = ReadonlyMap<string, readonly EntityRow[]>

/**
 * Names the related rows of each owner by `k`, their key, numbered by `n` in their order, so that the database leaves out what is not
 * shown; `o` is the key of the owner.
 * @param far the link of a table of links to the related rows, where there is one.
 */
export function rankedRows(
  related: Related,
  { near, far }: { readonly near: Link; readonly far?: Link },
  keys: OwnerKeys,
): ScopedSelectQueryBuilder<EntityRow> {
  const { dataSource, relation, sight } = related
  const repository = rowsOf(dataSource, relation.inverseEntityMetadata.target)
  const ranking = repository.createQueryBuilder('ranking').seeing(sight)
  if (far) {
    const [held, referenced] = [qualified(ranking, 'link', far.key), qualified(ranking, 'ranking', far.referenced)]
    ranking.innerJoin(relation.junctionEntityMetadata!.tableName, 'link', `${held} = ${referenced}`)
  }
  const owner = ownerColumn(ranking, near, far ? 'link' : 'ranking')
  const order = orderOf(related, repository)
  const terms = order.map(({ property, direction }) => `ranking.${property} ${direction}`).join(', ')
  return ranking
    .select(`(ranking.${solePrimary(relation).propertyPath})`, 'k')
    .addSelect(`ROW_NUMBER() OVER (PARTITION BY ${owner} ORDER BY ${terms})`, 'n')
    .addSelect(`(${owner})`, 'o')
    .where(`${owner} IN (:...owner_keys)`, { owner_keys: keys })
    .setOption('disable-global-order')
}
