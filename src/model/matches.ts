import { valueOf } from './operand.js'
import type { Comparison, Operand, Predicate } from './predicate.js'

/** A row in memory: property names and values. A property that is absent counts as null. */
export type RowData = Readonly<Record<string, unknown>>

/** Whether a predicate is true of a row in memory: the same answer the database gives for the stored row. */
export function matches(predicate: Predicate, row: RowData): boolean {
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
    default:
      return compare(predicate.op, row[predicate.property], predicate.value)
  }
}

function compare(op: Comparison, stored: unknown, operand: Operand): boolean {
  if (op === 'ne') return !compare('eq', stored, operand)
  if (isAbsent(stored)) return false
  const left = scalar(stored)
  const right = scalar(valueOf(operand))
  if (op === 'eq') return left === right
  if (op === 'lt') return left < right
  if (op === 'lte') return left <= right
  return op === 'gt' ? left > right : left >= right
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined

const scalar = (value: unknown): string | number | boolean =>
  value instanceof Date ? value.getTime() : (value as string | number | boolean)
