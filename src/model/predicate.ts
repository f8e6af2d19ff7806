import { ContextVariable } from '../helpers/context-variable.js'

/** A value a predicate compares with. A context variable is read each time the predicate is used. */
export type Operand = string | number | boolean | Date | ContextVariable<string> | ContextVariable<number>

export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'

/**
 * A condition on one row, as data: the same predicate becomes SQL, is evaluated on a row in memory, and can be read by
 * people and documents. It is two-valued: no comparison with null is true, and its negation is.
 */
export type Predicate =
  | { readonly op: Comparison; readonly property: string; readonly value: Operand }
  | { readonly op: 'in'; readonly property: string; readonly values: readonly Operand[] }
  | { readonly op: 'isNull'; readonly property: string }
  | { readonly op: 'all' | 'any'; readonly predicates: readonly Predicate[] }
  | { readonly op: 'not'; readonly predicate: Predicate }

const comparison =
  (op: Comparison) =>
  (property: string, value: Operand): Predicate =>
    Object.freeze({ op, property, value })

export const eq = comparison('eq')
export const ne = comparison('ne')
export const lt = comparison('lt')
export const lte = comparison('lte')
export const gt = comparison('gt')
export const gte = comparison('gte')

/** The property is one of the values; of no values, never. */
export function oneOf(property: string, values: readonly Operand[]): Predicate {
  return Object.freeze({ op: 'in', property, values: Object.freeze([...values]) })
}

export function isNull(property: string): Predicate {
  return Object.freeze({ op: 'isNull', property })
}

/** Every predicate holds; of no predicates, always. */
export function all(...predicates: readonly Predicate[]): Predicate {
  return Object.freeze({ op: 'all', predicates: Object.freeze(predicates) })
}

/** At least one predicate holds; of no predicates, never. */
export function any(...predicates: readonly Predicate[]): Predicate {
  return Object.freeze({ op: 'any', predicates: Object.freeze(predicates) })
}

export function not(predicate: Predicate): Predicate {
  return Object.freeze({ op: 'not', predicate })
}

/** The rows whose properties have these values; null matches null. */
export function matching(values: Readonly<Record<string, Operand | null>>): Predicate {
  return all(
    ...Object.entries(values).map(([property, value]) => (value === null ? isNull(property) : eq(property, value))),
  )
}

const operators = new Set<unknown>(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'isNull', 'all', 'any', 'not'])

/** Whether a value is a predicate rather than values that properties have. */
export function isPredicate(value: object): value is Predicate {
  const { op, property, predicate, predicates } = value as Readonly<Record<string, unknown>>
  return (
    operators.has(op) && (typeof property === 'string' || Array.isArray(predicates) || typeof predicate === 'object')
  )
}

/** The properties a predicate reads, each once. */
export function propertiesOf(predicate: Predicate): readonly string[] {
  const found = (part: Predicate): readonly string[] => {
    if ('predicates' in part) return part.predicates.flatMap(found)
    return 'predicate' in part ? found(part.predicate) : [part.property]
  }
  return [...new Set(found(predicate))]
}

/** The context variables a predicate reads. */
export function variablesOf(predicate: Predicate): readonly (ContextVariable<string> | ContextVariable<number>)[] {
  if ('predicates' in predicate) return predicate.predicates.flatMap(variablesOf)
  if ('predicate' in predicate) return variablesOf(predicate.predicate)
  const operands = 'values' in predicate ? predicate.values : 'value' in predicate ? [predicate.value] : []
  return operands.filter((operand) => operand instanceof ContextVariable)
}

/** Whether a predicate reads nothing but the row: no context variable. */
export function isStatic(predicate: Predicate): boolean {
  return variablesOf(predicate).length === 0
}
