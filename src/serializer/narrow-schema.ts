import type { SchemaObject } from './value-schema.js'

const stricter: Readonly<Record<string, (one: number, other: number) => number>> = {
  minimum: Math.max,
  minLength: Math.max,
  minItems: Math.max,
  maximum: Math.min,
  maxLength: Math.min,
  maxItems: Math.min,
}

/** What means the same beside whatever else a schema says. */
const independent = new Set([...Object.keys(stricter), 'type', 'format', 'pattern', 'enum', 'const', 'multipleOf'])

/**
 * A schema of the values that fit a schema and some others besides. Bounds become the stricter ones, so that examples made
 * of the schema fit it; what cannot be said in one schema stays in `allOf`.
 */
export function narrowSchema(schema: SchemaObject, others: readonly SchemaObject[]): SchemaObject {
  let whole = schema
  const rest: SchemaObject[] = []
  for (const other of others) {
    const both = merged(whole, other)
    if (both) whole = both
    else rest.push(other)
  }
  return rest.length > 0 ? { ...whole, allOf: rest } : whole
}

function merged(schema: SchemaObject, other: SchemaObject): SchemaObject | undefined {
  const both: Record<string, unknown> = { ...schema }
  for (const [keyword, value] of Object.entries(other)) {
    const present = schema[keyword]
    const strict = strictest(keyword, present, value)
    if (!independent.has(keyword) || strict === undefined) return undefined
    both[keyword] = strict
  }
  return both
}

/** The value of a keyword that means what two of them mean; undefined where there is none. */
function strictest(keyword: string, present: unknown, value: unknown): unknown {
  if (present === undefined || present === value) return value
  if (typeof present === 'number' && typeof value === 'number') return stricter[keyword]?.(present, value)
  const types = [present, value]
  return keyword === 'type' && types.includes('integer') && types.includes('number') ? 'integer' : undefined
}
