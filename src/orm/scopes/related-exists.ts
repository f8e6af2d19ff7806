import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { Guarded } from './guard.js'
import type { ScopedSelectQueryBuilder } from './scoped-select-query-builder.js'

/** The rows a statement asks about, and how it names their columns, e.g. `"post".`. */
export interface Asked {
  readonly relation: RelationMetadata
  readonly qualifier: string
}

let count = 0

/**
 * EXISTS over the rows a relation leads to from the rows of a statement. They are seen through the scopes of their own
 * entity, as `look` changes them; the values of the condition are bound to the statement.
 */
export function relatedExists(
  { relation, qualifier }: Asked,
  builder: Guarded,
  look: (query: ScopedSelectQueryBuilder<ObjectLiteral>) => void,
): string {
  const alias = `related_${++count}`
  const query = builder.dataSource.createQueryBuilder(relation.inverseEntityMetadata.target, alias)
  look(query)
  const link = linkOf(relation, `${builder.escape(alias)}.`, qualifier, builder)
  const text = query.select('1').where(link).setOption('disable-global-order').getQuery()
  builder.setParameters(query.getParameters())
  return `EXISTS (${text})`
}

/** Whether the rows of a statement refer to none by a relation whose key they hold. */
export function refersToNone({ relation, qualifier }: Asked, builder: Guarded): string {
  return relation.joinColumns.map((column) => `${qualifier}${name(column, builder)} IS NULL`).join(' OR ')
}

/** What tells, in SQL, the columns of a table apart from those of another where it has no alias. */
export function tableQualifier({ tablePath }: EntityMetadata, builder: Guarded): string {
  const parts = tablePath.split('.').map((part) => builder.escape(part))
  return `${parts.join('.')}.`
}

function linkOf(relation: RelationMetadata, target: string, owner: string, builder: Guarded): string {
  if (relation.isManyToMany) return junctionLink(relation, target, owner, builder)
  const [held, other, columns] = relation.isWithJoinColumn
    ? [owner, target, relation.joinColumns]
    : [target, owner, relation.inverseRelation?.joinColumns ?? []]
  return pairs(columns, held, other, builder)
}

function junctionLink(relation: RelationMetadata, target: string, owner: string, builder: Guarded): string {
  const junction = relation.junctionEntityMetadata as EntityMetadata
  const { ownerColumns, inverseColumns } = junction
  const [mine, others] = relation.isOwning ? [ownerColumns, inverseColumns] : [inverseColumns, ownerColumns]
  const alias = builder.escape(`linking_${++count}`)
  const table = tableQualifier(junction, builder).slice(0, -1)
  const linked = `${pairs(mine, `${alias}.`, owner, builder)} AND ${pairs(others, `${alias}.`, target, builder)}`
  return `EXISTS (SELECT 1 FROM ${table} ${alias} WHERE ${linked})`
}

/** Columns that hold a key are equal to those they refer to. */
function pairs(columns: readonly ColumnMetadata[], held: string, referred: string, builder: Guarded): string {
  return columns
    .map((column) => `${held}${name(column, builder)} = ${referred}${name(column.referencedColumn, builder)}`)
    .join(' AND ')
}

const name = (column: ColumnMetadata | undefined, builder: Guarded): string =>
  builder.escape(column?.databaseName ?? '')
