import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ValueKind } from '../../model/entity-description.js'
import type { ModelDataSource } from '../data-source.js'
import { valueKindOf } from '../value-kind.js'

/** A column that a path leads to from an entity: `population`, `country.name`, `settings.size`. */
export interface ColumnPath {
  /** As it was written. */
  readonly text: string
  /** The relations on the way. */
  readonly relations: readonly RelationMetadata[]
  /** The column at the end, of the last relation's entity. */
  readonly column: ColumnMetadata
  /** What its values are; of a foreign key, what those of the key it refers to are. */
  readonly kind: ValueKind
  readonly nullable: boolean
  /** The members inside of a JSON column; empty where the whole column is meant. */
  readonly members: readonly string[]
  /** Whether the path names a relation, and stands for the key of the related row. */
  readonly isRelation: boolean
}

/** The greatest number of relations in a path. */
const deepestPath = 2

/** Follows a path from an entity; a text says why it cannot be followed. The data source must be initialized. */
export function columnPathOf(dataSource: ModelDataSource, entity: AnyClass, text: string): ColumnPath | string {
  return follow(dataSource, dataSource.getMetadata(entity), { text, rest: text, relations: [] })
}

/** The columns of the primary key of an entity. */
export function primaryPathsOf(dataSource: ModelDataSource, entity: AnyClass): readonly ColumnPath[] {
  const { primaryColumns } = dataSource.getMetadata(entity)
  return primaryColumns.map((column) => {
    const text = column.propertyPath
    return atColumn(dataSource, column, { text, rest: text, relations: [] }, false)
  })
}

interface Way {
  readonly text: string
  readonly rest: string
  readonly relations: readonly RelationMetadata[]
}

function follow(dataSource: ModelDataSource, metadata: EntityMetadata, way: Way): ColumnPath | string {
  const { rest, relations } = way
  if (relations.length > deepestPath) return `leads through more than ${deepestPath} relations`
  const [name = '', ...others] = rest.split('.')
  const relation = metadata.relations.find(({ propertyPath }) => propertyPath === name)
  if (relation) return throughRelation(dataSource, metadata, relation, { ...way, rest: others.join('.') })
  const column = metadata.columns.find(({ propertyPath, isVirtual }) => !isVirtual && leadsTo(propertyPath, rest))
  if (!column) return `names "${name}", which ${metadata.name} does not have`
  const members = rest
    .slice(column.propertyPath.length + 1)
    .split('.')
    .filter(Boolean)
  const path = atColumn(dataSource, column, way, false)
  if (members.length === 0) return path
  if (path.kind.kind !== 'json') return `looks into "${column.propertyPath}", which is no JSON`
  if (relations.length > 0) return 'looks into JSON of a related row'
  return { ...path, members }
}

const leadsTo = (propertyPath: string, rest: string): boolean =>
  rest === propertyPath || rest.startsWith(`${propertyPath}.`)

function throughRelation(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  relation: RelationMetadata,
  way: Way,
): ColumnPath | string {
  if (way.rest !== '') {
    return follow(dataSource, relation.inverseEntityMetadata, { ...way, relations: [...way.relations, relation] })
  }
  const [own, ...others] = relation.isWithJoinColumn ? relation.joinColumns : []
  if (own && others.length === 0) return atColumn(dataSource, own, way, true)
  const [key, ...more] = relation.inverseEntityMetadata.primaryColumns
  if (!key || more.length > 0 || others.length > 0) {
    return `names the relation "${relation.propertyName}" of ${metadata.name}, whose key is not one column`
  }
  return atColumn(dataSource, key, { ...way, relations: [...way.relations, relation] }, true)
}

function atColumn(
  dataSource: ModelDataSource,
  column: ColumnMetadata,
  { text, relations }: Way,
  isRelation: boolean,
): ColumnPath {
  const known = column.referencedColumn ?? column
  const model = dataSource.modelOf(known.entityMetadata.target)
  const kind = valueKindOf(known, model?.columns[known.propertyName], dataSource.driver)
  return { text, relations, column, kind, nullable: column.isNullable, members: [], isRelation }
}

/** Whether some relation of a path may lead to several rows. */
export function isToMany({ relations }: ColumnPath): boolean {
  return relations.some(({ isOneToMany, isManyToMany }) => isOneToMany || isManyToMany)
}
