import type { Awaitable } from '../../helpers/awaitable.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import type { StepRuns } from '../pipeline/place-steps.js'

/** Writes by one statement; false where a unit of work is needed, or nothing was written. */
export type LoneWrite = (exchange: Exchange) => Awaitable<boolean>

/** How an action writes without a unit of work; undefined where it never does. */
export type LoneWriting = (action: ActionModel, runs: StepRuns, host: PipelineHost) => LoneWrite | undefined
