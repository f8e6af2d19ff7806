import { PermissionDeniedError } from '../errors/exceptions.js'
import { ContextVariable } from '../helpers/context-variable.js'
import type { Operand, PathOperand } from './predicate.js'

/** A value that can be compared: what remains of an operand once context variables are read. */
export type Comparable = string | number | boolean | Date

/**
 * Reads an operand.
 * @throws {PermissionDeniedError} `CONTEXT_MISSING` when it is a context variable without a value: a query that should
 * have been narrowed must not run unfiltered.
 */
export function valueOf(operand: Operand): Comparable
export function valueOf(operand: PathOperand): Comparable | null
export function valueOf(operand: PathOperand): Comparable | null {
  if (!(operand instanceof ContextVariable)) return operand
  const value: Comparable | undefined = operand.get()
  if (value === undefined) {
    throw new PermissionDeniedError(`There is no "${operand.name}" in this context.`, {
      errorCode: 'CONTEXT_MISSING',
      told: { message: 'This depends on something of the caller that is not known.' },
    })
  }
  return value
}

/** Reads an operand as a JSON value: an instant is its text. */
export function jsonValueOf(operand: PathOperand): string | number | boolean | null {
  const value = valueOf(operand)
  return value instanceof Date ? value.toISOString() : value
}
