import type { ValueKind } from '../../model/entity-description.js'

/** A schema of JSON Schema 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The schema of one value of a kind as it stands in a query. */
export function valueSchema(kind: ValueKind): JsonSchema {
  switch (kind.kind) {
    case 'string':
      return { type: 'string', ...(kind.maxLength !== undefined && { maxLength: kind.maxLength }) }
    case 'integer':
      return { type: 'integer', minimum: kind.min, maximum: kind.max }
    case 'number':
    case 'boolean':
      return { type: kind.kind }
    case 'enum':
      return { enum: kind.values }
    case 'bigint':
      return { type: 'string', pattern: '^(0|-?[1-9][0-9]{0,19})$' }
    case 'decimal':
      return { type: 'string', pattern: '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$' }
    case 'timestamp':
      return { type: 'string', format: 'date-time' }
    case 'uuid':
    case 'date':
    case 'time':
      return { type: 'string', format: kind.kind }
    default:
      return { type: 'string' }
  }
}
