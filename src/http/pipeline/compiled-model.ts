import type { Mistakes } from '../../errors/definition-error.js'
import type { EntityDescription } from '../../model/entity-description.js'
import type { Model } from '../../model/model.js'
import { type CompiledSerializer, compileSerializer } from '../../serializer/compile-serializer.js'
import type { ActionModel } from '../action-model.js'
import { RowValidators } from '../conditional/validators.js'
import type { PipelineHost } from '../host.js'
import { type CompiledList, compileListOf } from '../lists/compile-list.js'
import { verifyPagination } from '../pagination.js'
import { type CompiledParent, compileParent } from '../parents/compiled-parent.js'
import type { ViewSetModel } from '../viewset-model.js'

/** What the actions of a viewset share in one application. */
export interface CompiledModel {
  /** What the traits of the entity say. */
  readonly entity: Model
  readonly serializer: CompiledSerializer
  readonly description: EntityDescription
  readonly list: CompiledList
  /** How states of rows are told apart. */
  readonly validators: RowValidators
  /** The row above, which routes name. */
  readonly parent?: CompiledParent
}

const compiled = new WeakMap<PipelineHost, Map<ViewSetModel, CompiledModel | undefined>>()

/** What the actions of a viewset share, where it was compiled before. */
export function knownModelOf({ model }: ActionModel, host: PipelineHost): CompiledModel | undefined {
  return model && compiled.get(host)?.get(model)
}

/** Compiles what a viewset says of its entity, once an application, so that each mistake is told once. */
export function compileModelOf(
  { model, viewSet, place }: ActionModel,
  host: PipelineHost,
  mistakes: Mistakes,
): CompiledModel | undefined {
  if (!model) return undefined
  const models = compiled.get(host) ?? new Map<ViewSetModel, CompiledModel | undefined>()
  compiled.set(host, models)
  if (!models.has(model))
    models.set(model, compileViewSetModel(model, { subject: viewSet.name, place }, host, mistakes))
  return models.get(model)
}

function compileViewSetModel(
  model: ViewSetModel,
  { subject, place }: { readonly subject: string; readonly place: string },
  host: PipelineHost,
  mistakes: Mistakes,
): CompiledModel | undefined {
  const { dataSource } = host
  verifyPagination(model.pagination, subject, mistakes)
  if (!dataSource?.registry.has(model.entity)) {
    mistakes.add({
      code: 'E_UNKNOWN_ENTITY',
      subject,
      problem: dataSource
        ? `it is about ${model.entity.name}, which is not among the entities of the data source.`
        : `it is about ${model.entity.name}, but the application has no data source.`,
      places: [place],
      remedy: dataSource ? 'Add it to `entities`.' : 'Give the application one: { dataSource }.',
    })
    return undefined
  }
  const description = dataSource.describe(model.entity)
  verifySameEntity(model, subject, mistakes)
  const serializer = compileSerializer(model.serializer, description, mistakes, { naming: host.naming })
  const list = compileListOf(model, { dataSource, description, serializer, subject, place, host }, mistakes)
  const validators = new RowValidators(description)
  const parent = compileParent(model.parent, { dataSource, description, subject, place }, mistakes)
  const entity = dataSource.registry.model(model.entity)
  return { entity, description, serializer, list, validators, ...(parent && { parent }) }
}

/** Types cannot tell two entities with the same members from each other. */
function verifySameEntity({ entity, serializer }: ViewSetModel, subject: string, mistakes: Mistakes): void {
  if (serializer.entity === entity) return
  mistakes.add({
    code: 'E_SERIALIZER',
    subject,
    problem: `it is about ${entity.name}, but its serializer ${serializer.name} is about ${serializer.entity.name}.`,
    places: [`Serializer(${serializer.entity.name}) at ${serializer.place}`],
    remedy: `Give it a serializer of ${entity.name}.`,
  })
}
