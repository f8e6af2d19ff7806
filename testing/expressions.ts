import { Expression, evaluate, type RowData } from 'plinth'
import { anything, isKnown } from './unknown.js'

/** Values in which expressions are what they make of a row; of what was not known nothing is known after it either. */
export function computed(values: RowData, before: RowData): RowData {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value instanceof Expression ? made(value, before[name]) : value,
    ]),
  )
}

function made(expression: Expression, stored: unknown): unknown {
  return isKnown(stored) ? evaluate(expression, stored) : anything
}
