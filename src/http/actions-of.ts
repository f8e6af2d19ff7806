import type { Mistakes } from '../errors/definition-error.js'
import { ancestry } from '../metadata/fact-kind.js'
import { concurrencyFacts, concurrencyIn } from '../rate-limit/concurrency-fact.js'
import { rateLimitFacts, rateLimitsIn } from '../rate-limit/rate-limit-fact.js'
import { type ActionFact, actionFacts } from './action-fact.js'
import type { ActionModel, Constructor } from './action-model.js'
import { cacheFactIn, cacheFacts } from './caching/cache-fact.js'
import { verifyCacheFacts } from './caching/verify-cached.js'
import { logFactIn, logFacts } from './logging/log-fact.js'
import { wrongStatuses } from './problem/error-status.js'
import { type ResourceFact, resourceFacts } from './resource-fact.js'
import { literalFirst } from './route.js'
import type { PlacedStep } from './step.js'
import type { ViewSetStatics } from './viewset.js'

/**
 * The actions of a concrete viewset, in the order in which their routes must be tried. The class nearest to the
 * viewset that declares an action decides its route, input and rule as a whole; the prototype decides its code.
 * What is wrong is added to `mistakes`.
 */
export function actionsOf(viewSet: Constructor, mistakes: Mistakes): readonly ActionModel[] {
  const resource = resourceOf(viewSet, mistakes)
  if (!resource) return []
  const complete = completing(viewSet, resource)
  const actions = nearestFacts(viewSet)
    .filter((fact) => isSound(viewSet, fact, mistakes))
    .map(complete)
  reportTwins(viewSet, actions, mistakes)
  const cached = cacheFacts.chain(viewSet).flatMap(({ facts }) => facts)
  verifyCacheFacts(
    viewSet,
    cached,
    actions.map(({ name }) => name),
    mistakes,
  )
  return Object.freeze(literalFirst(actions, ({ route }) => route))
}

/** Makes actions of what was said of them, with what is said of their viewset. */
function completing(viewSet: Constructor, resource: ResourceFact): (fact: ActionFact) => ActionModel {
  const statics = viewSet as Constructor & Partial<ViewSetStatics>
  const shared = {
    viewSet,
    steps: stepsOf(viewSet),
    ...(statics.model && { model: statics.model, entity: statics.model.entity }),
  }
  const [cached, logged, limited] = [cacheFacts.chain(viewSet), logFacts.chain(viewSet), rateLimitFacts.chain(viewSet)]
  const crowded = concurrencyFacts.chain(viewSet)
  return ({ path, under = '', ...fact }) => {
    const writes = fact.method !== 'get'
    const cache = cacheFactIn(cached, fact.name, !writes)
    const log = logFactIn(logged, fact.name)
    const rateLimits = rateLimitsIn(limited, fact.name)
    const concurrencyLimits = concurrencyIn(crowded, fact.name)
    return Object.freeze({
      ...fact,
      ...shared,
      route: routeOf(resource.path, [under, fact.on === 'row' ? ':id' : '', path]),
      writes,
      ...(cache && { cache }),
      ...(log && { log }),
      ...(rateLimits.length > 0 && { rateLimits }),
      ...(concurrencyLimits.length > 0 && { concurrencyLimits }),
    })
  }
}

function resourceOf(viewSet: Constructor, mistakes: Mistakes): ResourceFact | undefined {
  const [resource, ...others] = resourceFacts.own(viewSet)
  if (!resource || others.length > 0) {
    mistakes.add({
      code: 'E_RESOURCE',
      subject: viewSet.name,
      problem: resource ? 'it has several paths.' : 'it has no path.',
      places: resource
        ? [resource, ...others].map(({ place }) => `@Resource at ${place}`)
        : nearestFacts(viewSet)
            .slice(0, 1)
            .map(({ place }) => place),
      remedy: "Write one @Resource('/…') above the class itself; paths are not inherited.",
    })
  }
  return resource && withSlash(viewSet, resource, mistakes)
}

function withSlash({ name }: Constructor, resource: ResourceFact, mistakes: Mistakes): ResourceFact {
  if (resource.path.startsWith('/')) return resource
  const path = `/${resource.path}`
  mistakes.add({
    code: 'E_RESOURCE',
    subject: name,
    problem: `its path "${resource.path}" has no slash in front.`,
    places: [`@Resource at ${resource.place}`],
    remedy: `Write @Resource('${path}').`,
  })
  return { ...resource, path }
}

function nearestFacts(viewSet: Constructor): readonly ActionFact[] {
  const nearest = new Map<string, ActionFact>()
  for (const { facts } of actionFacts.chain(viewSet)) {
    for (const fact of facts) nearest.set(fact.name, fact)
  }
  return [...nearest.values()]
}

/** The steps of a class and its ancestors, base class first; a step that is listed again counts once. */
export function stepsOf(viewSet: Constructor): readonly PlacedStep[] {
  const own = ancestry(viewSet).flatMap((target) =>
    Object.hasOwn(target, 'steps') ? ((target as unknown as ViewSetStatics).steps ?? []) : [],
  )
  return [...new Set(own)]
}

function isSound(viewSet: Constructor, fact: ActionFact, mistakes: Mistakes): boolean {
  const problem = problemOf(viewSet, fact)
  const told = { subject: `${viewSet.name}.${fact.name}`, places: [fact.place] }
  for (const mistake of wrongStatuses(fact.problems, told)) mistakes.add(mistake)
  if (problem) mistakes.add({ ...told, ...problem })
  return problem === undefined
}

function problemOf(viewSet: Constructor, { name, permission, on, severalRows }: ActionFact) {
  const prototype = viewSet.prototype as Readonly<Record<string, unknown>>
  if (typeof prototype[name] !== 'function') {
    return {
      code: 'E_ACTION',
      problem: 'it is declared as an action but is no method.',
      remedy: 'Write the method.',
    } as const
  }
  if (typeof (permission as Partial<typeof permission> | undefined)?.allows !== 'function') {
    return {
      code: 'E_NO_PERMISSION',
      problem: 'it has no permission.',
      remedy: 'Say who may call it: `anyone`, `signedIn`, `role(…)` or a rule of your own.',
    } as const
  }
  if (on === 'collection' && !severalRows && permission.needsRow) {
    return {
      code: 'E_PERMISSION_ROW',
      problem: `its permission ${permission.name} decides by row, but it acts on the collection, where there is none.`,
      remedy:
        'Give it a rule of its own that can decide without a row, beside the one for rows; either(…) combines two.',
    } as const
  }
  return undefined
}

function routeOf(resource: string, parts: readonly string[]): string {
  const written = [resource, ...parts].filter((part) => part !== '').join('/')
  return `/${written.replace(/^\/+|\/+$/g, '').replace(/\/{2,}/g, '/')}`
}

function reportTwins(viewSet: Constructor, actions: readonly ActionModel[], mistakes: Mistakes): void {
  const claimed = new Map<string, ActionModel>()
  for (const action of actions) {
    const claim = `${action.method.toUpperCase()} ${action.route.replace(/:[^/]+/g, ':')}`
    const twin = claimed.get(claim)
    if (!twin) claimed.set(claim, action)
    else {
      mistakes.add({
        code: 'E_ROUTE_TAKEN',
        subject: viewSet.name,
        problem: `${twin.name} and ${action.name} both answer ${action.method.toUpperCase()} ${action.route}.`,
        places: [twin.place, action.place],
        remedy: 'Give one of them another path or method.',
      })
    }
  }
}
