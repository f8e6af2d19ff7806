import { codePointsIn } from '../helpers/code-points.js'
import type { ValueKind } from '../model/entity-description.js'
import { checkDate, checkTime, checkTimestamp } from './time-check.js'

/** Why a value was refused. */
export interface Problem {
  readonly code: string
  readonly message: string
  /** The bounds that were broken, never the value that was sent. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** A value as it is held in memory, or why it was refused. */
export type Checked = { readonly value: unknown } | Problem

/** Checks one JSON value that is not null. Nothing is coerced from another JSON type. */
export type Checker = (value: unknown) => Checked

/** How the values of a kind are checked. Every value that passes can be stored. */
export function checkerOf(kind: ValueKind): Checker {
  switch (kind.kind) {
    case 'string':
      return (value) => checkString(value, kind.maxLength)
    case 'integer':
      return (value) => checkInteger(value, kind.min, kind.max)
    case 'bigint':
      return (value) => checkBigInt(value, kind.min, kind.max)
    case 'decimal':
      return (value) => checkDecimal(value, kind.precision, kind.scale)
    case 'enum':
      return (value) => (kind.values.includes(value as string) ? { value } : oneOf(kind.values))
    case 'bytes':
    case 'unknown':
      return () => typeProblem('of a type that JSON input can have')
    default:
      return simpleCheckers[kind.kind]
  }
}

const typeProblem = (wanted: string): Problem => ({ code: 'type', message: `must be ${wanted}` })

const oneOf = (values: readonly unknown[]): Problem => ({
  code: 'enum',
  message: `must be one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
  params: { values },
})

const range = (min: unknown, max: unknown): Problem => ({
  code: 'range',
  message: `must be between ${String(min)} and ${String(max)}`,
  params: { min: String(min), max: String(max) },
})

function checkString(value: unknown, maxLength = Number.POSITIVE_INFINITY): Checked {
  if (typeof value !== 'string') return typeProblem('a string')
  const unstorable = textProblem(value)
  if (unstorable) return unstorable
  // Databases count code points; only a string with surrogate pairs has fewer of them than of UTF-16 units.
  if (value.length > maxLength && codePointsIn(value) > maxLength) {
    return { code: 'max_length', message: `must have at most ${maxLength} characters`, params: { max: maxLength } }
  }
  return { value }
}

/** Text no database can hold as it is: PostgreSQL has no NUL, and UTF-8 no unpaired surrogate. */
function textProblem(text: string): Problem | undefined {
  if (text.includes('\0')) return { code: 'nul', message: 'must not contain the character NUL' }
  return text.isWellFormed() ? undefined : { code: 'unicode', message: 'must not contain unpaired surrogates' }
}

function checkInteger(value: unknown, min: number, max: number): Checked {
  if (typeof value !== 'number' || !Number.isInteger(value)) return typeProblem('a whole number')
  // Adding zero turns -0, which JSON has, into 0.
  return value < min || value > max ? { ...range(min, max), params: { min, max } } : { value: value + 0 }
}

function checkBigInt(value: unknown, min: bigint, max: bigint): Checked {
  if (typeof value !== 'string' || !/^(0|-?[1-9][0-9]{0,19})$/.test(value)) {
    return typeProblem('a string of digits, as its value may be too large for a JSON number')
  }
  const exact = BigInt(value)
  return exact < min || exact > max ? range(min, max) : { value }
}

function checkDecimal(value: unknown, precision: number, scale: number): Checked {
  const [, whole, fraction = ''] = (typeof value === 'string' && /^-?(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(value)) || []
  if (whole === undefined) return typeProblem('a string with a decimal number, such as "12.50"')
  if (fraction.length > scale || (whole === '0' ? 0 : whole.length) > precision - scale) {
    const message = `must have at most ${precision - scale} digits before and ${scale} after the point`
    return { code: 'range', message, params: { precision, scale } }
  }
  return { value }
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const simpleCheckers = {
  number: (value: unknown): Checked => (Number.isFinite(value) ? { value } : typeProblem('a finite number')),
  boolean: (value: unknown): Checked => (typeof value === 'boolean' ? { value } : typeProblem('true or false')),
  uuid: (value: unknown): Checked =>
    typeof value === 'string' && uuidShape.test(value)
      ? { value: value.toLowerCase() }
      : { code: 'uuid', message: 'must be a UUID' },
  timestamp: checkTimestamp,
  date: checkDate,
  time: checkTime,
  json: checkJson,
  texts: checkTexts,
}

/** A list that is the same when its texts, with commas between them, are taken apart again. */
function checkTexts(value: unknown): Checked {
  const isList = Array.isArray(value) && value.every((text) => typeof text === 'string' && !text.includes(','))
  if (!isList) return typeProblem('a list of strings without commas')
  if (value.length === 1 && value[0] === '') return typeProblem('a list that is not one empty string alone')
  return textProblem(value.join()) ?? { value: value as unknown }
}

/** JSON may hold what a database cannot: the same text as elsewhere is refused, and numbers beyond what a double holds. */
function checkJson(value: unknown): Checked {
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const part = waiting.pop()
    if (typeof part === 'string') {
      const problem = textProblem(part)
      if (problem) return problem
    } else if (typeof part === 'number' && !Number.isFinite(part)) return typeProblem('made of finite numbers')
    else if (Array.isArray(part)) for (const member of part) waiting.push(member)
    else if (typeof part === 'object' && part !== null) {
      for (const name in part) waiting.push(name, (part as Readonly<Record<string, unknown>>)[name])
    }
  }
  return { value }
}
