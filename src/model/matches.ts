import { UsageError } from '../errors/usage-error.js'
import { jsonValueOf, valueOf } from './operand.js'
import { memberAt } from './path.js'
import type { Comparison, Operand, PathOperand, PathPredicate, Predicate, RelatedPredicate } from './predicate.js'

/** A row in memory: property names and values. A property that is absent counts as null. */
export type RowData = Readonly<Record<string, unknown>>

/** Whether a predicate is true of a row in memory: the same answer the database gives for the stored row. */
export function matches(predicate: Predicate, row: RowData): boolean {
  if ('path' in predicate) return matchesAt(predicate, memberAt(row[predicate.property] ?? undefined, predicate.path))
  switch (predicate.op) {
    case 'all':
      return predicate.predicates.every((part) => matches(part, row))
    case 'any':
      return predicate.predicates.some((part) => matches(part, row))
    case 'not':
      return !matches(predicate.predicate, row)
    case 'isNull':
      return isAbsent(row[predicate.property])
    case 'in':
      return predicate.values.some((value) => compare('eq', row[predicate.property], value))
    case 'related':
      return relatedRows(predicate, row).some((related) => matches(predicate.where, related))
    default:
      return compare(predicate.op, row[predicate.property], predicate.value)
  }
}

/**
 * The rows a relation leads to, as they are loaded.
 * @throws {UsageError} `E_NOT_LOADED` where they are not, and where a view was asked for, which only the database knows.
 */
function relatedRows({ relation, view }: RelatedPredicate, row: RowData): readonly RowData[] {
  const value = row[relation]
  if (view === undefined && (value === null || typeof value === 'object') && !(value instanceof Promise)) {
    return value === null ? [] : ([value].flat() as readonly RowData[])
  }
  throw new UsageError('E_NOT_LOADED', `What "${relation}" leads to is not loaded, so nothing can be said about it.`)
}

/** The same of what stands at a path; undefined is nothing. */
function matchesAt(predicate: PathPredicate, stored: unknown): boolean {
  switch (predicate.op) {
    case 'exists':
      return stored !== undefined
    case 'isNull':
      return stored === null
    case 'contains':
      return Array.isArray(stored) && stored.includes(jsonValueOf(predicate.value))
    case 'in':
      return predicate.values.some((value) => compareJson('eq', stored, value))
    default:
      return compareJson(predicate.op, stored, predicate.value)
  }
}

function compareJson(op: Comparison, stored: unknown, operand: PathOperand): boolean {
  const value = jsonValueOf(operand)
  if (op === 'eq' || op === 'ne') return (stored === value) === (op === 'eq')
  const ordered = typeof value === 'string' || typeof value === 'number'
  return ordered && typeof stored === typeof value && compare(op, stored, value)
}

function compare(op: Comparison, stored: unknown, operand: Operand): boolean {
  if (op === 'ne') return !compare('eq', stored, operand)
  if (isAbsent(stored)) return false
  const left = scalar(stored)
  const right = scalar(valueOf(operand))
  if (op === 'eq') return left === right
  const order =
    typeof left === 'string' && typeof right === 'string' ? textOrder(left, right) : Number(left) - Number(right)
  if (op === 'lt') return order < 0
  if (op === 'lte') return order <= 0
  return op === 'gt' ? order > 0 : order >= 0
}

/** Text is in the order of its code points, as databases have it; JavaScript's own is that of UTF-16 code units. */
function textOrder(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)]
    if (a !== b) return sortKey(a) - sortKey(b)
  }
  return left.length - right.length
}

/** Surrogates stand for code points above all others, though their code units are not the highest. */
function sortKey(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined

const scalar = (value: unknown): string | number | boolean =>
  value instanceof Date ? value.getTime() : (value as string | number | boolean)
