import type { Driver } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { Column } from '../model/column.js'
import type {
  EntityDescription,
  PropertyDescription,
  RelationDescription,
  ValueKind,
} from '../model/entity-description.js'
import type { ModelDataSource } from './data-source.js'
import { hasSoleLinks, linkOf } from './relations/link.js'
import { uniqueSetsOf } from './schema/unique-sets.js'
import { valueKindOf } from './value-kind.js'

/** Describes the stored properties of an entity. The data source must be initialized. */
export function describeEntity(dataSource: ModelDataSource, entity: AnyClass): EntityDescription {
  const metadata = dataSource.getMetadata(entity)
  const model = dataSource.registry.model(entity)
  const properties = metadata.columns
    .filter(({ isVirtual, embeddedMetadata, relationMetadata, propertyName }) => {
      // The key of a relation that has no property of its own goes by the name of the relation.
      return !isVirtual && !embeddedMetadata && relationMetadata?.propertyName !== propertyName
    })
    .map((column) => describeProperty(column, model.columns[column.propertyName], dataSource.driver))
  return {
    entity,
    properties: new Map(properties.map((property) => [property.name, property])),
    primary: properties.filter(({ primary }) => primary),
    relations: new Map(
      metadata.relations.map((relation) => [relation.propertyName, describeRelation(dataSource, relation)]),
    ),
    uniques: uniqueSetsOf(metadata, model, dataSource.dialect),
  }
}

function describeRelation(dataSource: ModelDataSource, relation: RelationMetadata): RelationDescription {
  const { propertyName: name, isOneToMany, isManyToMany, isOwning, isNullable, inverseRelation, joinColumns } = relation
  const entity = relation.inverseEntityMetadata.target as AnyClass
  const keyProperty = keyOf(relation)
  const inverseKey = inverseRelation && keyOf(inverseRelation)
  return Object.freeze({
    name,
    many: isOneToMany || isManyToMany,
    link: isManyToMany ? 'table' : isOwning ? 'own' : 'other',
    // A key that has a property of its own is what that says of it, whatever the relation says.
    nullable: isNullable && joinColumns.every((column) => column.isNullable),
    entity,
    target: () => dataSource.describe(entity),
    ...(keyProperty !== undefined && { keyProperty }),
    ...(hasSoleLinks(relation) && { referredTo: linkOf(relation).referenced.propertyPath }),
    ...(inverseRelation && { inverse: inverseRelation.propertyName }),
    ...(inverseKey !== undefined && { inverseKey }),
  })
}

/** The property of its own that holds the key of a relation. */
function keyOf({ joinColumns, propertyName }: RelationMetadata): string | undefined {
  const [column, ...others] = joinColumns
  return column && others.length === 0 && column.propertyName !== propertyName ? column.propertyName : undefined
}

function describeProperty(
  column: ColumnMetadata,
  contributed: Column | undefined,
  driver: Driver,
): PropertyDescription {
  const value = valueKindOf(column, contributed, driver)
  const { propertyName, isNullable, isPrimary, isSelect, isUpdate, isGenerated } = column
  // TypeORM is given text as it is written in SQL.
  const written = contributed?.default ?? column.default
  const defaultValue = literalDefault(written, value)
  return Object.freeze({
    name: propertyName,
    value,
    nullable: isNullable,
    primary: isPrimary,
    hidden: !isSelect,
    writable: (contributed ? (contributed.writable ?? false) : true) && isSettable(column),
    immutable: isPrimary || !isUpdate,
    hasDefault: isGenerated || contributed?.filled === true || (written !== undefined && written !== null),
    ...(defaultValue !== undefined && { defaultValue }),
    ...(contributed?.check && { check: contributed.check }),
    ...(contributed?.role && { role: contributed.role }),
    ...(contributed?.type === 'json' && documentSchema(contributed)),
  })
}

/** What a trait says of the values of its JSON column. */
function documentSchema({ object, schema }: Column): Pick<PropertyDescription, 'schema'> {
  const form = object ? { type: 'object' } : {}
  // A reference inside of it would lead elsewhere, where it is a part of another document.
  if (schema === undefined || typeof schema === 'boolean' || refersInside(schema)) return object ? { schema: form } : {}
  const agrees = !object || schema['type'] === undefined || schema['type'] === 'object'
  return { schema: agrees ? { ...form, ...schema } : { ...form, allOf: [schema] } }
}

const refersInside = (schema: object): boolean => /"\$(ref|dynamicRef|id|anchor)":/.test(JSON.stringify(schema))

/** Whether it is neither the database nor TypeORM that sets a column. */
function isSettable(column: ColumnMetadata): boolean {
  const { isInsert, isGenerated, isVirtualProperty, isDiscriminator, isTreeLevel, isVersion, transformer } = column
  const { isCreateDate, isUpdateDate, isDeleteDate, asExpression } = column
  const isKept = isCreateDate || isUpdateDate || isDeleteDate || isVersion
  const isComputed = isGenerated || isVirtualProperty || isDiscriminator || isTreeLevel || asExpression !== undefined
  // What a transformer makes of a value in memory is not known, so no input can be checked.
  return isInsert && !isKept && !isComputed && transformer === undefined
}

function literalDefault(written: unknown, { kind }: ValueKind): PropertyDescription['defaultValue'] {
  if (typeof written === 'boolean') return kind === 'boolean' ? written : undefined
  if (typeof written === 'number') return kind === 'integer' || kind === 'number' ? written : undefined
  return typeof written === 'string' && (kind === 'string' || kind === 'enum') ? written : undefined
}
