import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import { isIndexed } from '../lists/helping-index.js'
import { keepsRows } from '../writes/remove.js'
import { visibleRows } from './visible-rows.js'

/** Something that works and is probably not meant. */
export interface ModelWarning {
  readonly message: string
  readonly relation: string
  readonly place: string
}

/** What is probably not meant by relations of entities and what becomes of their rows. Needs no connection. */
export function modelWarnings(dataSource: ModelDataSource): readonly ModelWarning[] {
  return dataSource.registry.models.flatMap((model) =>
    dataSource
      .getMetadata(model.entity)
      .relations.filter(
        ({ isOwning, isManyToMany, joinColumns }) => isOwning && !isManyToMany && joinColumns.length === 1,
      )
      .flatMap((relation) => warningOf(dataSource, model, relation) ?? []),
  )
}

function warningOf(dataSource: ModelDataSource, model: Model, relation: RelationMetadata): ModelWarning | undefined {
  const name = `${model.name}.${relation.propertyName}`
  const above = dataSource.modelOf(relation.inverseEntityMetadata.target)
  const deletion = model.deletions[relation.propertyPath]
  if (above && !deletion && keepsRows(above)) {
    const hiding = above.rules.delete.find((rule) => rule.set !== undefined)!.contributor
    return {
      message: `Rows of ${model.name} stay visible when the ${above.name} they refer to is deleted and hidden: say what becomes of them, by @OnDelete above "${relation.propertyName}".`,
      relation: name,
      place: `@${hiding.trait} at ${hiding.place}`,
    }
  }
  if (!deletion || deletion.policy === 'keep' || isFound(model, relation)) return undefined
  return {
    message: `Each deletion of a ${above?.name ?? 'row'} reads all rows of ${model.name}, because no index begins with the key of "${relation.propertyName}": write @Index() above it.`,
    relation: name,
    place: `@OnDelete at ${deletion.place}`,
  }
}

/** Whether rows are found by the key of a relation, alone or behind what tells their context. */
function isFound(model: Model, { joinColumns, entityMetadata }: RelationMetadata): boolean {
  const [column] = joinColumns
  const context = visibleRows(model).properties.flatMap((name) => entityMetadata.findColumnsWithPropertyPath(name))
  return column === undefined || isIndexed({ column, relations: [] }, { always: [], here: context })
}
