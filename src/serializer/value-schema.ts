import type { Naming } from '../helpers/naming.js'
import type { ValueKind } from '../model/entity-description.js'

/** A JSON Schema (draft 2020-12) of an object, or a part of one. */
export type SchemaObject = Readonly<Record<string, unknown>>

/** Text that every database can hold: no NUL, no unpaired surrogates. */
const storable = '^[^\\u0000\\p{Cs}]*$'

const uuid = '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$'
const day = '[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
const clock = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]'

/** The JSON values that a kind of column has; never null. What is accepted fits, but not all that fits is accepted. */
export function valueSchema(kind: ValueKind): SchemaObject {
  switch (kind.kind) {
    case 'string':
      return { type: 'string', pattern: storable, ...(kind.maxLength !== undefined && { maxLength: kind.maxLength }) }
    case 'integer':
      return { type: 'integer', minimum: kind.min, maximum: kind.max }
    case 'bigint':
      return { type: 'string', pattern: '^(0|-?[1-9][0-9]{0,19})$' }
    case 'decimal':
      return { type: 'string', pattern: decimalPattern(kind) }
    case 'enum':
      return { enum: kind.values }
    case 'bytes':
    case 'unknown':
      return { not: {} }
    default:
      return simpleSchemas[kind.kind]
  }
}

const simpleSchemas = {
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  uuid: { type: 'string', format: 'uuid', pattern: uuid },
  timestamp: {
    type: 'string',
    format: 'date-time',
    pattern: `^${day.replace('[1-9]', '[0-9]')}[Tt]${clock}(\\.[0-9]{1,9})?([Zz]|[+-]${clock.slice(0, clock.lastIndexOf(':'))})$`,
  },
  date: { type: 'string', format: 'date', pattern: `^${day}$` },
  time: { type: 'string', pattern: `^${clock}$` },
  json: {},
  texts: { type: 'array', items: { type: 'string', pattern: '^[^\\u0000\\p{Cs},]*$' }, not: { const: [''] } },
} as const

function decimalPattern({ precision, scale }: { readonly precision: number; readonly scale: number }): string {
  const digits = precision - scale
  const whole = digits > 0 ? `(0|[1-9][0-9]{0,${digits - 1}})` : '0'
  return `^-?${whole}${scale > 0 ? `(\\.[0-9]{1,${scale}})?` : ''}$`
}

/** The same with null. */
export function nullableSchema(schema: SchemaObject): SchemaObject {
  const { type, enum: values } = schema
  if (typeof type === 'string') return { ...schema, type: [type, 'null'] }
  if (Array.isArray(values)) return { ...schema, enum: [...(values as unknown[]), null] }
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] }
}

/** The same where any part may be left out, however deep. */
export function sparseSchema(schema: SchemaObject): SchemaObject {
  const { required: _required, properties, items, anyOf, ...rest } = schema
  const inside = (part: unknown): SchemaObject => sparseSchema(part as SchemaObject)
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties as object).map(([name, part]) => [name, inside(part)])),
    }),
    ...(items !== undefined && { items: inside(items) }),
    ...(anyOf !== undefined && { anyOf: (anyOf as readonly unknown[]).map(inside) }),
  }
}

/** The schema of a key as it stands in a path. */
export function keySchema(kind: ValueKind): SchemaObject {
  const schema = valueSchema(kind)
  return kind.kind === 'string' ? { ...schema, minLength: 1 } : schema
}

/** The schema of an object, with its own members called as outside. */
export function namedMembers(schema: SchemaObject, { members, outside }: Naming): SchemaObject {
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, SchemaObject>>
    readonly required?: readonly string[]
  }
  return { ...schema, properties: members(properties), required: required.map(outside) }
}
