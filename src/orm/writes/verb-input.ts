import type { FieldError } from '../../errors/app-exception.js'
import { ValidationError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { isInstant } from '../../helpers/clock.js'
import type { Column, Columns, ColumnType } from '../../model/column.js'
import type { RowData } from '../../model/matches.js'
import { isObject, isStorable } from '../../model/path.js'
import { complaintsOf } from './check-values.js'

/**
 * Checks the input of a verb against its columns. Instants may come as text in ISO 8601.
 * @throws {ValidationError} naming every part that is missing, unknown, or not what its column holds or its `check` takes.
 */
export function checkedInput(columns: Columns, input: RowData): RowData {
  const errors: FieldError[] = Object.keys(input)
    .filter((name) => !Object.hasOwn(columns, name))
    .map((name) => refused(name, 'unknown', 'is not known'))
  const checked: Record<string, unknown> = {}
  for (const [name, column] of Object.entries(columns)) {
    const value = input[name] ?? column.default ?? null
    // To JSON, null is a value like any other.
    const isMissing = value === null && !(column.type === 'json' && input[name] === null)
    const read = parsed(value, column)
    const problem = isMissing ? missing(name, column) : checks[column.type](name, read, column)
    if (problem) errors.push(problem)
    else if (!isMissing) errors.push(...complaintsOf(name, read, column))
    checked[name] = read
  }
  if (errors.length > 0) throw new ValidationError('The input is not valid.', { errors })
  return Object.freeze(checked)
}

/** The same, or undefined where the input is refused. */
export function acceptedInput(columns: Columns, input: RowData): RowData | undefined {
  try {
    return checkedInput(columns, input)
  } catch (error) {
    if (error instanceof ValidationError) return undefined
    throw error
  }
}

type Check = (name: string, value: unknown, column: Column) => FieldError | undefined

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
const longestString = 255
const largestInteger = 2 ** 31

const checks: Readonly<Record<ColumnType, Check>> = {
  uuid: (name, value) => (uuid.test(String(value)) ? undefined : refused(name, 'uuid', 'must be a UUID')),
  integer: (name, value) => {
    if (!Number.isInteger(value)) return refused(name, 'integer', 'must be a whole number')
    const fits = Number(value) >= -largestInteger && Number(value) < largestInteger
    return fits ? undefined : refused(name, 'range', 'is out of range')
  },
  float: (name, value) => (Number.isFinite(value) ? undefined : refused(name, 'number', 'must be a number')),
  string: (name, value, { length = longestString }) => {
    const problem = checks.text(name, value, { type: 'text' })
    if (problem || Array.from(String(value)).length <= length) return problem
    return { ...refused(name, 'maxLength', 'is too long'), params: { maxLength: length } }
  },
  text: (name, value) => {
    if (typeof value !== 'string') return refused(name, 'string', 'must be a text')
    return isStorable(value) ? undefined : refused(name, 'malformed', 'is malformed')
  },
  boolean: (name, value) =>
    typeof value === 'boolean' ? undefined : refused(name, 'boolean', 'must be true or false'),
  timestamp: (name, value) =>
    isInstant(value) ? undefined : refused(name, 'timestamp', 'must be an instant in ISO 8601'),
  json: (name, value, { object }) =>
    object && !isObject(value) ? refused(name, 'object', 'must be an object') : undefined,
}

const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

function parsed(value: unknown, { type }: Column): unknown {
  return type === 'timestamp' && typeof value === 'string' && iso8601.test(value) ? new Date(value) : value
}

function missing(name: string, { nullable }: Column): FieldError | undefined {
  return nullable ? undefined : refused(name, 'required', 'is required')
}

function refused(name: string, code: string, message: string): FieldError {
  return { pointer: pointerTo(name), code, message }
}
