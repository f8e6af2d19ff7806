import { entityTag, rowsTag, rowTag, tagsRead } from '../../cache/tags.js'
import type { ContextVariable } from '../../helpers/context-variable.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { type Predicate, relatedIn, variablesOf } from '../../model/predicate.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { parseId } from '../../orm/parse-id.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { CacheFact } from './cache-fact.js'

type Variable = ContextVariable<string> | ContextVariable<number>

/** Everything that the answers of an action can be made of. */
export interface Found {
  readonly entities: ReadonlySet<AnyClass>
  /** What scopes compare with, beside the rows themselves. */
  readonly variables: ReadonlySet<Variable>
}

const nothing: Found = { entities: new Set(), variables: new Set() }

class Sources implements Found {
  readonly entities = new Set<AnyClass>()
  readonly variables = new Set<Variable>()
  readonly #dataSource: Pick<ModelDataSource, 'describe' | 'registry'>

  constructor(dataSource: Pick<ModelDataSource, 'describe' | 'registry'>) {
    this.#dataSource = dataSource
  }

  /** The rows of an entity, and those that its scopes look at. */
  add(entity: AnyClass): void {
    if (this.entities.has(entity)) return
    this.entities.add(entity)
    const { scopes, views } = this.#dataSource.registry.model(entity)
    for (const { where } of Object.values(scopes)) this.#follow(where, entity)
    for (const { where } of Object.values(views)) if (where) this.#follow(where, entity)
  }

  /** Whatever a serializer shows. */
  addShown({ description, nested }: CompiledSerializer): void {
    this.add(description.entity)
    for (const { serializer } of nested.values()) this.addShown(serializer)
  }

  /** What a path like `country.region.name` leads through. */
  addPath(entity: AnyClass, path: string): void {
    this.add(entity)
    const [name = '', ...rest] = path.replace(/^-/, '').split('.')
    const relation = this.#dataSource.describe(entity).relations.get(name)
    if (relation) this.addPath(relation.entity, rest.join('.'))
  }

  #follow(where: Predicate, entity: AnyClass): void {
    for (const variable of variablesOf(where)) this.variables.add(variable)
    for (const { relation, where: inner } of relatedIn(where)) {
      const target = this.#dataSource.describe(entity).relations.get(relation)?.entity
      if (!target) continue
      this.add(target)
      this.#follow(inner, target)
    }
  }
}

/** Finds everything that the answers of an action can be made of. */
export function sourcesOf(
  { model }: Pick<ActionModel, 'model'>,
  compiled: CompiledModel | undefined,
  dataSource: ModelDataSource | undefined,
): Found {
  if (!model || !compiled || !dataSource) return nothing
  const sources = new Sources(dataSource)
  sources.addShown(compiled.serializer)
  const { search = [] } = model
  const searched = 'fields' in search ? search.fields : search
  const paths = [...Object.keys(model.filters ?? {}), ...searched, ...(model.ordering ?? []), ...model.defaultOrdering]
  const above = model.parent ? [model.parent.relation] : []
  for (const path of [...paths, ...above]) sources.addPath(model.entity, path)
  return sources
}

/** Gives the tags of an answer. */
export type TagsOf = (params: Readonly<Record<string, string>>) => readonly string[]

/** Compiles the tags of the answers of an action: those of one row are its own, all others those of whole entities. */
export function compileTags(
  { on, entity }: Pick<ActionModel, 'on' | 'entity'>,
  { tags = [] }: Pick<CacheFact, 'tags'>,
  { entities }: Found,
  dataSource: ModelDataSource | undefined,
): TagsOf {
  const declared = tags.flatMap(tagsRead)
  const all = [...new Set([...declared, ...[...entities].map(entityTag)])]
  if (on !== 'row' || !entity || !dataSource) return () => all
  const others = [...new Set([...declared, ...[...entities].filter((one) => one !== entity).map(entityTag)])]
  return ({ id = '' }) => {
    const parsed = parseId(dataSource.getMetadata(entity), id)
    // A text may find a row by another spelling of its key, as collations see it.
    const exact = typeof parsed === 'number' || (typeof parsed === 'string' && /^[\da-f-]{36}$|^-?\d+$/.test(parsed))
    return exact ? [...others, rowsTag(entity), rowTag(entity, parsed)] : all
  }
}
