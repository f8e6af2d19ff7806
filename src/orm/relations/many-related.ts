import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { UsageError } from '../../errors/usage-error.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import type { RelatedRows } from './load-related.js'
import { grouped, orderOf, type Related, rowsOf } from './related.js'

type Builder = ScopedSelectQueryBuilder<EntityRow>

/** The rows that refer to each owner. */
export async function manyByKey(related: Related, owners: readonly EntityRow[]): Promise<readonly RelatedRows[]> {
  const { dataSource, relation, sight, columns, max } = related
  const inverse = relation.inverseRelation!
  const { key, referenced } = soleKey(inverse.joinColumns)
  const repository = rowsOf(dataSource, relation.inverseEntityMetadata.target)
  const primary = solePrimary(related)
  const path = key.propertyPath
  const ranking = repository.createQueryBuilder('ranking').seeing(sight)
  rankRows(ranking, related, { primary, owner: `ranking.${path}` })
  ranking.where(`ranking.${path} IN (:...owner_keys)`, { owner_keys: keysOf(owners, referenced) })
  const builder = repository.createQueryBuilder('related').seeing(sight)
  if (columns) builder.select(columns.map((name) => `related.${name}`))
  builder.addSelect(`(related.${path})`, 'owner_key')
  builder.where(`related.${primary} IN (SELECT ranked.k FROM (${ranking.getQuery()}) ranked WHERE ranked.n <= :most)`)
  builder.setParameters({ ...ranking.getParameters(), most: max + 1 })
  for (const { property, direction } of orderOf(related, repository))
    builder.addOrderBy(`related.${property}`, direction)
  const { entities, raw } = await builder.getRawAndEntities<{ readonly owner_key: unknown }>()
  const found = entities.map((row, index) => ({ row, owner: raw[index]?.owner_key }))
  const groups = grouped(found, ({ owner }) => owner)
  return owners.map((owner) =>
    cut(
      groups.get(String(referenced.getEntityValue(owner)))?.map(({ row }) => row),
      max,
    ),
  )
}

/** The rows that a table of links leads to from each owner. */
export async function manyByTable(related: Related, owners: readonly EntityRow[]): Promise<readonly RelatedRows[]> {
  const { dataSource, relation, sight, columns, max } = related
  const junction = relation.junctionEntityMetadata!
  const own = soleKey(relation.isOwning ? junction.ownerColumns : junction.inverseColumns)
  const other = soleKey(relation.isOwning ? junction.inverseColumns : junction.ownerColumns)
  const repository = rowsOf(dataSource, relation.inverseEntityMetadata.target)
  const primary = solePrimary(related)
  const path = `link.${own.key.propertyPath}`
  const ranking = repository.createQueryBuilder('ranking').seeing(sight)
  ranking.innerJoin(
    junction.tableName,
    'link',
    `link.${other.key.propertyPath} = ranking.${other.referenced.propertyPath}`,
  )
  rankRows(ranking, related, { primary, owner: path })
  ranking
    .addSelect(`(${path})`, 'o')
    .where(`${path} IN (:...owner_keys)`, { owner_keys: keysOf(owners, own.referenced) })
  const links = await dataSource
    .createQueryBuilder()
    .select('ranked.k', 'k')
    .addSelect('ranked.o', 'o')
    .from(`(${ranking.getQuery()})`, 'ranked')
    .where('ranked.n <= :most')
    .orderBy('ranked.n')
    .setParameters({ ...ranking.getParameters(), most: max + 1 })
    .getRawMany<{ readonly k: unknown; readonly o: unknown }>()
  const keys = [...new Set(links.map(({ k }) => k))]
  const builder = repository.createQueryBuilder('related').seeing(sight)
  if (columns) builder.select(columns.map((name) => `related.${name}`))
  const found = keys.length === 0 ? [] : await builder.where(`related.${primary} IN (:...keys)`, { keys }).getMany()
  const rows = new Map(
    found.map((row) => [String(relation.inverseEntityMetadata.primaryColumns[0]!.getEntityValue(row)), row]),
  )
  const groups = grouped(links, ({ o }) => o)
  return owners.map((owner) => {
    const linked = groups.get(String(own.referenced.getEntityValue(owner))) ?? []
    return cut(
      linked.flatMap(({ k }) => rows.get(String(k)) ?? []),
      max,
    )
  })
}

/** Numbers the related rows of each owner, so that the database leaves out what is not shown. */
function rankRows(
  ranking: Builder,
  related: Related,
  { primary, owner }: { readonly primary: string; readonly owner: string },
) {
  const order = orderOf(related, rowsOf(related.dataSource, related.relation.inverseEntityMetadata.target))
  const terms = order.map(({ property, direction }) => `ranking.${property} ${direction}`).join(', ')
  ranking
    .select(`(ranking.${primary})`, 'k')
    .addSelect(`ROW_NUMBER() OVER (PARTITION BY ${owner} ORDER BY ${terms})`, 'n')
    .setOption('disable-global-order')
}

const cut = (rows: readonly EntityRow[] = [], max: number): RelatedRows => ({
  rows: rows.slice(0, max),
  hasMore: rows.length > max,
})

function keysOf(owners: readonly EntityRow[], referenced: ColumnMetadata): readonly unknown[] {
  return [...new Set(owners.map((row) => referenced.getEntityValue(row) as unknown))]
}

function solePrimary({ relation }: Related): string {
  const [primary, ...others] = relation.inverseEntityMetadata.primaryColumns
  if (primary && others.length === 0) return primary.propertyPath
  throw new UsageError(
    'E_SEVERAL_KEYS',
    `The rows of "${relation.propertyName}" have no key of one value, so they cannot be counted.`,
  )
}

function soleKey([key, ...others]: readonly ColumnMetadata[]): {
  readonly key: ColumnMetadata
  readonly referenced: ColumnMetadata
} {
  if (key?.referencedColumn && others.length === 0) return { key, referenced: key.referencedColumn }
  throw new UsageError(
    'E_SEVERAL_KEYS',
    'A relation whose link has several columns cannot be loaded for many rows at once.',
  )
}
