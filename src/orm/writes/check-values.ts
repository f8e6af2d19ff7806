import type { FieldError } from '../../errors/app-exception.js'
import { ValidationError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'
import type { Column } from '../../model/column.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'

/**
 * Refuses values that the columns of a model refuse, on whatever way they came.
 * @throws {ValidationError} with a pointer to every part that is wrong.
 */
export function checkValues(model: Model, values: RowData): void {
  const errors: FieldError[] = []
  for (const [property, column] of checkedColumns(model)) {
    const value = values[property]
    const found = value === undefined ? none : complaintsOf(property, value, column)
    if (found.length > 0) errors.push(...found)
  }
  if (errors.length === 0) return
  throw new ValidationError(`This ${model.name} holds what it may not hold.`, { errors })
}

const checked = new WeakMap<Model, readonly (readonly [property: string, column: Column])[]>()

/** The columns that refuse values; every row of a call asks for them. */
function checkedColumns(model: Model): readonly (readonly [property: string, column: Column])[] {
  const known = checked.get(model)
  if (known) return known
  const found = Object.entries(model.columns).filter(([, { check }]) => check !== undefined)
  checked.set(model, found)
  return found
}

/** What SQL will compute is not known. */
const sql: readonly FieldError[] = [{ code: 'sql', message: 'must be a value, not SQL' }]
const none: readonly FieldError[] = []

/** What a column refuses of a value besides its type, as it points to a property or a part of an input. */
export function complaintsOf(property: string, value: unknown, { check, nullable }: Column): readonly FieldError[] {
  if (!check || (value === null && nullable)) return none
  const found = typeof value === 'function' ? sql : check(value)
  if (found.length === 0) return none
  const own = pointerTo(property)
  return found.map(({ pointer = '#', ...error }) => ({ ...error, pointer: own + pointer.slice(1) }))
}
