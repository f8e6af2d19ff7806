import type { Mistakes } from '../../errors/definition-error.js'
import type { ActionModel } from '../action-model.js'
import type { Pipeline, PipelineHost } from '../host.js'
import { limitRequests } from '../limiting/limit-requests.js'
import { verifyLimits } from '../limiting/verify-limits.js'
import { authenticate } from './authenticate.js'
import { permit } from './permit.js'
import { runSteps } from './run-steps.js'

/**
 * What runs in front of an action that routing-controllers executes itself: authenticate and permit. A rule that must
 * see a row refuses, because there is none.
 */
export function composeFront(action: ActionModel, host: PipelineHost, mistakes: Mistakes): Pipeline {
  const { permission } = action
  verifyLimits(action, host, mistakes)
  const { early, late } = limitRequests(action, host)
  const runs = [early, authenticate(host), late, permit({ permission, on: 'collection' })].flatMap((run) => run ?? [])
  return (exchange) => runSteps(runs, exchange)
}
