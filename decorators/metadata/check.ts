import {
  type FieldError,
  type JsonSchema,
  pointerTo,
  ValidationError,
  type Validator,
  validateJsonSchema,
} from 'plinth'
import { jsonComplaints } from './json-complaints.js'

interface Limits {
  readonly schema: JsonSchema | Validator | undefined
  readonly maxBytes: number
  readonly maxDepth: number
}

/** Makes what checks metadata: its form first, then its size, then the schema. */
export function metadataCheck({ schema, maxBytes, maxDepth }: Limits): (value: unknown) => readonly FieldError[] {
  const fits = schema === undefined ? undefined : validatorOf(schema, { maxBytes, maxDepth })
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [{ pointer: '#', code: 'object', message: 'must be an object' }]
    }
    const complaints = jsonComplaints(value, maxDepth)
    if (complaints.length > 0) return complaints
    if (!fits && mostBytes(value) <= maxBytes) return []
    const text = JSON.stringify(value)
    if (Buffer.byteLength(text) > maxBytes) {
      return [{ pointer: '#', code: 'maxBytes', message: 'is too large', params: { maxBytes } }]
    }
    return fits?.complaints(JSON.parse(text)) ?? []
  }
}

/** As many bytes as the JSON of a value may have at most: what is far from a limit need not be written to be measured. */
function mostBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value)
  if (typeof value !== 'object' || value === null) return longestNumber
  let bytes = 2
  if (Array.isArray(value)) for (const item of value) bytes += 1 + mostBytes(item)
  else {
    const members = value as Readonly<Record<string, unknown>>
    for (const name of Object.keys(members)) bytes += 2 + textBytes(name) + mostBytes(members[name])
  }
  return bytes
}

/** Between its quotes each character may be escaped as `\u0000`. */
const textBytes = ({ length }: string): number => 2 + 6 * length

/** That of `-1.7976931348623157e-300`; no other value without members is written longer. */
const longestNumber = 24

/** What metadata holds is bounded already, so the schema need not bound it again. */
function validatorOf(schema: JsonSchema | Validator, { maxBytes, maxDepth }: Omit<Limits, 'schema'>): Validator {
  if (typeof schema === 'function') return schema
  const limits = { depth: maxDepth, values: maxBytes, items: maxBytes, characters: maxBytes }
  return validateJsonSchema(schema, { limits })
}

const deepestInput = 64

/**
 * Gives back a part of a verb's input, if it is JSON.
 * @throws {ValidationError} with a pointer to every part that is not.
 */
export function assertJson<T>(name: string, value: T): T {
  const errors = jsonComplaints(value, deepestInput).map(({ pointer = '#', ...error }) => ({
    ...error,
    pointer: pointerTo(name) + pointer.slice(1),
  }))
  if (errors.length === 0) return value
  throw new ValidationError('The input is not valid.', { errors })
}
