import type { WriteWay } from './bulk/write-way.js'
import type { ComposedAction } from './compose-actions.js'
import type { PlannedAction } from './emission/planned-action.js'
import { methodsOf, nameOf } from './emission/verify-routes.js'
import type { ReadWay } from './reading/read-way.js'
import { joinPrefix, literalFirst } from './route.js'

/** One method and path of an application. */
export interface RouteDescription {
  /** In upper case; `GET` answers HEAD as well. */
  readonly method: string
  readonly path: string
  /** The viewset and the name of the method, as in `ArticleViewSet.publish`. */
  readonly action: string
  /** The name of its permission. */
  readonly permission: string
  /** Whether decorators of routing-controllers declare it. */
  readonly native: boolean
  /** How it reads the rows it answers: as text, or as entities and why; undefined where it answers no rows. */
  readonly reads?: ReadWay
  /** How it writes: several rows by one call, the row of its route by one statement, or by row and why. */
  readonly writes?: WriteWay
}

/** The routes of actions, in the order in which they are tried. */
export function routesOf(
  composed: ReadonlyMap<PlannedAction, ComposedAction>,
  prefix: string,
): readonly RouteDescription[] {
  const routes = [...composed]
    .flatMap(([planned, ways]) => methodsOf(planned).map((method) => ({ method, planned, ...ways })))
    .map(({ method, planned: { model, native }, reading, writing }) => ({
      method,
      path: joinPrefix(prefix, model.route),
      action: nameOf(model),
      permission: model.permission.name,
      native,
      ...(reading && { reads: reading.way }),
      ...(writing && { writes: writing }),
    }))
  return literalFirst(routes, ({ path }) => path)
}
