import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import { DriverUtils } from 'typeorm/driver/DriverUtils.js'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import { rememberHidden } from '../hidden-relations.js'
import { heldKeysText } from '../key-text.js'
import { primaryKeyText } from '../writes/stored-rows.js'
import { mayBeHidden } from './hidden-links.js'
import { pathOfAlias } from './relation-path.js'
import type { ScopedSelectQueryBuilder } from './scoped-select-query-builder.js'

type Builder = ScopedSelectQueryBuilder<ObjectLiteral>

/** A relation whose key the rows of an alias hold, and that the query loads. */
export interface KeyedRelation {
  readonly alias: string
  readonly relation: RelationMetadata
}

/** The relations a query loads whose rows may be hidden. */
export function hideableRelations(builder: Builder, separately: readonly RelationMetadata[]): readonly KeyedRelation[] {
  const { joinAttributes, mainAlias, groupBys, selectDistinct } = builder.expressionMap
  if (groupBys.length > 0 || selectDistinct) return []
  const joined = joinAttributes.flatMap((join): readonly KeyedRelation[] => {
    const { relation, parentAlias, isSelected } = join
    const mapped = join.mapToProperty !== undefined && join.mapToProperty !== join.entityOrProperty
    return relation && parentAlias && isSelected && !mapped ? [{ alias: parentAlias, relation }] : []
  })
  const loaded = separately.map((relation) => ({ alias: mainAlias?.name ?? '', relation }))
  return [...joined, ...loaded].filter(
    ({ relation }) => relation.isWithJoinColumn && mayBeHidden(relation.inverseEntityMetadata, builder.guard),
  )
}

/** Remembers of the rows of a query which of their relations are null because what they refer to is hidden. */
export function markHidden(
  builder: Builder,
  relations: readonly KeyedRelation[],
  { entities, raw }: { readonly entities: readonly ObjectLiteral[]; readonly raw: readonly unknown[] },
): void {
  for (const { alias, relation } of relations) {
    const missing = ownersOf(entities, pathOfAlias(alias, builder.expressionMap), builder).filter(
      (owner) => (relation.getEntityValue(owner) as unknown) === null,
    )
    if (missing.length === 0) continue
    const keys = keysIn(raw as readonly ObjectLiteral[], alias, relation, builder)
    for (const owner of missing) {
      const key = keys.get(primaryKeyText(relation.entityMetadata, owner))
      if (key !== undefined) rememberHidden(owner, relation.propertyName, key)
    }
  }
}

/** The loaded rows at the end of a path of relations. */
function ownersOf(
  entities: readonly ObjectLiteral[],
  path: string | undefined,
  builder: Builder,
): readonly ObjectLiteral[] {
  if (path === undefined || path === '') return path === '' ? entities : []
  let owners = entities
  let metadata: EntityMetadata | undefined = builder.expressionMap.mainAlias?.metadata
  for (const name of path.split('.')) {
    const relation: RelationMetadata | undefined = metadata?.findRelationWithPropertyPath(name)
    if (!relation) return []
    owners = owners.flatMap((owner) => [relation.getEntityValue(owner) as unknown].flat()) as ObjectLiteral[]
    owners = owners.filter((owner) => typeof owner === 'object' && owner !== null)
    metadata = relation.inverseEntityMetadata
  }
  return owners
}

/** The keys that the rows of an alias hold, by their identity; null keys are left out. */
function keysIn(
  raw: readonly ObjectLiteral[],
  alias: string,
  { entityMetadata, joinColumns }: RelationMetadata,
  { dataSource: { driver } }: Builder,
): ReadonlyMap<string, unknown> {
  const valueIn = (row: ObjectLiteral, column: ColumnMetadata, kind = column): unknown =>
    driver.prepareHydratedValue(row[DriverUtils.buildAlias(driver, undefined, alias, column.databaseName)], kind)
  const textOf = heldKeysText(entityMetadata.primaryColumns)
  const keys = new Map<string, unknown>()
  for (const row of raw) {
    const values = joinColumns.map((column) => valueIn(row, column, column.referencedColumn) ?? null)
    if (values.includes(null)) continue
    const identity = entityMetadata.primaryColumns.map((column) => valueIn(row, column))
    keys.set(textOf(identity), values.length === 1 ? values[0] : values)
  }
  return keys
}
