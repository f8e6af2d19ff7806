import { type Action, getMetadataArgsStorage } from 'routing-controllers'
import type { Constructor } from '../action-model.js'
import type { HandlerEntry, InterceptorEntry, UseEntry } from './native-facts.js'
import type { PlannedAction, Surroundings, ViewSetPlan } from './planned-action.js'

/** What routing-controllers is given in place of classes, so that instances come from this application. */
export interface Binding {
  /** Calls the method of an action on an instance of its viewset. */
  invoke(planned: PlannedAction, action: Action, parameters: readonly unknown[]): unknown
  /** A function in the place of an interceptor class; a function as it is. */
  interceptor(entry: InterceptorEntry): InterceptorEntry['interceptor']
}

/** What was given to routing-controllers for one viewset. */
export interface Emission {
  /** A class of this application alone, so that applications that share the viewset share nothing else. */
  readonly bound: Constructor
  readonly plan: ViewSetPlan
}

/** Gives a viewset to routing-controllers as a class of its own, complete: nothing has to be looked up in an ancestor. */
export function emit(plan: ViewSetPlan, binding: Binding): Emission {
  const bound = boundClass(plan.viewSet)
  const storage = getMetadataArgsStorage()
  storage.controllers.push({ target: bound, type: plan.type, route: '', options: plan.options })
  emitSurroundings(bound, plan, binding)
  for (const planned of plan.actions) emitAction(bound, planned, binding)
  for (const planned of firstOfEachName(plan.actions)) {
    const { name } = planned.model
    emitSurroundings(bound, planned, binding, name)
    for (const parameter of planned.parameters) {
      storage.params.push({ ...parameter, object: bound.prototype as unknown, method: name })
    }
  }
  return { bound, plan }
}

/** Takes everything back that was given for these classes; the storage is as it was before. */
export function withdraw(emissions: readonly Emission[]): void {
  const targets = new Set<unknown>(emissions.map(({ bound }) => bound))
  const storage = getMetadataArgsStorage()
  const { controllers, actions, uses, useInterceptors, responseHandlers, params } = storage
  const tables: { readonly target: unknown }[][] = [controllers, actions, uses, useInterceptors, responseHandlers]
  for (const entries of tables) remove(entries, ({ target }) => targets.has(target))
  remove(params, ({ object }) => targets.has((object as object).constructor))
}

function boundClass(viewSet: Constructor): Constructor {
  const bound = class extends viewSet {}
  return Object.defineProperty(bound, 'name', { value: viewSet.name })
}

function emitAction(bound: Constructor, planned: PlannedAction, binding: Binding): void {
  const { model, type, options, appendParams } = planned
  getMetadataArgsStorage().actions.push({
    target: bound,
    method: model.name,
    type,
    route: model.route,
    options,
    ...(appendParams && { appendParams }),
    methodOverride: (_metadata, action, parameters) => binding.invoke(planned, action, parameters),
  })
}

function emitSurroundings(
  bound: Constructor,
  { uses, interceptors, handlers }: Surroundings,
  binding: Binding,
  method?: string,
): void {
  const storage = getMetadataArgsStorage()
  const about = { target: bound, ...(method !== undefined && { method }) }
  storage.uses.push(...uses.map((entry): UseEntry => ({ ...entry, ...about })))
  for (const entry of interceptors) {
    storage.useInterceptors.push({ ...entry, ...about, interceptor: binding.interceptor(entry) })
  }
  storage.responseHandlers.push(...handlers.map((entry): HandlerEntry => ({ ...entry, ...about })))
}

/** A method with several routes has its parameters and surroundings but once. */
function firstOfEachName(actions: readonly PlannedAction[]): readonly PlannedAction[] {
  const first = new Map<string, PlannedAction>()
  for (const action of actions) if (!first.has(action.model.name)) first.set(action.model.name, action)
  return [...first.values()]
}

function remove<E>(entries: E[], unwanted: (entry: E) => boolean): void {
  // In place and from the end, because whoever holds the array must see it too.
  for (let index = entries.length - 1; index >= 0; index--) {
    if (unwanted(entries[index] as E)) entries.splice(index, 1)
  }
}
