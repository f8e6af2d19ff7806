import type { Mistakes } from '../../errors/definition-error.js'
import { labelOf } from '../../model/applied-traits.js'
import type { Contributor, Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import { checkDeletions } from './check-deletions.js'

/**
 * Adds what is wrong with the relations that the models of a data source follow.
 * @param install makes the metadata of entities, where there is none yet.
 */
export function checkDeclaredRelations(dataSource: ModelDataSource, install: () => void, mistakes: Mistakes): void {
  const models = dataSource.registry.models.filter(followsRelations)
  if (models.length > 0 && dataSource.entityMetadatas.length === 0) install()
  for (const model of models) checkRelations(dataSource, model, mistakes)
}

/** Whether an entity has relations that policies or rules follow. */
function followsRelations({ deletions, rules }: Model): boolean {
  return Object.keys(deletions).length > 0 || [...rules.written, ...rules.linked].some(({ relations }) => relations)
}

/** Adds the deletion policies that cannot do what they say, and the relations that rules cannot follow to rows to write. */
function checkRelations(dataSource: ModelDataSource, model: Model, mistakes: Mistakes): void {
  checkDeletions(dataSource, model, mistakes)
  const add = (contributor: Contributor, mistake: Wrong | undefined) => {
    if (!mistake) return
    const [problem, remedy] = mistake
    mistakes.add({ code: 'E_RELATION', subject: model.name, problem, places: [labelOf(contributor)], remedy })
  }
  for (const { contributor, relations = {} } of model.rules.written) {
    for (const [relation, properties] of Object.entries(relations)) {
      add(contributor, wrongWith(dataSource, model, relation, properties))
    }
  }
  for (const { contributor, relations = [] } of model.rules.linked) {
    for (const relation of relations) add(contributor, wrongLinks(dataSource, model, relation))
  }
}

/** Links stand in tables of their own; a key on the other side is a matter of the rows that hold it. */
function wrongLinks(dataSource: ModelDataSource, { entity }: Model, name: string): Wrong | undefined {
  if (dataSource.getMetadata(entity).findRelationWithPropertyPath(name)?.isManyToMany) return undefined
  return [
    `"${name}" is no many-to-many relation.`,
    'Name one; where the other rows hold the key, let a rule of theirs write this one.',
  ]
}

type Wrong = readonly [problem: string, remedy: string]

function wrongWith(
  dataSource: ModelDataSource,
  { entity }: Model,
  name: string,
  properties: readonly string[],
): Wrong | undefined {
  const relation = dataSource.getMetadata(entity).findRelationWithPropertyPath(name)
  if (!relation || relation.joinColumns.length === 0 || !relation.isOwning || relation.isManyToMany) {
    return [
      `"${name}" is no relation that holds the key of another row.`,
      'Name a many-to-one relation, or the side of a one-to-one relation that has @JoinColumn.',
    ]
  }
  const { inverseEntityMetadata: other } = relation
  if (!dataSource.modelOf(other.target)) {
    return [`"${name}" leads to ${other.name}, of which this data source has no model.`, 'Add it to `entities`.']
  }
  const missing = properties.filter((property) => !other.findColumnWithPropertyPath(property))
  if (missing.length === 0) return undefined
  return [
    `"${name}" leads to ${other.name}, which has no "${missing.join('", "')}".`,
    `Give ${other.name} the trait that has it, or name another relation.`,
  ]
}
