import type { EntityRow } from '../entity-row.js'
import { keyTextOf } from '../key-text.js'
import { chunks, mostKeys } from '../writes/groups.js'
import { farLinkOf, linkOf } from './link.js'
import type { RelatedRows } from './load-related.js'
import { isLoose } from './loose-link.js'
import type { OwnerKeys, RowsByOwner } from './ranked-rows.js'
import type { Related } from './related.js'
import { rowsByKey } from './rows-by-key.js'
import { rowsByLinks } from './rows-by-links.js'
import { storedKey } from './stored-key.js'

/** The rows that a relation to many leads to from each owner. */
export async function manyRelated(related: Related, owners: readonly EntityRow[]): Promise<readonly RelatedRows[]> {
  const near = linkOf(related.relation)
  const textOf = keyTextOf(near.key)
  const keys = owners.map((row) => storedKey(near.referenced, row))
  const distinct = new Map(keys.filter((key) => key !== null).map((key) => [textOf(key), key]))
  const found = new Map<string, readonly EntityRow[]>()
  for (const some of chunks([...distinct.values()], mostKeys)) {
    for (const [owner, rows] of await rowsOfOwners(related, some)) found.set(owner, rows)
  }
  return keys.map((key) => cut(key === null ? [] : (found.get(textOf(key)) ?? []), related.max))
}

function rowsOfOwners(related: Related, keys: OwnerKeys): Promise<RowsByOwner> {
  const { relation } = related
  const near = linkOf(relation)
  if (relation.isManyToMany) return rowsByLinks(related, { near, far: farLinkOf(relation) }, keys)
  return isLoose(near) ? rowsByLinks(related, { near }, keys) : rowsByKey(related, near, keys)
}

const cut = (rows: readonly EntityRow[], max: number): RelatedRows => ({
  rows: rows.slice(0, max),
  hasMore: rows.length > max,
})
