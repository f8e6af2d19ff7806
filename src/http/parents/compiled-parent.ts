import type { Mistakes } from '../../errors/definition-error.js'
import type { EntityDescription } from '../../model/entity-description.js'
import { lookupOf } from '../../model/lookup.js'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { uniqueAmong } from '../../orm/schema/unique-identity.js'
import type { ActionModel } from '../action-model.js'
import type { Permission } from '../permission.js'
import type { AnyParentOptions } from './parent-options.js'

/** The row that the rows of a viewset belong to, as its routes name it. */
export interface CompiledParent {
  readonly relation: string
  readonly entity: Model
  readonly description: EntityDescription
  /** The property that stands in routes; undefined where it is the primary key. */
  readonly property: string | undefined
  readonly parameter: string
  readonly permission: Permission | undefined
  /** The property of the rows that holds its key. */
  readonly key: string
  /** The property of it that the key holds. */
  readonly referred: string
}

interface ParentScene {
  readonly dataSource: ModelDataSource
  readonly description: EntityDescription
  readonly subject: string
  readonly place: string
}

/** Compiles what a viewset says of the row above its rows; what is wrong with it is added to `mistakes`. */
export function compileParent(
  given: AnyParentOptions | undefined,
  { dataSource, description, subject, place }: ParentScene,
  mistakes: Mistakes,
): CompiledParent | undefined {
  if (!given) return undefined
  const refuse = (problem: string, remedy: string): undefined => {
    mistakes.add({ code: 'E_PARENT', subject, problem, places: [place], remedy })
  }
  const { relation: name, by: property, parameter = name, allow: permission } = given
  const { entity } = description
  const relation = description.relations.get(name)
  if (!relation || relation.many) {
    return refuse(`${entity.name} has no relation "${name}" to one row.`, 'Name a many-to-one relation.')
  }
  const { keyProperty: key } = relation
  if (relation.link !== 'own' || key === undefined) {
    return refuse(
      `no property of ${entity.name} holds the key of "${name}".`,
      `Declare it: @Column() ${name}Id, with @JoinColumn({ name: '${name}Id' }) above the relation.`,
    )
  }
  if (!dataSource.registry.has(relation.entity)) {
    return refuse(`${relation.entity.name} is not among the entities of the data source.`, 'Add it to `entities`.')
  }
  const model = dataSource.registry.model(relation.entity)
  const problem = property === undefined ? undefined : nameProblem(property, model, dataSource)
  if (problem) return refuse(problem, 'Name a property that is unique among all rows that are shown.')
  const [join] = dataSource.getMetadata(entity).findRelationWithPropertyPath(name)!.joinColumns
  return Object.freeze({
    relation: name,
    entity: model,
    description: relation.target(),
    property,
    parameter,
    permission,
    key,
    referred: join!.referencedColumn!.propertyName,
  })
}

/** Why a property of an entity does not name one row among all; undefined where it does. */
function nameProblem(property: string, model: Model, dataSource: ModelDataSource): string | undefined {
  const { entity, name } = model
  const lookup = lookupOf(model, property)
  if (!dataSource.describe(entity).properties.has(property)) return `${name} has no property "${property}".`
  const within = lookup?.within ?? []
  if (within.length > 0) return `"${property}" of ${name} is unique within ${within.join(', ')} only.`
  const isUnique = lookup || uniqueAmong(dataSource.getMetadata(entity), model, [property], dataSource.dialect)
  return isUnique ? undefined : `"${property}" of ${name} is not unique, so that it does not name one row.`
}

/** Adds that the route of an action does not name the row above, or names something else by its parameter. */
export function verifyParentRoute(
  { viewSet, name, place, route, on }: ActionModel,
  parent: CompiledParent | undefined,
  mistakes: Mistakes,
): void {
  if (!parent) return
  const { parameter } = parent
  const isNamed = route.split('/').includes(`:${parameter}`)
  const isOfRow = parameter === 'id' && on === 'row'
  if (isNamed && !isOfRow) return
  mistakes.add({
    code: 'E_PARENT',
    subject: `${viewSet.name}.${name}`,
    problem: isOfRow ? '`:id` names the row itself.' : `its route ${route} has no ":${parameter}".`,
    places: [place],
    remedy: `Write @Resource('/…/:${isOfRow ? parent.relation : parameter}/…'), or name the \`parameter\` of \`parent\`.`,
  })
}
