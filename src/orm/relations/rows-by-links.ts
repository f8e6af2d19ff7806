import type { EntityRow } from '../entity-row.js'
import { grouped, keyTextOf } from '../key-text.js'
import { chunks, mostKeys } from '../writes/groups.js'
import type { Link } from './link.js'
import { type OwnerKeys, type RowsByOwner, rankedRows } from './ranked-rows.js'
import { type Related, rowsOf } from './related.js'
import { solePrimary } from './sole-primary.js'
import { storedKey, storedRaw } from './stored-key.js'

/** A related row, and whose it is, by their keys as statements are given them. */
interface Pair {
  readonly row: string
  readonly owner: string
}

/** The rows of owners, by a statement that finds which they are, and one that reads them: a row may be of several owners. */
export async function rowsByLinks(
  related: Related,
  links: { readonly near: Link; readonly far?: Link },
  keys: OwnerKeys,
): Promise<RowsByOwner> {
  const primary = solePrimary(related.relation)
  const [rowText, ownerText] = [keyTextOf(primary), keyTextOf(links.near.key)]
  const rowKeys = new Map<string, unknown>()
  const pairs: Pair[] = []
  for (const { k, o } of await pairsOf(related, links, keys)) {
    const key = storedRaw(primary, k)
    const row = rowText(key)
    rowKeys.set(row, key)
    pairs.push({ row, owner: ownerText(storedRaw(links.near.key, o)) })
  }
  const rows = new Map<string, EntityRow>()
  for (const some of chunks([...rowKeys.values()], mostKeys)) {
    for (const row of await rowsAt(related, some)) rows.set(rowText(storedKey(primary, row)), row)
  }
  const groups = grouped(pairs, ({ owner }) => owner)
  return new Map([...groups].map(([owner, own]) => [owner, own.flatMap(({ row }) => rows.get(row) ?? [])]))
}

function pairsOf(
  related: Related,
  links: { readonly near: Link; readonly far?: Link },
  keys: OwnerKeys,
): Promise<{ readonly k: unknown; readonly o: unknown }[]> {
  const ranking = rankedRows(related, links, keys)
  return related.dataSource
    .createQueryBuilder()
    .select('ranked.k', 'k')
    .addSelect('ranked.o', 'o')
    .from(`(${ranking.getQuery()})`, 'ranked')
    .where('ranked.n <= :most')
    .orderBy('ranked.n')
    .setParameters({ ...ranking.getParameters(), most: related.max + 1 })
    .getRawMany()
}

function rowsAt({ dataSource, relation, sight, columns }: Related, keys: readonly unknown[]): Promise<EntityRow[]> {
  const builder = rowsOf(dataSource, relation.inverseEntityMetadata.target).createQueryBuilder('related').seeing(sight)
  if (columns) builder.select(columns.map((name) => `related.${name}`))
  return builder.where(`related.${solePrimary(relation).propertyPath} IN (:...keys)`, { keys }).getMany()
}
