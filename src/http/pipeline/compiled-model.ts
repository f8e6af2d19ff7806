import type { Mistakes } from '../../errors/definition-error.js'
import type { EntityDescription } from '../../model/entity-description.js'
import { orderingOf } from '../../model/scope.js'
import { type CompiledSerializer, compileSerializer } from '../../serializer/compile-serializer.js'
import type { ActionModel } from '../action-model.js'
import type { PipelineHost } from '../host.js'
import { verifyPagination } from '../pagination.js'
import type { ViewSetModel } from '../viewset-model.js'

/** What the actions of a viewset share in one application. */
export interface CompiledModel {
  readonly serializer: CompiledSerializer
  readonly description: EntityDescription
}

const compiled = new WeakMap<PipelineHost, Map<ViewSetModel, CompiledModel | undefined>>()

/** Compiles what a viewset says of its entity, once an application, so that each mistake is told once. */
export function compileModelOf(
  { model, viewSet }: ActionModel,
  host: PipelineHost,
  mistakes: Mistakes,
): CompiledModel | undefined {
  if (!model) return undefined
  const models = compiled.get(host) ?? new Map<ViewSetModel, CompiledModel | undefined>()
  compiled.set(host, models)
  if (!models.has(model)) models.set(model, compileViewSetModel(model, viewSet.name, host, mistakes))
  return models.get(model)
}

function compileViewSetModel(
  model: ViewSetModel,
  subject: string,
  { dataSource }: PipelineHost,
  mistakes: Mistakes,
): CompiledModel | undefined {
  verifyPagination(model.pagination, subject, mistakes)
  if (!dataSource?.registry.has(model.entity)) {
    mistakes.add({
      code: 'E_UNKNOWN_ENTITY',
      subject,
      problem: dataSource
        ? `it is about ${model.entity.name}, which is not among the entities of the data source.`
        : `it is about ${model.entity.name}, but the application has no data source.`,
      places: [],
      remedy: dataSource ? 'Add it to `entities`.' : 'Give the application one: { dataSource }.',
    })
    return undefined
  }
  const description = dataSource.describe(model.entity)
  verifyOrdering(model, description, subject, mistakes)
  verifySameEntity(model, subject, mistakes)
  return { description, serializer: compileSerializer(model.serializer, description, mistakes) }
}

function verifyOrdering(
  { defaultOrdering }: ViewSetModel,
  { entity, properties }: EntityDescription,
  subject: string,
  mistakes: Mistakes,
): void {
  for (const { property } of orderingOf(defaultOrdering)) {
    if (properties.has(property)) continue
    mistakes.add({
      code: 'E_UNKNOWN_PROPERTY',
      subject,
      problem: `its default ordering names "${property}", which ${entity.name} does not have.`,
      places: [],
      remedy: `Order by one of: ${[...properties.keys()].join(', ')}.`,
    })
  }
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
