import { asDeclared } from '../helpers/naming.js'
import { quoted } from '../helpers/quoted.js'
import type { PropertyDescription, ValueKind } from '../model/entity-description.js'

/** Turns a row into the JSON text of its representation. */
export type RowWriter = (row: object) => string

type ValueWriter = (value: unknown) => string

/** Compiles the writer of some properties. Nothing else of a row is ever read. */
export function compileWriter(properties: readonly PropertyDescription[], { outside } = asDeclared): RowWriter {
  const parts = properties.map(({ name, value }, index) => ({
    name,
    prefix: `${index === 0 ? '' : ','}${JSON.stringify(outside(name))}:`,
    write: valueWriter(value),
  }))
  return (row) => {
    let text = '{'
    for (const { name, prefix, write } of parts) {
      const value = (row as Readonly<Record<string, unknown>>)[name]
      text += prefix + (value === null || value === undefined ? 'null' : write(value))
    }
    return `${text}}`
  }
}

/** Writes the values of a kind that are not null. */
export function valueWriter(value: ValueKind): ValueWriter {
  switch (value.kind) {
    case 'timestamp':
      return (value) => (value instanceof Date ? `"${value.toISOString()}"` : jsonOf(value))
    case 'decimal':
      return decimalWriter(value.precision, value.scale)
    case 'bigint':
    case 'uuid':
      return (value) => quoted(String(value))
    default:
      return jsonOf
  }
}

/** SQLite drops zeros at the end; where a column has no bounds of its own, there are none to put back. */
function decimalWriter(precision: number, scale: number): ValueWriter {
  if (precision >= unboundedPrecision || scale === 0) return (value) => quoted(String(value))
  return (value) => {
    const text = String(value)
    const point = text.indexOf('.')
    const [whole, fraction] = point < 0 ? [text, ''] : [text.slice(0, point), text.slice(point + 1)]
    return JSON.stringify(`${whole}.${fraction.padEnd(scale, '0')}`)
  }
}

/** What columns have that were given no precision. */
const unboundedPrecision = 65

/** Any value as JSON; whole numbers too large for a JSON number are strings. */
export const jsonOf: ValueWriter = (value) =>
  // A text has no members, and asking about each value costs more than writing it.
  typeof value === 'string' ? quoted(value) : (JSON.stringify(value, exact) ?? 'null')

const exact = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
