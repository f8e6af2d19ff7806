import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { type DriverHost, HttpDriver, type Middleware, type Next } from './driver.js'
import type { Route, RouteParameters } from './route.js'

/** An Express 5 application, as `express()` makes one. */
export interface ExpressApplication {
  // Express' own types are narrower in the request and wider in the rest; this is what both have in common.
  (request: never, response: never, next?: never): unknown
  use(...handlers: never[]): unknown
}

type ExpressHandler = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown
type ExpressErrorHandler = (error: unknown, ...rest: Parameters<ExpressHandler>) => unknown

type ExpressRegister = (path: string, handler: ExpressHandler) => unknown

interface ExpressRouter extends ExpressHandler {
  use(handler: ExpressHandler): unknown
}

interface ExpressModule {
  (): ExpressApplication & { disable(setting: string): unknown }
  Router(options: { readonly caseSensitive: boolean; readonly strict: boolean }): ExpressRouter
}

/**
 * Serves an application with Express 5: its routes are routes of Express, and the middlewares of an application that
 * is passed in stay as they are. Routes of your own go before plinth's; nothing behind them is reached.
 */
export class Express5Driver extends HttpDriver {
  readonly #express: ExpressModule
  readonly #application: (...passed: unknown[]) => unknown
  readonly #mounted = new WeakSet<IncomingMessage>()

  /** @throws {Error} when Express 5 is not installed. */
  constructor(application?: ExpressApplication) {
    super()
    this.#express = loadExpress()
    const own = application ?? this.#ownApplication()
    this.#application = own as unknown as (...passed: unknown[]) => unknown
    this.app = own
  }

  override use(middleware: Middleware): void {
    this.#add(middleware)
  }

  override handler(request: IncomingMessage, response: ServerResponse, next?: Next): void {
    if (next) this.#mounted.add(request)
    this.#application(request, response, next)
  }

  protected override mount(routes: readonly Route[], host: DriverHost): void {
    const router = this.#express.Router({ caseSensitive: true, strict: false })
    router.use((request, response, next) => {
      if (!host.screen(request, response)) next()
    })
    // A route of Express for GET answers HEAD as well, also where another route does so on purpose.
    const heads = routes.filter(({ method }) => method === 'HEAD')
    for (const route of [...heads, ...routes.filter(({ method }) => method !== 'HEAD')]) addRoute(router, route)
    // Inside the router, because otherwise it would answer OPTIONS by itself.
    router.use((request, response, next) => {
      host.missing(request, response, this.#mounted.has(request) ? next : undefined)
    })
    const refuse: ExpressErrorHandler = (error, request, response, _next) => host.refuse(error, request, response)
    this.#add(router)
    this.#add(refuse)
  }

  #add(handler: Middleware | ExpressErrorHandler): void {
    const application = this.app as { use(handler: Middleware | ExpressErrorHandler): unknown }
    application.use(handler)
  }

  #ownApplication(): ExpressApplication {
    const application = this.#express()
    application.disable('x-powered-by')
    return application
  }
}

function addRoute(router: ExpressRouter, { method, path, handle }: Route): void {
  const registers = router as unknown as Readonly<Record<string, ExpressRegister>>
  registers[method.toLowerCase()]?.call(router, path, (request, response) =>
    handle(request, response, (request as IncomingMessage & { params: RouteParameters }).params),
  )
}

function loadExpress(): ExpressModule {
  try {
    return createRequire(import.meta.url)('express') as ExpressModule
  } catch (cause) {
    throw new Error('Express5Driver needs Express 5. Install it: npm install express', { cause })
  }
}
