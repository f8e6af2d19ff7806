import type { HTTPMethod } from 'find-my-way'
import { whenAsked } from '../helpers/when-asked.js'
import type { Route } from './route.js'
import { type FoundRoute, RouteBranch } from './route-branch.js'

/**
 * The routes of an application. Paths are case-sensitive, and one slash at the end is ignored. Of the routes that fit
 * a path the one with literal segments is taken.
 */
export class RouteTable {
  readonly #methods: () => readonly HTTPMethod[]
  readonly #branch: RouteBranch

  constructor(routes: readonly Route[]) {
    this.#branch = new RouteBranch(routes)
    this.#methods = whenAsked(() => [...new Set(routes.map(({ method }) => method as HTTPMethod))].sort())
  }

  find(method: string, path: string): FoundRoute | undefined {
    return path.startsWith('/') ? this.#branch.find(method as HTTPMethod, path) : undefined
  }

  /** The methods of all routes that fit a path, in alphabetical order. */
  methodsOf(path: string): readonly string[] {
    return this.#methods().filter((method) => this.find(method, path) !== undefined)
  }

  /** Every method any route has. */
  get methods(): readonly string[] {
    return this.#methods()
  }
}
