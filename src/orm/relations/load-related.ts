import { UsageError } from '../../errors/usage-error.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { matching, type Operand } from '../../model/predicate.js'
import { type OrderingKey, orderingOf } from '../../model/scope.js'
import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import { asking, combined, plainSight, type Sight } from '../scopes/sight.js'
import { manyRelated } from './many-related.js'
import { oneRelated } from './one-related.js'
import { declaredSight } from './related.js'

/** Which rows of a relation are loaded. */
export interface RelatedQuery {
  readonly entity: AnyClass
  readonly relation: string
  /** The most rows of one owner. */
  readonly max: number
  /** Without any, the default order of the related entity. */
  readonly orderBy?: readonly OrderingKey[]
  /** Values that the related rows have in common. */
  readonly scope?: Readonly<Record<string, unknown>>
  /** The properties that are loaded; without it, all that are not hidden. */
  readonly columns?: readonly string[]
  /** Whether hidden rows of a list are treated as is declared of the relation, as answers show them. */
  readonly asDeclared?: boolean
}

/** The rows that a relation leads to from one row. */
export interface RelatedRows {
  readonly rows: readonly EntityRow[]
  /** Whether there are more than were asked for. */
  readonly hasMore: boolean
}

/**
 * Loads the related rows of many rows at once, in the order of those, under the scopes of the related entity. One
 * statement, two where a table of its own holds the links or their texts may differ, for as many as 30,000 owners.
 */
export function loadRelated(
  dataSource: ModelDataSource,
  owners: readonly EntityRow[],
  { entity, relation: name, max, orderBy = [], scope, columns, asDeclared = false }: RelatedQuery,
): Promise<readonly RelatedRows[]> {
  const relation = dataSource.getMetadata(entity).relations.find(({ propertyName }) => propertyName === name)
  if (!relation) throw new UsageError('E_MISSING_PART', `${entity.name} has no relation "${name}".`)
  const asked: Sight = scope ? asking(matching(scope as Readonly<Record<string, Operand | null>>)) : plainSight
  const sight = asDeclared ? combined(asked, declaredSight(dataSource, relation)) : asked
  const related = { dataSource, relation, sight, columns, max, ordering: orderingOf(orderBy) }
  return relation.isManyToMany || relation.isOneToMany ? manyRelated(related, owners) : oneRelated(related, owners)
}
