import { actingAs } from '../../helpers/actor.js'
import { andThen } from '../../helpers/awaitable.js'
import type { PipelineHost } from '../host.js'
import type { Run } from '../step.js'

/** Finds out, once, who makes the request; all that it does is done by them. */
export function authenticate(host: PipelineHost): Run | undefined {
  if (!host.authenticate) return undefined
  return (exchange) =>
    andThen(host.authenticate!(exchange), (user) => {
      exchange.user = user
      actingAs.set(user)
    })
}
