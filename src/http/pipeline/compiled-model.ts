import type { Mistakes } from '../../errors/definition-error.js'
import type { EntityDescription } from '../../model/entity-description.js'
import { describeEntity } from '../../orm/describe-entity.js'
import { type CompiledSerializer, compileSerializer } from '../../serializer/compile-serializer.js'
import type { ActionModel } from '../action-model.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { verifyPagination } from '../pagination.js'
import type { ViewSetModel } from '../viewset-model.js'

/** What the actions of a viewset share in one application. */
export interface CompiledModel {
  readonly serializer: CompiledSerializer
  readonly description: EntityDescription
}

const compiled = new WeakMap<PipelineHost, Map<ViewSetModel, CompiledModel>>()

/** Compiles what a viewset says of its entity, once an application, so that each mistake is told once. */
export function compileModelOf(
  { model, viewSet }: ActionModel,
  host: PipelineHost,
  mistakes: Mistakes,
): CompiledModel | undefined {
  if (!model) return undefined
  const models = compiled.get(host) ?? new Map<ViewSetModel, CompiledModel>()
  compiled.set(host, models)
  const known = models.get(model)
  if (known) return known
  verifyPagination(model.pagination, viewSet.name, mistakes)
  const description = describeEntity(dataSourceOf(host), model.entity)
  const made = { description, serializer: compileSerializer(model.serializer, description, mistakes) }
  models.set(model, made)
  return made
}
