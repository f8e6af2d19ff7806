import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { type Related, rowsOf } from './related.js'

type Seen = Pick<Related, 'dataSource' | 'relation' | 'sight'>

/**
 * Puts the rows that refer to an owner in order, where there should be one: those that default scopes show stand before those
 * that a look at the relation shows besides, which were put away; then they are in order of their keys. The first is taken.
 */
export function putShownFirst(builder: ScopedSelectQueryBuilder<object>, seen: Seen): void {
  const shown = seen.sight.without.size > 0 ? plainConditions(builder, seen) : []
  if (shown.length > 0) {
    builder.addSelect(`CASE WHEN ${shown.join(' AND ')} THEN 0 ELSE 1 END`, 'is_hidden').addOrderBy('is_hidden')
  }
  const { primaryColumns } = seen.relation.inverseEntityMetadata
  for (const { propertyPath } of primaryColumns) builder.addOrderBy(`related.${propertyPath}`)
}

/** What default scopes ask of the related rows, of a statement that nobody told how to look at them. */
function plainConditions(
  builder: ScopedSelectQueryBuilder<object>,
  { dataSource, relation: { inverseEntityMetadata: metadata } }: Seen,
): readonly string[] {
  const plain = rowsOf(dataSource, metadata.target).createQueryBuilder('related')
  plain.bindings = builder.bindings
  const conditions = plain.guard.conditions({ name: 'related', metadata, role: 'listed' }, plain)
  builder.setParameters(plain.getParameters())
  return conditions
}
