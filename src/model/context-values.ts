import { ContextVariable } from '../helpers/context-variable.js'
import type { RowData } from './matches.js'
import type { Model } from './model.js'
import { valueOf } from './operand.js'
import type { Operand, Predicate } from './predicate.js'
import { isLocked, type Scope } from './scope.js'

/** What of the locked scopes of a model never changes; whether a capability lifts one, each call has to ask. */
interface LockedScopes {
  readonly scopes: readonly Scope[]
  /** Their conditions, where no capability lifts any of them. */
  readonly always: readonly Predicate[] | undefined
}

/** Every row of a call asks for them. */
const locked = new WeakMap<Model, LockedScopes>()

/** The conditions that every row of an entity must meet now. */
export function lockedConditions(model: Model): readonly Predicate[] {
  const known = locked.get(model) ?? lockedScopes(model)
  locked.set(model, known)
  return known.always ?? known.scopes.filter(isLocked).map(({ where }) => where)
}

function lockedScopes({ scopes }: Model): LockedScopes {
  const found = Object.values(scopes).filter((scope) => scope.locked)
  const always = found.some(({ liftedBy }) => liftedBy) ? undefined : found.map(({ where }) => where)
  return { scopes: found, always }
}

/**
 * What a row gets where it gives nothing: the values of the context that locked scopes want its properties to be equal to, in a new
 * object.
 * @throws {PermissionDeniedError} `CONTEXT_MISSING`
 */
export function contextValues(model: Model, row: RowData): Record<string, unknown> {
  const conditions = lockedConditions(model)
  if (conditions.length === 0) return {}
  const wanted = conditions.flatMap(equalities)
  const open = wanted.filter(({ property }) => row[property] === undefined)
  return Object.fromEntries(open.map(({ property, value }) => [property, valueOf(value)]))
}

/** The properties that a condition wants to be equal to a value of the context, whatever else it wants. */
function equalities(predicate: Predicate): readonly { readonly property: string; readonly value: Operand }[] {
  if (predicate.op === 'all') return predicate.predicates.flatMap(equalities)
  if (predicate.op !== 'eq' || 'path' in predicate || !(predicate.value instanceof ContextVariable)) return []
  return [predicate]
}
