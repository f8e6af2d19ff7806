import createRouter, { type HTTPMethod } from 'find-my-way'
import type { Route, RouteHandler, RouteParameters } from './route.js'

/** A route that took a path. */
export interface FoundRoute {
  readonly handle: RouteHandler
  readonly parameters: RouteParameters
}

/**
 * The routes of an application. Paths are case-sensitive, and one slash at the end is ignored. Of the routes that fit
 * a path the one with literal segments is taken.
 */
export class RouteTable {
  readonly #methods: readonly HTTPMethod[]
  readonly #router

  constructor(routes: readonly Route[]) {
    // The length of addresses is limited as a whole.
    this.#router = createRouter({ ignoreTrailingSlash: true, maxParamLength: Number.POSITIVE_INFINITY })
    for (const { method, path, handle } of routes) this.#router.on(method as HTTPMethod, path, () => {}, handle)
    this.#methods = [...new Set(routes.map(({ method }) => method as HTTPMethod))].sort()
  }

  find(method: string, path: string): FoundRoute | undefined {
    const found = this.#router.find(method as HTTPMethod, path)
    if (!found) return undefined
    const { store, params } = found
    // A parameter stands for a segment, so that `/articles//` is no article.
    for (const name in params) if (params[name] === '') return undefined
    return { handle: store as RouteHandler, parameters: params }
  }

  /** The methods of all routes that fit a path, in alphabetical order. */
  methodsOf(path: string): readonly string[] {
    return this.#methods.filter((method) => this.find(method, path) !== undefined)
  }

  /** Every method any route has. */
  get methods(): readonly string[] {
    return this.#methods
  }
}
