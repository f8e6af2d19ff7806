import type { ActionModel } from '../action-model.js'
import type { Pipeline, PipelineHost } from '../host.js'
import { authenticate } from './authenticate.js'
import { permit } from './permit.js'
import { runSteps } from './run-steps.js'

/**
 * What runs in front of an action that routing-controllers executes itself: authenticate and permit. A rule that must
 * see a row refuses, because there is none.
 */
export function composeFront({ permission }: Pick<ActionModel, 'permission'>, host: PipelineHost): Pipeline {
  const runs = [authenticate(host), permit({ permission, on: 'collection' })].flatMap((run) => run ?? [])
  return (exchange) => runSteps(runs, exchange)
}
