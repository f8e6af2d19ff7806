import type { Mistakes } from '../../errors/definition-error.js'
import type { ActionModel } from '../action-model.js'
import { shapeOfPath } from '../route.js'
import type { PlannedAction, ViewSetPlan } from './planned-action.js'

const soundRoute = /^\/$|^(\/(:[A-Za-z_]\w*|[\w.~@$&'=,;-]+))+$/

/** Adds each route that not every driver can serve in the same way, and each that two actions claim. */
export function verifyRoutes(plans: readonly ViewSetPlan[], mistakes: Mistakes): void {
  const claimed = new Map<string, PlannedAction>()
  for (const action of plans.flatMap(({ actions }) => actions)) {
    verifyRoute(action.model, mistakes)
    for (const method of methodsOf(action)) {
      const claim = `${method} ${shapeOfPath(action.model.route)}`
      const twin = claimed.get(claim)
      if (twin) reportTwins(twin, action, mistakes)
      else claimed.set(claim, action)
    }
  }
}

/** The methods a planned action answers, in upper case. HEAD comes with GET unless an action answers it on purpose. */
export function methodsOf({ type }: Pick<PlannedAction, 'type'>): readonly string[] {
  return type === 'all' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] : [type.toUpperCase()]
}

/** Adds a prefix that not every driver can serve in the same way. */
export function verifyPrefix(prefix: string, mistakes: Mistakes): void {
  if (prefix === '' || soundRoute.test(prefix)) return
  mistakes.add({
    code: 'E_ROUTE',
    subject: 'The prefix',
    problem: `${JSON.stringify(prefix)} cannot stand before routes.`,
    places: [],
    remedy: 'Write text between slashes, with a slash in front, as in /api/v1.',
  })
}

function verifyRoute(model: ActionModel, mistakes: Mistakes): void {
  if (soundRoute.test(model.route)) return
  mistakes.add({
    code: 'E_ROUTE',
    subject: nameOf(model),
    problem: `the route ${JSON.stringify(model.route)} cannot be served by every driver.`,
    places: placesOf(model),
    remedy: 'Between slashes write either text or one `:parameter`; check its form in the action.',
  })
}

function reportTwins(first: PlannedAction, second: PlannedAction, mistakes: Mistakes): void {
  // Those of one viewset were reported when its actions were compiled.
  if (!first.native && !second.native && first.model.viewSet === second.model.viewSet) return
  const { model } = second
  mistakes.add({
    code: 'E_ROUTE_TAKEN',
    subject: nameOf(model),
    problem: `it answers ${methodsOf(second).join(', ')} ${model.route}, and so does ${nameOf(first.model)} with ${methodsOf(first).join(', ')} ${first.model.route}.`,
    places: [...placesOf(first.model), ...placesOf(model)],
    remedy: 'Give one of them another path or method.',
  })
}

/** A viewset and an action, as error messages name them. */
export function nameOf({ viewSet, name }: Pick<ActionModel, 'viewSet' | 'name'>): string {
  return `${viewSet.name}.${name}`
}

/** Decorators of routing-controllers do not tell where they stand. */
export function placesOf({ place }: Pick<ActionModel, 'place'>): readonly string[] {
  return place === '' ? [] : [place]
}
