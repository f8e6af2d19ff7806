import type { Mistakes } from '../errors/definition-error.js'
import type { ActionModel } from './action-model.js'
import type { WriteWay } from './bulk/write-way.js'
import { type ActionMiddlewares, middlewaresOf } from './class-middleware.js'
import type { PlannedAction, ViewSetPlan } from './emission/planned-action.js'
import { verifySerializedActions } from './emission/verify-serialized-actions.js'
import type { Pipeline, PipelineHost } from './host.js'
import { interceptorStep } from './interceptor-step.js'
import { composeFront } from './pipeline/compose-front.js'
import { composePipeline } from './pipeline/compose-pipeline.js'
import type { ActionReading } from './reading/action-reading.js'
import { enter } from './running.js'

/** What runs for one action. */
export interface ComposedAction {
  /** The action as it runs: with what decorators of routing-controllers say of it. */
  readonly model: ActionModel
  /** The whole pipeline, or what runs in front of an action that routing-controllers executes. */
  readonly pipeline: Pipeline
  readonly middlewares: ActionMiddlewares
  /** How it reads rows, where it answers some. */
  readonly reading?: ActionReading | undefined
  /** How it writes several rows, or the row of its route, where it does. */
  readonly writing?: WriteWay | undefined
}

/** Composes what runs for every action of an application; what is wrong is added to `mistakes`. */
export function composeActions(
  plans: readonly ViewSetPlan[],
  host: PipelineHost,
  mistakes: Mistakes,
): ReadonlyMap<PlannedAction, ComposedAction> {
  verifySerializedActions(plans, mistakes)
  const composed = new Map<PlannedAction, ComposedAction>()
  for (const plan of plans) {
    for (const planned of plan.actions) {
      const model = planned.native ? planned.model : intercepted(planned, plan, host)
      const run = planned.native
        ? { pipeline: runningFront(planned, host, mistakes) }
        : composePipeline(model, host, mistakes)
      const middlewares = middlewaresOf([...plan.uses, ...planned.uses], host.instances)
      composed.set(planned, { model, ...run, middlewares })
    }
  }
  return composed
}

/** The model of an action with the status and interceptors that decorators of routing-controllers give it. */
function intercepted({ model, handlers, interceptors }: PlannedAction, plan: ViewSetPlan, host: PipelineHost) {
  const code = handlers.find(({ type }) => type === 'success-code')?.value as number | undefined
  const all = [...plan.interceptors, ...interceptors]
  if (code === undefined && all.length === 0) return model
  return Object.freeze({
    ...model,
    ...(code !== undefined && { status: code }),
    ...(all.length > 0 && { steps: [...model.steps, interceptorStep(all, host.instances)] }),
  })
}

/** What an action that routing-controllers executes sees as its surroundings, it sees from the first check on. */
function runningFront({ model }: PlannedAction, host: PipelineHost, mistakes: Mistakes): Pipeline {
  const front = composeFront(model, host, mistakes)
  return (exchange) => {
    enter(exchange, host)
    return front(exchange)
  }
}
