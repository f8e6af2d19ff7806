import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Action } from 'routing-controllers'
import type { Exchange } from '../exchange.js'
import type { Reply } from '../reply.js'
import type { StreamReply } from './native-reply.js'
import type { ParameterValues } from './read-parameters.js'

/** One run of an action by routing-controllers: what it is given, and what comes of it. */
export class NativeCall implements Action {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What `@Ctx()` gives an action: its call, as plinth's own actions have it. */
  readonly context: Exchange
  readonly values: ParameterValues
  /** What it answers; undefined where the action answers by itself. */
  reply: Reply | StreamReply | undefined
  failure: { readonly error: unknown } | undefined

  constructor(exchange: Exchange, values: ParameterValues) {
    this.request = exchange.request
    this.response = exchange.response
    this.context = exchange
    this.values = values
  }

  readonly next = (): void => {}
}
