import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Ordering } from '../../model/scope.js'
import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import { withTieBreak } from '../schema/ordering.js'
import type { Sight } from '../scopes/sight.js'

/** What is to be loaded of a relation. */
export interface Related {
  readonly dataSource: ModelDataSource
  readonly relation: RelationMetadata
  readonly sight: Sight
  readonly columns: readonly string[] | undefined
  readonly max: number
  readonly ordering: readonly Ordering[]
}

/** The repository of an entity, of which no more is known than that it is one. */
export function rowsOf(dataSource: ModelDataSource, entity: unknown): ScopedRepository<EntityRow> {
  return dataSource.getRepository(entity as AnyClass<EntityRow>) as unknown as ScopedRepository<EntityRow>
}

/** How the rows behind a relation are seen, by what is declared above it. */
export function declaredSight(dataSource: ModelDataSource, relation: RelationMetadata): Sight {
  const { entityMetadata: metadata } = relation
  const owner = rowsOf(dataSource, metadata.target).createQueryBuilder('owner')
  return owner.guard.sightAlong(relation, { name: 'owner', metadata, role: 'listed' }, owner)
}

/** The order of related rows: what was asked for, or that of their entity. */
export function orderOf(
  { ordering, relation }: Pick<Related, 'ordering' | 'relation'>,
  { model }: ScopedRepository<EntityRow>,
): readonly Ordering[] {
  return withTieBreak(ordering.length > 0 ? ordering : model.ordering, relation.inverseEntityMetadata)
}
