import { NotFoundError } from '../../errors/exceptions.js'
import type { ActionModel } from '../action-model.js'
import type { PipelineHost } from '../host.js'
import type { ViewSetClass } from '../mixins/viewset-class.js'
import type { Run } from '../step.js'

/** Loads the row of the route under the caller's scope. */
export function load({ viewSet, model }: ActionModel, { instances }: PipelineHost): Run | undefined {
  if (!model) return undefined
  return async (exchange) => {
    const target = instances.get(viewSet, exchange.request) as InstanceType<ViewSetClass>
    const row = await target
      .select(exchange)
      .byId(exchange.params['id'] ?? '')
      .first()
    if (!row) throw new NotFoundError('There is no such row.')
    exchange.row = row
  }
}
