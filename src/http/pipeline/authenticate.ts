import { andThen } from '../../helpers/awaitable.js'
import type { PipelineHost } from '../host.js'
import type { Step } from '../step.js'

/** Finds out, once, who makes the request. */
export function authenticate(host: PipelineHost): Step {
  return {
    name: 'authenticate',
    for: () => (exchange) => {
      if (!host.authenticate) return
      return andThen(host.authenticate(exchange), (user) => {
        exchange.user = user
      })
    },
  }
}
