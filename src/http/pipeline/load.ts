import { NotFoundError } from '../../errors/exceptions.js'
import { idReader } from '../../serializer/id-reader.js'
import type { ActionModel } from '../action-model.js'
import type { PipelineHost } from '../host.js'
import type { GenericViewSetBase } from '../mixins/viewset-class.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'

/** Loads the row of the route under the caller's scope. */
export function load({ viewSet }: ActionModel, host: PipelineHost, model: CompiledModel | undefined): Run | undefined {
  if (!model) return undefined
  const readId = idReader(model.description)
  return async (exchange) => {
    const key = readId(exchange.params['id'] ?? '')
    const target = host.instances.get(viewSet, exchange.request) as unknown as GenericViewSetBase<object>
    const row = key && (await target.select(exchange).where(key).first())
    if (!row) throw new NotFoundError('There is no such row.')
    exchange.row = row
  }
}
