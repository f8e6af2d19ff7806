import type { Mistakes } from '../../errors/definition-error.js'
import { concurrencyFacts, concurrencyIn } from '../../rate-limit/concurrency-fact.js'
import { rateLimitsOf } from '../../rate-limit/rate-limit-fact.js'
import { verifyConcurrencyLimits, verifyRateLimits } from '../../rate-limit/verify-rate-limits.js'
import { actionFacts } from '../action-fact.js'
import type { ActionModel, Constructor, Method } from '../action-model.js'
import { actionsOf } from '../actions-of.js'
import { allowFacts } from '../allow-fact.js'
import { logFactIn, logFacts, verifyLogFacts } from '../logging/log-fact.js'
import { allOf, authorizations } from '../native/authorized.js'
import type { Permission } from '../permission.js'
import { resourceFacts } from '../resource-fact.js'
import { type ActionEntry, aboutMember, type NativeLevel, nativeLevels } from './native-facts.js'
import type { PlannedAction, ViewSetPlan } from './planned-action.js'
import { aroundClass, aroundMember, parametersOf } from './surroundings.js'
import { verifyAllowed } from './verify-allowed.js'
import { verifyDecorators } from './verify-decorators.js'
import { nameOf } from './verify-routes.js'

/**
 * Everything a concrete viewset exposes: actions of plinth, and methods that decorators of routing-controllers expose on
 * it or an ancestor. Of several declarations of one method the nearest counts, as a whole. What is wrong is added to
 * `mistakes`.
 */
export function planViewSet(viewSet: Constructor, mistakes: Mistakes): ViewSetPlan {
  const levels = nativeLevels(viewSet)
  const controller = levels.at(-1)?.controllers[0]
  const plain = controller && actionFacts.chain(viewSet).length === 0 && resourceFacts.own(viewSet).length === 0
  const models = plain ? [] : actionsOf(viewSet, mistakes)
  const base = resourceFacts.own(viewSet)[0]?.path ?? controller?.route ?? ''
  const actions = [
    ...models.flatMap((model) => planned(model, levels, mistakes) ?? []),
    ...nativeNames(levels).flatMap((name) => plannedNatives({ viewSet, name, base }, levels, mistakes)),
  ]
  for (const action of actions) verifyDecorators(action, mistakes)
  verifyAllowed(viewSet, levels, mistakes)
  const names = [...new Set(actions.map(({ model }) => model.name))]
  verifyRateLimits(viewSet, names, mistakes)
  verifyConcurrencyLimits(viewSet, names, mistakes)
  verifyLogFacts(viewSet, names, mistakes)
  return {
    viewSet,
    type: controller?.type ?? 'json',
    options: controller?.options ?? {},
    actions,
    ...aroundClass(levels),
  }
}

function nativeNames(levels: readonly NativeLevel[]): readonly string[] {
  return [...new Set(levels.flatMap(({ actions }) => actions.map(({ method }) => method)))]
}

const declaredNatively = (name: string) => (level: NativeLevel) => aboutMember(level.actions, name).length > 0

const declaredAsAction = (name: string) => (level: NativeLevel) =>
  actionFacts.own(level.target).some((fact) => fact.name === name)

function planned(model: ActionModel, levels: readonly NativeLevel[], mistakes: Mistakes): PlannedAction | undefined {
  const { name, method, permission } = model
  const from = levels.findLastIndex(declaredAsAction(name))
  const native = levels.findLastIndex(declaredNatively(name))
  if (native === from && from >= 0) reportBoth(model, mistakes)
  if (native > from) return undefined
  const declared = levels.slice(Math.max(from, 0))
  if (declared.some(({ target }) => allowFacts.own(target).some((fact) => fact.name === name)))
    reportAllow(model, mistakes)
  return {
    native: false,
    model: withSurroundings(model, [permission, ...authorizations(levels, declared, name)]),
    type: method,
    options: {},
    appendParams: undefined,
    parameters: parametersOf(declared, name),
    ...aroundMember(declared, name),
  }
}

function withSurroundings(model: ActionModel, permissions: readonly Permission[]): ActionModel {
  return permissions.length === 1
    ? model
    : Object.freeze({ ...model, permission: allOf(permissions) ?? model.permission })
}

interface Native {
  readonly viewSet: Constructor
  readonly name: string
  readonly base: string
}

function plannedNatives(native: Native, levels: readonly NativeLevel[], mistakes: Mistakes): readonly PlannedAction[] {
  const { name } = native
  const from = levels.findLastIndex(declaredNatively(name))
  if (levels.findLastIndex(declaredAsAction(name)) >= from) return []
  const declared = levels.slice(from)
  const permission = permissionOf(native, levels, declared, mistakes)
  if (!permission) return []
  const parameters = parametersOf(declared, name)
  const around = aroundMember(declared, name)
  return aboutMember(declared[0]?.actions ?? [], name).map((entry) => ({
    native: true,
    model: nativeModel(native, entry, permission),
    type: entry.type,
    options: entry.options,
    appendParams: entry.appendParams,
    parameters,
    ...around,
  }))
}

function nativeModel(
  { viewSet, name, base }: Native,
  { type, route }: ActionEntry,
  permission: Permission,
): ActionModel {
  const log = logFactIn(logFacts.chain(viewSet), name)
  return Object.freeze({
    name,
    viewSet,
    permission,
    // Only the five methods of plinth's actions have a name there; the rest of the native ones write nothing.
    method: type as Method,
    on: 'collection',
    route: route instanceof RegExp ? String(route) : joined(base, route ?? ''),
    writes: type !== 'get' && type !== 'head',
    steps: [],
    rateLimits: rateLimitsOf(viewSet, name),
    concurrencyLimits: concurrencyIn(concurrencyFacts.chain(viewSet), name),
    ...(log && { log }),
    place: '',
  })
}

function joined(base: string, route: string): string {
  const path = [base, route].flatMap((part) => part.split('/')).filter((segment) => segment !== '')
  return `/${path.join('/')}`
}

function permissionOf(
  { viewSet, name }: Native,
  levels: readonly NativeLevel[],
  declared: readonly NativeLevel[],
  mistakes: Mistakes,
): Permission | undefined {
  const allowed = declared.flatMap(({ target }) => allowFacts.own(target).filter((fact) => fact.name === name)).at(-1)
  const permission = allOf([...(allowed ? [allowed.permission] : []), ...authorizations(levels, declared, name)])
  const subject = nameOf({ viewSet, name })
  if (!permission) {
    const problem = 'it is exposed by routing-controllers and has no permission.'
    mistakes.add({
      code: 'E_NO_PERMISSION',
      subject,
      problem,
      places: [],
      remedy: 'Write @Allow(…) or @Authorized(…) above it.',
    })
  } else if (permission.needsRow) {
    const problem = `its permission ${permission.name} decides by row, but no row is loaded for it.`
    const places = allowed ? [`@Allow at ${allowed.place}`] : []
    mistakes.add({ code: 'E_PERMISSION_ROW', subject, problem, places, remedy: 'Make it an @Action on a row.' })
  }
  return permission
}

function reportBoth(model: ActionModel, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_ACTION',
    subject: nameOf(model),
    problem: 'it is declared both by @Action and by a decorator of routing-controllers.',
    places: [model.place],
    remedy: 'Keep one of them.',
  })
}

function reportAllow(model: ActionModel, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_NATIVE',
    subject: nameOf(model),
    problem: '@Allow stands above an action of plinth, whose rule is declared with the action.',
    places: [model.place],
    remedy: 'Change the rule in `allow` or `permissions`, or declare the action again here.',
  })
}
