import { PermissionDeniedError } from '../../errors/exceptions.js'
import { lockedConditions } from '../../model/context-values.js'
import { Expression } from '../../model/expression.js'
import { matches, type RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { valueOf } from '../../model/operand.js'
import { type PathOperand, type Predicate, propertiesOf } from '../../model/predicate.js'

/**
 * Refuses a row that a write would put outside of a locked scope.
 * @throws {PermissionDeniedError} `OUTSIDE_SCOPE`; `CONTEXT_MISSING` where the scope needs a value the context lacks.
 */
export function assertInside(model: Model, row: RowData): void {
  for (const condition of lockedConditions(model)) {
    const computed = propertiesOf(condition).some((property) => typeof row[property] === 'function')
    if (!computed && matches(condition, row)) continue
    // A value that the context lacks is the better answer: without it no row is inside.
    for (const operand of operandsOf(condition)) valueOf(operand)
    throw outside(model)
  }
}

/**
 * Whether the new values alone tell that rows stay inside every locked scope, so that the rows need not be read.
 * @throws {PermissionDeniedError} `OUTSIDE_SCOPE` where the values alone tell that they do not.
 */
export function surelyInside(model: Model, values: RowData): boolean {
  return lockedConditions(model).every((condition) => {
    const properties = propertiesOf(condition)
    const written = properties.filter((property) => values[property] !== undefined)
    // What is not written stays as it was, and the rows are found through the scope.
    if (written.length === 0) return true
    if (written.length < properties.length) return false
    if (written.some((property) => values[property] instanceof Expression)) return false
    if (properties.some((property) => typeof values[property] === 'function') || !matches(condition, values)) {
      throw outside(model)
    }
    return true
  })
}

function operandsOf(predicate: Predicate): readonly PathOperand[] {
  if ('predicates' in predicate) return predicate.predicates.flatMap(operandsOf)
  if ('predicate' in predicate) return operandsOf(predicate.predicate)
  if (predicate.op === 'related') return []
  if ('values' in predicate) return predicate.values
  return 'value' in predicate ? [predicate.value] : []
}

function outside({ name }: Model): PermissionDeniedError {
  return new PermissionDeniedError(`This ${name} would be outside of what may be written here.`, {
    errorCode: 'OUTSIDE_SCOPE',
  })
}
