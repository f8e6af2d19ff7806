import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { ScopedSelectQueryBuilder } from './scoped-select-query-builder.js'

type Builder = ScopedSelectQueryBuilder<ObjectLiteral>
type Attributes = Builder['expressionMap']['relationIdAttributes']
type Attribute = Attributes[number]

/**
 * The relation ids a query loads, each looked at as the query was told to look at the relation. TypeORM adds those of
 * `@RelationId` while the query runs. Where a row holds the key itself, that is the id.
 */
export function seenRelationIds(builder: Builder): Attributes {
  const { relationIdAttributes } = builder.expressionMap
  // What `save` compares its rows with are the links to visible rows.
  if (builder.guard.persistence) return relationIdAttributes
  const seen = (attribute: Attribute) => seenIds(attribute, builder)
  const attributes = relationIdAttributes.map(seen)
  const push: Attributes['push'] = (...more) => Array.prototype.push.apply(attributes, more.map(seen))
  attributes.push = push
  return attributes
}

/** TypeORM hands nothing but this function on to the statement that loads the ids. */
function seenIds(attribute: Attribute, builder: Builder): Attribute {
  const { relation, parentAlias, queryBuilderFactory } = attribute
  if (relation.isWithJoinColumn) return attribute
  const { metadata } = builder.expressionMap.findAliasByName(parentAlias)
  const value = (query: SelectQueryBuilder<ObjectLiteral>) => {
    const sight = builder.guard.sightAlong(relation, { name: parentAlias, metadata, role: 'related' }, builder)
    ;(query as Builder).seeing(sight, relation.inverseEntityMetadata)
    return queryBuilderFactory?.(query) ?? query
  }
  return Object.create(attribute, { queryBuilderFactory: { value } }) as Attribute
}
