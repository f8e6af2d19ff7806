import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DriverHost, HttpDriver, type Middleware, type Next } from './driver.js'
import { runMiddlewares } from './middleware.js'
import { addressOf, targetOf } from './request-target.js'
import type { Route } from './route.js'
import { RouteTable } from './route-table.js'

/**
 * Serves an application with node:http alone. Its handler is itself a connect middleware, so it also runs inside an
 * Express or connect application, where only paths that are not its own are passed on.
 */
export class NodeDriver extends HttpDriver {
  readonly #middlewares: Middleware[] = []
  #table: RouteTable | undefined

  override use(middleware: Middleware): void {
    this.#middlewares.push(middleware)
  }

  override handler(request: IncomingMessage, response: ServerResponse, next?: Next): void {
    if (this.#middlewares.length === 0) this.#serve(request, response, next)
    else {
      runMiddlewares(this.#middlewares, request, response, (error) =>
        error === undefined ? this.#serve(request, response, next) : this.host.refuse(error, request, response),
      )
    }
  }

  protected override mount(routes: readonly Route[], _host: DriverHost): void {
    this.#table = new RouteTable(routes)
  }

  #serve(request: IncomingMessage, response: ServerResponse, next?: Next): void {
    const { host } = this
    if (host.screen(request, response)) return
    const target = targetOf(addressOf(request))
    const found = this.#table?.find(request.method ?? 'GET', target.path)
    if (found) void found.handle(request, response, found.parameters, target)
    else host.missing(request, response, next)
  }
}
