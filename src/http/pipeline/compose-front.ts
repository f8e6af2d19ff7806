import type { ActionModel } from '../action-model.js'
import type { Pipeline, PipelineHost } from '../host.js'
import { authenticate } from './authenticate.js'
import { identify } from './identify.js'
import { permit } from './permit.js'
import { runSteps } from './run-steps.js'

/**
 * What runs in front of an action that routing-controllers executes itself: identify, authenticate, permit. A rule that
 * must see a row refuses, because there is none.
 */
export function composeFront(action: ActionModel, host: PipelineHost): Pipeline {
  const runs = [identify, authenticate(host), permit].flatMap((step) => step.for({ ...action, on: 'collection' }) ?? [])
  return (exchange) => runSteps(runs, exchange)
}
