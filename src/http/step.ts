import type { ActionModel } from './action-model.js'
import type { Describe } from './description/action-description.js'
import type { Exchange } from './exchange.js'

/** The places of the pipeline, in order. `atomic` encloses everything from `load` to `verify`. */
const stepNames = [
  'identify',
  'authenticate',
  'permit',
  'negotiate',
  'precondition',
  'input',
  'atomic',
  'load',
  'permitRow',
  'act',
  'verify',
  'encode',
] as const

/** The name of a place. */
export type StepName = (typeof stepNames)[number]

/** Looks, sets `exchange.reply` to answer early, or throws. */
export type Run = (exchange: Exchange) => void | Promise<void>

/** One step of the pipeline. It is asked once per action, at boot, what it does there. */
export interface Step {
  readonly name: string
  for(action: ActionModel): Run | undefined
  /** What documents say of the actions for which it does something: parameters, headers, answers and problems. */
  readonly describe?: Describe
}

/** A step and where it stands. */
export type PlacedStep = { readonly step: Step } & ({ readonly before: StepName } | { readonly after: StepName })
