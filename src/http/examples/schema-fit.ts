import type { SchemaObject } from '../../serializer/value-schema.js'
import { compileJsonSchema } from '../../validators/json-schema-compiler.js'

type Fit = ReturnType<typeof compileJsonSchema>

const compiled = new WeakMap<SchemaObject, Fit>()

/** What is wrong with a value by a schema, in half a sentence; undefined where it fits. Schemas are compiled once. */
export function misfitOf(value: unknown, schema: SchemaObject): string | undefined {
  const fits = compiled.get(schema) ?? compile(schema)
  compiled.set(schema, fits)
  if (fits(value)) return undefined
  // Of alternatives, the first is the whole one.
  const [error] = fits.errors ?? []
  if (!error) return 'does not fit'
  const { instancePath, message = 'is wrong', params } = error
  const named = Object.entries(params as Readonly<Record<string, unknown>>).find(([name]) => name.endsWith('Property'))
  const told = named ? `${message}: "${String(named[1])}"` : message
  return instancePath === '' ? told : `${instancePath} ${told}`
}

function compile(schema: SchemaObject): Fit {
  try {
    return compileJsonSchema(schema, { strict: false })
  } catch {
    // Schemas of an application may have formats of their own.
    return compileJsonSchema(schema, { strict: false, formats: 'note' })
  }
}
