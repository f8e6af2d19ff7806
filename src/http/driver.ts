import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Action, type ActionMetadata, BaseDriver, type ParamMetadata } from 'routing-controllers'
import { Reply } from './reply.js'
import { literalFirst, type Route } from './route.js'

/** Passes a request on, or ends it with an error. */
export type Next = (error?: unknown) => void

/** A connect-style middleware, as helmet, cors and compression are. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown

/** A middleware for errors, as the four arguments of Express have it. */
export type ErrorMiddleware = (error: unknown, ...rest: Parameters<Middleware>) => unknown

/** What a driver is told by the application it serves. */
export interface DriverHost {
  /** The routes of an action that routing-controllers built; `execute` runs it where routing-controllers has to. */
  routesOf(action: ActionMetadata, execute: (action: Action) => unknown): readonly Route[]
  /** The value of a parameter of an action that routing-controllers executes. */
  parameter(action: Action, parameter: ParamMetadata): unknown
  /** Takes what an action that routing-controllers executes returned. */
  succeed(result: unknown, metadata: ActionMetadata, action: Action): void
  /** Takes what an action that routing-controllers executes threw. */
  fail(error: unknown, action: Action): void
  /**
   * Answers a request that no route takes: 204 for OPTIONS and 405 otherwise where the path has other methods, 404
   * where it has none. With `next`, a path without any method is passed on instead.
   */
  missing(request: IncomingMessage, response: ServerResponse, next?: Next): void
  /** Answers with a problem document. */
  refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void
  /** Answers what no route may see, such as a malformed address; whether it did. */
  screen(request: IncomingMessage, response: ServerResponse): boolean
}

/**
 * Brings requests to the routes of one application. A driver of routing-controllers, of which only three things are
 * left to do: run middlewares, find a route, and hand over everything else to the host.
 */
export abstract class HttpDriver extends BaseDriver {
  readonly #routes: Route[] = []
  #host: DriverHost | undefined

  /** Serves one request; a connect middleware where `next` is given. */
  abstract handler(request: IncomingMessage, response: ServerResponse, next?: Next): void

  /** Adds a middleware that runs before every route. */
  abstract use(middleware: Middleware): void

  /** Takes the routes of the application, those with literal segments before those with parameters. */
  protected abstract mount(routes: readonly Route[], host: DriverHost): void

  /** @throws {Error} when the driver serves an application already. */
  attach(host: DriverHost): void {
    if (this.#host) throw new Error('This driver serves another application already; give each application its own.')
    this.#host = host
  }

  protected get host(): DriverHost {
    if (!this.#host) throw new Error('This driver serves no application yet; give it to createApp first.')
    return this.#host
  }

  override initialize(): void {}

  // Called for global middlewares only, of which an application has none: they belong to the whole process.
  override registerMiddleware(): void {}

  override registerAction(action: ActionMetadata, execute: (action: Action) => unknown): void {
    this.#routes.push(...this.host.routesOf(action, execute))
  }

  // Called for each portion of viewsets.
  override registerRoutes(): void {}

  /** Takes the routes into service, once all actions are registered. */
  mountRoutes(): void {
    this.mount(
      literalFirst(this.#routes, ({ path }) => path),
      this.host,
    )
  }

  override getParamFromRequest(action: Action, parameter: ParamMetadata): unknown {
    return this.host.parameter(action, parameter)
  }

  override handleSuccess(result: unknown, metadata: ActionMetadata, action: Action): void {
    // What the action wrote or finished itself is no value to be converted.
    const finished = result instanceof Reply || result === action.response
    this.host.succeed(finished ? result : (this.transformResult(result, metadata, action) as unknown), metadata, action)
  }

  override handleError(error: unknown, _metadata: ActionMetadata, action: Action): void {
    this.host.fail(error, action)
  }
}
