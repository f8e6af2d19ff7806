import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Action, ActionMetadata, ParamMetadata } from 'routing-controllers'
import { NotFoundError } from '../errors/exceptions.js'
import { MethodNotAllowedError } from '../errors/request-exceptions.js'
import { actionHandler, answeringByPipeline, answeringNatively, type HandlerParts } from './action-handler.js'
import type { ComposedAction } from './compose-actions.js'
import type { DriverHost, Next } from './driver.js'
import type { BuiltActions } from './emission/build-actions.js'
import type { PlannedAction } from './emission/planned-action.js'
import { methodsOf } from './emission/verify-routes.js'
import type { RequestLimits } from './limits.js'
import type { NativeCall } from './native/native-call.js'
import { nativeReply } from './native/native-reply.js'
import { Reply } from './reply.js'
import { requestIdOf } from './request-id.js'
import { addressOf, screenAddress, targetOf } from './request-target.js'
import { joinPrefix, type Route, type RouteHandler, shapeOfPath } from './route.js'
import { RouteTable } from './route-table.js'

/** What a host is made of. */
export interface HostParts extends HandlerParts {
  readonly actions: BuiltActions
  readonly composed: ReadonlyMap<PlannedAction, ComposedAction>
  readonly limits: RequestLimits
  readonly prefix: string
}

/** What an application does for its driver. */
export class HttpHost implements DriverHost {
  readonly #parts: HostParts
  readonly #routes: Route[] = []
  #table: RouteTable | undefined
  #heads: ReadonlySet<string> | undefined

  constructor(parts: HostParts) {
    this.#parts = parts
  }

  routesOf(metadata: ActionMetadata, execute: (action: Action) => unknown): readonly Route[] {
    const { actions, composed, prefix } = this.#parts
    const planned = actions.record(metadata)
    const composedAction = planned && composed.get(planned)
    if (!composedAction) return []
    const handle = this.#handler(planned, composedAction, metadata, execute)
    const path = joinPrefix(prefix, planned.model.route)
    const routes = this.#withHead(methodsOf(planned), path).map((method): Route => ({ method, path, handle }))
    this.#routes.push(...routes)
    return routes
  }

  parameter(action: Action, parameter: ParamMetadata): unknown {
    return (action as NativeCall).values.get(parameter)
  }

  succeed(result: unknown, metadata: ActionMetadata, action: Action): void {
    if (result !== action.response) (action as NativeCall).reply = nativeReply(result, metadata)
  }

  fail(error: unknown, action: Action): void {
    ;(action as NativeCall).failure = { error }
  }

  missing(request: IncomingMessage, response: ServerResponse, next?: Next): void {
    const { method = 'GET' } = request
    const { path } = targetOf(addressOf(request))
    const methods = this.methodsOf(path)
    if (methods.length > 0 && method === 'OPTIONS') {
      this.#parts.answers.send(request, response, Reply.empty(204, allow(methods)), requestIdOf(request))
      this.#parts.life.count(response)
    } else if (methods.length === 0 || methods.includes(method)) {
      // Express finds no route whose literal segments are sent encoded.
      if (next) next()
      else this.refuse(new NotFoundError('There is nothing at this address.'), request, response)
    } else {
      const error = new MethodNotAllowedError('This address does not take this method.', { headers: allow(methods) })
      this.refuse(error, request, response)
    }
  }

  refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    this.#parts.answers.refuse(error, request, response)
    this.#parts.life.count(response)
  }

  screen(request: IncomingMessage, response: ServerResponse): boolean {
    try {
      screenAddress(addressOf(request), this.#parts.limits.target)
      return false
    } catch (error) {
      this.refuse(error, request, response)
      return true
    }
  }

  /** The methods that a path has, with OPTIONS; none where no route takes it. */
  methodsOf(path: string): readonly string[] {
    this.#table ??= new RouteTable(this.#routes)
    const methods = path === '*' ? this.#table.methods : this.#table.methodsOf(path)
    return methods.length === 0 ? methods : [...methods, 'OPTIONS'].toSorted()
  }

  #handler(
    planned: PlannedAction,
    { pipeline, middlewares }: ComposedAction,
    metadata: ActionMetadata,
    execute: (action: Action) => unknown,
  ): RouteHandler {
    const { limits } = this.#parts
    return planned.native
      ? actionHandler(planned, middlewares, answeringNatively(metadata, pipeline, execute, limits), this.#parts)
      : actionHandler(planned, middlewares, answeringByPipeline(planned, pipeline), this.#parts)
  }

  #withHead(methods: readonly string[], path: string): readonly string[] {
    if (!methods.includes('GET')) return methods
    this.#heads ??= this.#shapesOfHeads()
    return this.#heads.has(shapeOfPath(path)) ? methods : [...methods, 'HEAD']
  }

  /** The shapes of paths that an action answers HEAD for on purpose. */
  #shapesOfHeads(): ReadonlySet<string> {
    const { composed, prefix } = this.#parts
    const heads = [...composed.keys()].filter(({ type }) => type === 'head')
    return new Set(heads.map(({ model }) => shapeOfPath(joinPrefix(prefix, model.route))))
  }
}

function allow(methods: readonly string[]): { readonly allow: string } {
  return { allow: methods.join(', ') }
}
