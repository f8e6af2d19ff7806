import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { Guard, Guarded } from './guard.js'

/**
 * The values of an UPDATE by which `save` stores an entity, such that a link to a hidden row stays. The entity was
 * loaded with null for it, because the row is hidden, and would unlink what its caller never saw. Only what the scopes
 * show is unlinked; a key that is a property of its own says what it means, and is written as it is.
 */
export function keepingHiddenLinks(values: ObjectLiteral, builder: Guarded): ObjectLiteral {
  const { mainAlias } = builder.expressionMap
  if (!mainAlias?.hasMetadata) return values
  const kept = { ...values }
  for (const relation of mainAlias.metadata.relationsWithJoinColumns) {
    const unlinked = values[relation.propertyName] === null && !relation.embeddedMetadata
    if (!unlinked || !mayBeHidden(relation.inverseEntityMetadata, builder.guard)) continue
    if (keyIsGiven(relation, values)) continue
    delete kept[relation.propertyName]
    const visible = visibleTarget(relation, builder)
    for (const { propertyName, databaseName } of relation.joinColumns) {
      const key = builder.escape(databaseName)
      const unlessHidden = () => `CASE WHEN ${visible} THEN NULL ELSE ${key} END`
      kept[propertyName] = unlessHidden
    }
  }
  return kept
}

/** Whether scopes may hide rows of a table that a junction table links. */
export function hidesEitherSide(junction: EntityMetadata, guard: Guard): boolean {
  return junction.foreignKeys.some(({ referencedEntityMetadata }) => mayBeHidden(referencedEntityMetadata, guard))
}

/** Whether scopes may hide rows of an entity. */
export function mayBeHidden(metadata: EntityMetadata, guard: Guard): boolean {
  return metadata.deleteDateColumn !== undefined || guard.hides(metadata)
}

function keyIsGiven(relation: RelationMetadata, values: ObjectLiteral): boolean {
  return relation.joinColumns.some(
    ({ propertyName }) => propertyName !== relation.propertyName && values[propertyName] !== undefined,
  )
}

const alias = 'linked'

/** The condition that the row an updated row points to is one the scopes show. */
function visibleTarget(relation: RelationMetadata, builder: Guarded): string {
  const { inverseEntityMetadata: target, entityMetadata: owner, joinColumns } = relation
  const pairs = joinColumns.map((column) => ({
    key: `${escapedTable(owner, builder)}.${builder.escape(column.databaseName)}`,
    name: builder.escape(column.referencedColumn?.databaseName ?? ''),
  }))
  const query = builder.dataSource.createQueryBuilder(target.target, alias).select([])
  // MySQL does not let an UPDATE read its own table, except through a derived one.
  const derived = target.tablePath === owner.tablePath && !builder.dataSource.driver.isReturningSqlSupported('update')
  if (!derived) query.where(pairs.map(({ key, name }) => `${builder.escape(alias)}.${name} = ${key}`).join(' AND '))
  const columns = pairs.map(({ name }) => `${builder.escape(alias)}.${name}`)
  const text = query
    .select(derived ? columns : ['1'])
    .setOption('disable-global-order')
    .getQuery()
  builder.setParameters(query.getParameters())
  if (!derived) return `EXISTS (${text})`
  const matched = pairs.map(({ key, name }) => `shown.${name} = ${key}`).join(' AND ')
  return `EXISTS (SELECT 1 FROM (${text}) shown WHERE ${matched})`
}

function escapedTable({ tablePath }: EntityMetadata, builder: Guarded): string {
  return tablePath
    .split('.')
    .map((part) => builder.escape(part))
    .join('.')
}
