import type { ColumnOptions } from 'typeorm'
import type { Column } from '../../model/column.js'
import type { Comparable } from '../../model/operand.js'
import { commonOptions, type Dialect, quoted, updateFrom } from './dialect.js'
import { postgresInserts } from './insert-dialect.js'
import { postgresJson } from './postgres-json.js'

/** PostgreSQL. Timestamps have the precision of a Date: with microseconds a value read would not equal its row. */
export const postgres: Dialect = {
  partialIndexes: true,
  onDuplicate: (key) => `ON CONFLICT (${key}) DO UPDATE SET`,
  proposed: (column) => `excluded.${column}`,
  updateFrom,
  typed: (parameter, type) => `CAST(${parameter} AS ${type})`,
  columnOptions: (column) => ({
    ...commonOptions(column),
    ...typeOf(column),
    // Other collations compare equal texts as equal, but order them in ways of their own.
    ...(column.exact && { collation: 'C' }),
  }),
  literal,
  json: postgresJson,
  inserts: postgresInserts,
  objectCheck: (column) => `jsonb_typeof(${column}) = 'object'`,
  // Equality is by bytes on every deterministic collation; order is not.
  exactText: (column, comparison) => (comparison === 'order' ? `${column} COLLATE "C"` : undefined),
}

function typeOf({ type, length }: Column): ColumnOptions {
  switch (type) {
    case 'string':
      return { type: 'varchar', length: length ?? 255 }
    case 'float':
      return { type: 'double precision' }
    case 'timestamp':
      return { type: 'timestamptz', precision: 3 }
    case 'json':
      return { type: 'jsonb' }
    default:
      return { type }
  }
}

function literal(value: Comparable): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return String(value)
  return quoted(value instanceof Date ? value.toISOString() : value)
}
