import type { Mistakes } from '../../errors/definition-error.js'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'

/** Reads a JSON body; undefined where none was sent. @throws {ValidationError} with everything that is wrong with it. */
export type BodyReader = (body: unknown, exchange: Exchange) => Awaitable<unknown>

/** What is known of an action when the reader of its body is compiled. */
export interface ContractScene {
  readonly host: PipelineHost
  /** What its viewset says of its entity. */
  readonly model: CompiledModel
}

/** Compiles the reader of the body of an action, once an application; what is wrong is added to the mistakes. */
export type BodyContract = (action: ActionModel, scene: ContractScene, mistakes: Mistakes) => BodyReader
