import type { ActionModel } from './action-model.js'
import type { User } from './call.js'
import type { Exchange } from './exchange.js'
import type { Instances } from './instances.js'

/** What the pipeline of an action needs of its application. */
export interface PipelineHost {
  readonly instances: Instances
  /** Who makes the request; asked once per request. */
  authenticate?(exchange: Exchange): User | null | Promise<User | null>
}

/**
 * Answers one exchange: it sets `exchange.reply`, or throws what becomes a problem document.
 * Composed once per action at boot.
 */
export type Pipeline = (exchange: Exchange) => void | Promise<void>

/** Makes the pipeline of an action. */
export type ComposePipeline = (action: ActionModel, host: PipelineHost) => Pipeline
