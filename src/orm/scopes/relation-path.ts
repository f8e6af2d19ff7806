import type { EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import { DefinitionError } from '../../errors/definition-error.js'
import type { Model } from '../../model/model.js'
import { type RelationLook, whenHiddenChoices } from '../../model/relation-look.js'
import { viewed } from './sight.js'

type Expressions = Pick<SelectQueryBuilder<ObjectLiteral>['expressionMap'], 'joinAttributes' | 'mainAlias'>

/** By which relations a joined alias is reached from the main entity, e.g. `author.country`; '' is the main entity. */
export function pathOfAlias(name: string | undefined, expressions: Expressions): string | undefined {
  const { joinAttributes, mainAlias } = expressions
  if (name === undefined || name === mainAlias?.name) return ''
  const join = joinAttributes.find(({ alias }) => alias.name === name)
  if (!join?.relation) return undefined
  const above = pathOfAlias(join.parentAlias, expressions)
  return above === undefined ? undefined : joinedPath(above, join.relation.propertyPath)
}

export function joinedPath(above: string, property: string): string {
  return above === '' ? property : `${above}.${property}`
}

/**
 * The relation at the end of a path.
 * @throws {DefinitionError} `E_UNKNOWN_PROPERTY` where the path leaves the relations of the entities.
 */
export function relationAt(metadata: EntityMetadata, path: string): RelationMetadata {
  let owner = metadata
  let relation: RelationMetadata | undefined
  for (const name of path.split('.')) {
    relation = owner.findRelationWithPropertyPath(name)
    if (!relation) throw unknownRelation(owner, name)
    owner = relation.inverseEntityMetadata
  }
  return relation as RelationMetadata
}

/**
 * Refuses a look that nothing can come of.
 * @throws {DefinitionError} `E_RELATION_LOOK` for owners of lists, which do not go with a member; `E_UNKNOWN_SCOPE` for
 * a view the related entity does not have.
 */
export function checkLook(
  relation: RelationMetadata,
  { whenHidden, view }: RelationLook,
  modelOf: (metadata: EntityMetadata) => Model | undefined,
): void {
  const model = modelOf(relation.inverseEntityMetadata)
  if (view !== undefined && model) viewed(model, view)
  const unknown = whenHidden !== undefined && !Object.hasOwn(whenHiddenChoices, whenHidden)
  if (!unknown && (whenHidden !== 'dropOwner' || relation.isWithJoinColumn)) return
  throw new DefinitionError([
    {
      code: 'E_RELATION_LOOK',
      subject: relation.entityMetadata.name,
      problem: unknown
        ? `"${whenHidden}" is no way to treat hidden rows of "${relation.propertyPath}".`
        : `rows are dropped with what "${relation.propertyPath}" leads to, but they do not hold its key.`,
      places: [],
      remedy: `Ways are: ${Object.keys(whenHiddenChoices).join(', ')}; dropOwner for relations whose key the row holds.`,
    },
  ])
}

export function unknownRelation({ name, relations }: EntityMetadata, asked: string): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_UNKNOWN_PROPERTY',
      subject: name,
      problem: `a query names "${asked}", which is not one of its relations.`,
      places: [],
      remedy: `Relations are: ${relations.map(({ propertyPath }) => propertyPath).join(', ') || 'none'}.`,
    },
  ])
}
