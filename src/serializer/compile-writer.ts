import type { PropertyDescription, ValueKind } from '../model/entity-description.js'

/** Turns a row into the JSON text of its representation. */
export type RowWriter = (row: object) => string

type ValueWriter = (value: unknown) => string

/** Compiles the writer of some properties. Nothing else of a row is ever read. */
export function compileWriter(properties: readonly PropertyDescription[]): RowWriter {
  const parts = properties.map(({ name, value }, index) => ({
    name,
    prefix: `${index === 0 ? '' : ','}${JSON.stringify(name)}:`,
    write: writerOf(value),
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

function writerOf({ kind }: ValueKind): ValueWriter {
  switch (kind) {
    case 'timestamp':
      return (value) => (value instanceof Date ? `"${value.toISOString()}"` : jsonOf(value))
    case 'bigint':
    case 'decimal':
    case 'uuid':
      return (value) => jsonOf(String(value))
    default:
      return jsonOf
  }
}

const jsonOf: ValueWriter = (value) => JSON.stringify(value) ?? 'null'
