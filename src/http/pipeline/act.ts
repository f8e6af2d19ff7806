import { adopted } from '../../helpers/awaitable.js'
import type { ActionModel } from '../action-model.js'
import type { PipelineHost } from '../host.js'
import type { Run } from '../step.js'

/** Calls the method. */
export function act({ viewSet, name }: ActionModel, host: PipelineHost): Run {
  return (exchange) => {
    const target = host.instances.get(viewSet, exchange.request) as Record<string, (call: unknown) => unknown>
    const outcome = adopted(target[name]!(exchange))
    if (outcome instanceof Promise) {
      return outcome.then((found: unknown) => {
        exchange.outcome = found
      })
    }
    exchange.outcome = outcome
    return undefined
  }
}
