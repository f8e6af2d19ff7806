import { ValidationError } from '../errors/exceptions.js'
import { UsageError } from '../errors/usage-error.js'
import { ContextVariable } from '../helpers/context-variable.js'
import { isStorable, type Path } from './path.js'

/** A value a predicate compares with. A context variable is read each time the predicate is used. */
export type Operand = string | number | boolean | Date | ContextVariable<string> | ContextVariable<number>

/** A value that what stands at a path is compared with; null is the JSON null. An instant is its text in ISO 8601. */
export type PathOperand = Operand | null

export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'

/**
 * A condition on one row, as data: the same predicate becomes SQL, is evaluated on a row in memory, and can be read by
 * people and documents. It is two-valued: no comparison with null is true, and its negation is.
 *
 * With a path it is about what stands there in a JSON column. Then type and value count: 1 is neither '1' nor true, and
 * of two values of different types none is less. The JSON null is a value like any other, apart from nothing at all.
 */
export type Predicate =
  | { readonly op: Comparison; readonly property: string; readonly value: Operand }
  | { readonly op: 'in'; readonly property: string; readonly values: readonly Operand[] }
  | { readonly op: 'isNull'; readonly property: string }
  | PathPredicate
  | RelatedPredicate
  | { readonly op: 'all' | 'any'; readonly predicates: readonly Predicate[] }
  | { readonly op: 'not'; readonly predicate: Predicate }

/** A condition on what stands at a path inside a JSON column. */
export type PathPredicate = Path &
  (
    | { readonly op: Comparison | 'contains'; readonly value: PathOperand }
    | { readonly op: 'in'; readonly values: readonly PathOperand[] }
    | { readonly op: 'isNull' | 'exists' }
  )

/** A condition on the row, or one of the rows, that a relation leads to, as the default scopes or a view show them. */
export interface RelatedPredicate {
  readonly op: 'related'
  readonly relation: string
  readonly where: Predicate
  readonly view?: string
}

/** A comparison with the value of a property, or with what stands at a path. */
interface Compare {
  (property: string, value: Operand): Predicate
  (path: Path, value: PathOperand): Predicate
}

function comparison(op: Comparison): Compare {
  return (subject: string | Path, value: PathOperand): Predicate =>
    Object.freeze(
      typeof subject === 'string'
        ? { op, property: subject, value: defined(subject, value as Operand) }
        : { ...subject, op, value: comparable(value) },
    )
}

/** The property, or what stands at the path, is the value. */
export const eq = comparison('eq')
/** The property, or what stands at the path, is another value or none. */
export const ne = comparison('ne')
/** The property, or what stands at the path, is less than the value. */
export const lt = comparison('lt')
/** The property, or what stands at the path, is at most the value. */
export const lte = comparison('lte')
/** The property, or what stands at the path, is greater than the value. */
export const gt = comparison('gt')
/** The property, or what stands at the path, is at least the value. */
export const gte = comparison('gte')

/** The property, or what stands at the path, is one of the values; of no values, never. */
export function oneOf(property: string, values: readonly Operand[]): Predicate
export function oneOf(path: Path, values: readonly PathOperand[]): Predicate
export function oneOf(subject: string | Path, values: readonly PathOperand[]): Predicate {
  if (typeof subject !== 'string') {
    return Object.freeze({ ...subject, op: 'in', values: Object.freeze(values.map(comparable)) })
  }
  const operands = (values as readonly Operand[]).map((value) => defined(subject, value))
  return Object.freeze({ op: 'in', property: subject, values: Object.freeze(operands) })
}

/** The property is null; what stands at the path is the JSON null, so that something does stand there. */
export function isNull(subject: string | Path): Predicate {
  return Object.freeze(typeof subject === 'string' ? { op: 'isNull', property: subject } : { ...subject, op: 'isNull' })
}

/** Something stands at the path, be it null. */
export function exists(path: Path): Predicate {
  return Object.freeze({ ...path, op: 'exists' })
}

/** What stands at the path is a list, and the value is one of its items. */
export function contains(path: Path, value: PathOperand): Predicate {
  return Object.freeze({ ...path, op: 'contains', value: comparable(value) })
}

/**
 * A value that was left out by mistake must not widen the question.
 * @throws {UsageError} `E_UNDEFINED_VALUE`
 */
function defined(property: string, value: Operand): Operand {
  if (value !== undefined) return value
  throw new UsageError('E_UNDEFINED_VALUE', `"${property}" is undefined; ask for null, or leave it out.`)
}

/**
 * @throws {ValidationError} `INVALID_OPERAND` for what no JSON value equals; it was hardly meant.
 */
function comparable(value: PathOperand): PathOperand {
  const scalar = ['string', 'number', 'boolean'].includes(typeof value)
  const known = scalar || value === null || value instanceof Date || value instanceof ContextVariable
  const storable = typeof value === 'string' ? isStorable(value) : typeof value !== 'number' || Number.isFinite(value)
  if (known && storable) return value
  throw new ValidationError('What stands at a path is compared with a text, a finite number, true, false or null.', {
    errorCode: 'INVALID_OPERAND',
  })
}

/** Every predicate holds; of no predicates, always. */
export function all(...predicates: readonly Predicate[]): Predicate {
  return Object.freeze({ op: 'all', predicates: Object.freeze(predicates) })
}

/** At least one predicate holds; of no predicates, never. */
export function any(...predicates: readonly Predicate[]): Predicate {
  return Object.freeze({ op: 'any', predicates: Object.freeze(predicates) })
}

/** The predicate does not hold; the negation of a comparison with null does. */
export function not(predicate: Predicate): Predicate {
  return Object.freeze({ op: 'not', predicate })
}

/**
 * A relation leads to a row, or to at least one, of which the condition is true: `related('author', active)`. Rows that
 * the scopes of the related entity hide do not count, unless one of its views shows them.
 */
export function related(
  relation: string,
  where: Predicate = all(),
  { view }: { readonly view?: string } = {},
): Predicate {
  return Object.freeze({ op: 'related', relation, where, ...(view !== undefined && { view }) })
}

/** The rows whose properties have these values; null matches null. */
export function matching(values: Readonly<Record<string, Operand | null>>): Predicate {
  return all(
    ...Object.keys(values).map((property) => {
      const value = values[property]!
      return value === null ? isNull(property) : eq(property, value)
    }),
  )
}

const comparisons = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'isNull', 'exists', 'contains']
const operators = new Set<unknown>([...comparisons, 'all', 'any', 'not', 'related'])

/** Whether a value is a predicate rather than values that properties have. */
export function isPredicate(value: object): value is Predicate {
  const { op, property, relation, predicate, predicates } = value as Readonly<Record<string, unknown>>
  const named = typeof property === 'string' || typeof relation === 'string'
  return operators.has(op) && (named || Array.isArray(predicates) || typeof predicate === 'object')
}

/** The properties a predicate reads of the row itself, each once. */
export function propertiesOf(predicate: Predicate): readonly string[] {
  const found: string[] = []
  addProperties(predicate, found)
  return found
}

function addProperties(predicate: Predicate, found: string[]): void {
  if ('predicates' in predicate) for (const one of predicate.predicates) addProperties(one, found)
  else if ('predicate' in predicate) addProperties(predicate.predicate, found)
  else if ('property' in predicate && !found.includes(predicate.property)) found.push(predicate.property)
}

/** What a predicate asks about related rows. */
export function relatedIn(predicate: Predicate): readonly RelatedPredicate[] {
  return leavesOf(predicate).filter((leaf) => leaf.op === 'related')
}

type Leaf = Exclude<Predicate, { readonly op: 'all' | 'any' | 'not' }>

function leavesOf(predicate: Predicate): readonly Leaf[] {
  if ('predicates' in predicate) return predicate.predicates.flatMap(leavesOf)
  return 'predicate' in predicate ? leavesOf(predicate.predicate) : [predicate]
}

/** The context variables a predicate reads. */
export function variablesOf(predicate: Predicate): readonly (ContextVariable<string> | ContextVariable<number>)[] {
  if ('predicates' in predicate) return predicate.predicates.flatMap(variablesOf)
  if ('predicate' in predicate) return variablesOf(predicate.predicate)
  if (predicate.op === 'related') return variablesOf(predicate.where)
  const operands = 'values' in predicate ? predicate.values : 'value' in predicate ? [predicate.value] : []
  return operands.filter((operand) => operand instanceof ContextVariable)
}

/** Whether a predicate looks into a JSON column. */
export function readsPath(predicate: Predicate): boolean {
  if ('predicates' in predicate) return predicate.predicates.some(readsPath)
  return 'predicate' in predicate ? readsPath(predicate.predicate) : 'path' in predicate
}

/** Whether a predicate asks about other rows than its own. */
export function readsRelated(predicate: Predicate): boolean {
  return relatedIn(predicate).length > 0
}

/** Whether a predicate reads nothing but the row: no context variable. */
export function isStatic(predicate: Predicate): boolean {
  return variablesOf(predicate).length === 0
}
