import type { IncomingMessage, ServerResponse } from 'node:http'
import { type TraceContext, traceFields } from '../helpers/trace-context.js'
import type { HeldPlace } from '../rate-limit/concurrency-limiter.js'
import type { ActionModel } from './action-model.js'
import type { User } from './call.js'
import type { Preconditions } from './conditional/preconditions.js'
import type { Exchange } from './exchange.js'
import type { Reply } from './reply.js'
import { requestIdOf } from './request-id.js'
import { addressOf, targetOf } from './request-target.js'
import type { RouteParameters } from './route.js'
import { traceOf } from './trace-of.js'
import type { UploadedFile } from './uploads/uploaded-file.js'

/** The exchange of one request for one action. */
export class RequestExchange implements Exchange {
  readonly action: ActionModel
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  readonly path: string
  readonly queryString: string
  readonly params: Readonly<Record<string, string>>
  id: string
  user: User | null = null
  query: unknown = undefined
  body: unknown = undefined
  files: unknown = undefined
  received?: readonly UploadedFile[]
  preconditions?: Preconditions
  idempotencyKey?: string
  bodyBytes?: Uint8Array
  places?: readonly HeldPlace[]
  row?: unknown
  parent?: Readonly<Record<string, unknown>>
  outcome?: unknown
  reply?: Reply

  constructor(
    action: ActionModel,
    request: IncomingMessage,
    response: ServerResponse,
    params: RouteParameters,
    target = targetOf(addressOf(request)),
  ) {
    this.action = action
    this.request = request
    this.response = response
    this.method = request.method ?? 'GET'
    this.path = target.path
    this.queryString = target.query
    // Every parameter of a route that matched has a value.
    this.params = params as Readonly<Record<string, string>>
    this.id = requestIdOf(request)
  }

  get trace(): TraceContext {
    return traceOf(this.request)
  }

  logFields(): Readonly<Record<string, unknown>> {
    return { requestId: this.id, ...traceFields(this.trace), ...(this.user && { userId: this.user.id }) }
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  with<B>({ body }: { readonly body: B }): this & { readonly body: B } {
    // The new object looks everything else up in this one, so what a later step fills in is seen through both.
    return Object.create(this, { body: { value: body, enumerable: true, writable: true } }) as this & {
      readonly body: B
    }
  }
}
