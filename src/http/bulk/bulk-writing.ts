import { manyRowsMethod } from '../../service/many-rows.js'
import { ownPart } from '../../service/own-part.js'
import type { ActionModel } from '../action-model.js'
import type { PipelineHost } from '../host.js'
import { isPlainHook } from '../mixins/plain-hooks.js'
import type { ViewSetClass } from '../mixins/viewset-class.js'
import type { StepRuns } from '../pipeline/place-steps.js'
import type { LoneWrite } from '../writing/lone-write.js'
import { isServedPlainly } from '../writing/plain-service.js'
import { RowDecider } from '../writing/row-decider.js'
import type { BulkKind } from './bulk-plan.js'
import type { BulkRequest } from './bulk-request.js'

/** Writes the rows of a bulk action by one statement, without a unit of work; undefined where that is never possible. */
export function bulkWriting(
  action: ActionModel,
  kind: BulkKind,
  runs: StepRuns,
  host: PipelineHost,
): LoneWrite | undefined {
  const methods = methodsOf(action, kind)
  if (!isPlainly(action, methods, runs)) return undefined
  const decider = new RowDecider()
  return async (exchange) => {
    const { preconditions, idempotencyKey } = exchange
    if (preconditions !== undefined || idempotencyKey !== undefined || decider.takesTime(exchange)) return false
    if (!methods.every((method) => isServedPlainly(action, method, exchange, host))) return false
    const body = exchange.body as BulkRequest
    const viewSet = host.instances.get(action.viewSet, exchange.request) as InstanceType<ViewSetClass>
    const reply = await body.byStatement(viewSet, exchange, decider)
    if (!reply) return false
    exchange.outcome = reply
    return true
  }
}

/** The methods of a service that write the rows of an action. */
function methodsOf({ verb = '' }: ActionModel, kind: BulkKind): readonly string[] {
  return kind === 'verb' ? [verb] : [kind, manyRowsMethod(kind)]
}

/** Whether the action does what its mixin says, and the service of its viewset what every service does. */
function isPlainly({ viewSet, name, model }: ActionModel, methods: readonly string[], runs: StepRuns): boolean {
  const members = viewSet.prototype as Readonly<Record<string, unknown>>
  const isPlain = [name, 'performBulkAction'].every((member) => isPlainHook(members[member] as object))
  const service = model?.service?.prototype as object | undefined
  if (!isPlain || (service && methods.some((method) => ownPart(service, method) !== undefined))) return false
  return (['act', 'verify'] as const).every((place) => runs.after(place).length + runs.before(place).length === 0)
}
