import type { ActionMetadata } from 'routing-controllers'
import type { Mistakes } from '../../errors/definition-error.js'
import type { Emission } from './emit.js'
import type { HandlerEntry, ParameterEntry } from './native-facts.js'
import type { PlannedAction, ViewSetPlan } from './planned-action.js'

/** An action of a plan, and the class it was emitted for. */
interface Emitted {
  readonly emission: Emission
  readonly planned: PlannedAction
}

/**
 * Compares what was given to routing-controllers with what it built, and adds every difference: what is missing there
 * would be missing from the running application too, be it a parameter, a middleware or an authorization.
 */
export function checkEmission(
  emissions: readonly Emission[],
  built: readonly ActionMetadata[],
  mistakes: Mistakes,
): void {
  const rest = new Set(built)
  const byTarget = new Map<unknown, ActionMetadata[]>()
  for (const action of built) {
    const own = byTarget.get(action.target)
    if (own) own.push(action)
    else byTarget.set(action.target, [action])
  }
  for (const emission of emissions) {
    const own = byTarget.get(emission.bound) ?? []
    for (const planned of emission.plan.actions) {
      const found = own.find((action) => isBuiltFrom(action, { emission, planned }))
      if (found) rest.delete(found)
      compare({ emission, planned }, found, mistakes)
    }
  }
  for (const { target, method, type, fullRoute } of rest) {
    report(`${target.name}.${method}`, `${type} ${String(fullRoute)} was built, but not emitted.`, mistakes)
  }
}

/** Whether routing-controllers built an action from a planned one. */
export function isBuiltFrom(action: ActionMetadata, { emission, planned }: Emitted): boolean {
  const { model, type } = planned
  return (
    action.target === emission.bound &&
    action.method === model.name &&
    action.type === type &&
    action.fullRoute === model.route
  )
}

function compare({ emission, planned }: Emitted, found: ActionMetadata | undefined, mistakes: Mistakes): void {
  const subject = `${emission.bound.name}.${planned.model.name}`
  if (!found) {
    report(subject, `${planned.type} ${planned.model.route} was emitted, but not built.`, mistakes)
    return
  }
  if (emitsNothing(planned, emission.plan) && builtOfNothing(found)) return
  const is = builtFacts(found)
  const emitted = emittedFacts(planned, emission.plan)
  for (const name of Object.keys(emitted)) {
    if (is[name] !== emitted[name]) report(subject, `${name} is ${is[name]}, emitted ${emitted[name]}`, mistakes)
  }
}

function emitsNothing({ parameters, uses, interceptors, handlers }: PlannedAction, plan: ViewSetPlan): boolean {
  const all = [parameters, uses, interceptors, handlers, plan.uses, plan.interceptors, plan.handlers]
  return all.every((entries) => entries.length === 0)
}

function builtOfNothing(action: ActionMetadata): boolean {
  const { params, uses, interceptors, headers, controllerMetadata } = action
  const all = [params, uses, interceptors, controllerMetadata.uses, controllerMetadata.interceptors]
  const codes = [action.successHttpCode, action.undefinedResultCode, action.nullResultCode]
  return (
    all.every((entries) => entries.length === 0) &&
    codes.every((code) => code === undefined) &&
    !action.isAuthorizedUsed &&
    Object.keys(headers).length === 0
  )
}

type Facts = Readonly<Record<string, string>>

function emittedFacts({ parameters, uses, interceptors, handlers }: PlannedAction, plan: ViewSetPlan): Facts {
  const all = [...plan.handlers, ...handlers]
  return {
    params: listOf(parameters.map(parameterText)),
    uses: listOf([...plan.uses, ...uses].map(({ middleware }) => middleware.name)),
    interceptors: listOf([...plan.interceptors, ...interceptors].map(({ interceptor }) => interceptor.name)),
    authorized: String(all.some(({ type }) => type === 'authorized')),
    'success code': String(valueOf(handlers, 'success-code')),
    'undefined code': String(valueOf(handlers, 'on-undefined')),
    'null code': String(valueOf(handlers, 'on-null')),
    headers: listOf(handlers.filter(isHeader).map(headerName)),
  }
}

function builtFacts(action: ActionMetadata): Facts {
  const { controllerMetadata } = action
  return {
    params: listOf(action.params.map(parameterText)),
    uses: listOf([...controllerMetadata.uses, ...action.uses].map(({ middleware }) => middleware.name)),
    interceptors: listOf(
      [...controllerMetadata.interceptors, ...action.interceptors].map(({ interceptor }) => interceptor.name),
    ),
    authorized: String(action.isAuthorizedUsed),
    'success code': String(action.successHttpCode),
    'undefined code': String(action.undefinedResultCode),
    'null code': String(action.nullResultCode),
    headers: listOf(Object.keys(action.headers)),
  }
}

function parameterText({ index, type, name }: Pick<ParameterEntry, 'index' | 'type' | 'name'>): string {
  return [index, type, ...(name ? [name] : [])].join(' ')
}

function valueOf(handlers: readonly HandlerEntry[], type: HandlerEntry['type']): unknown {
  return handlers.find((handler) => handler.type === type)?.value as unknown
}

function isHeader({ type }: HandlerEntry): boolean {
  return type === 'header' || type === 'location' || type === 'content-type'
}

function headerName({ type, value }: HandlerEntry): string {
  if (type === 'header') return String(value)
  return type === 'location' ? 'Location' : 'Content-type'
}

function listOf(texts: readonly string[]): string {
  return `[${texts
    .map((text) => text || 'anonymous')
    .toSorted()
    .join(', ')}]`
}

function report(subject: string, problem: string, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_EMISSION',
    subject,
    problem,
    places: [],
    remedy: 'Something changed the metadata of routing-controllers while the application was made; it does not start.',
  })
}
