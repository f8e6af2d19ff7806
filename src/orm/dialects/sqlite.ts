import type { ColumnOptions } from 'typeorm'
import type { Column } from '../../model/column.js'
import type { Comparable } from '../../model/operand.js'
import { commonOptions, type Dialect, quoted, updateFrom, utcText } from './dialect.js'
import { sqliteInserts } from './insert-dialect.js'
import { sqliteJson } from './sqlite-json.js'

/** SQLite stores instants as UTC text with milliseconds (`datetime` in TypeORM), which sorts as the instants do. */
export const sqlite: Dialect = {
  columnsByVersion: false,
  isFinerThanDate: () => false,
  equalsOtherTexts: ({ collation = 'BINARY' }) => collation.toUpperCase() !== 'BINARY',
  partialIndexes: true,
  returnsUpserts: true,
  onDuplicate: (key) => `ON CONFLICT (${key}) DO UPDATE SET`,
  proposed: (column) => `excluded.${column}`,
  columnOptions: (column) => ({ ...commonOptions(column), ...typeOf(column) }),
  // The planner knows of the limit where it sorts only.
  foundFirst: '',
  ordersUpdates: false,
  updateFrom,
  literal,
  json: sqliteJson,
  inserts: sqliteInserts,
  columnCheck,
}

/** A UUID as a pattern of GLOB, which tells cases apart whatever the collation. */
const uuidOf = (digit: string): string => [8, 4, 4, 4, 12].map((length) => digit.repeat(length)).join('-')

/** A UUID in its one spelling. */
export const uuidPattern = uuidOf('[0-9a-f]')
const spelledPattern = uuidOf('[0-9A-Fa-f]')

function columnCheck({ type, primary, object }: Column, name: string): string | undefined {
  // Keys are written in their one spelling; whatever else holds a UUID may be given in any, as on the other engines.
  if (type === 'uuid') return `${name} GLOB '${primary ? uuidPattern : spelledPattern}'`
  return type === 'json' && object ? `json_valid(${name}) AND json_type(${name}) = 'object'` : undefined
}

function typeOf({ type, length }: Column): ColumnOptions {
  switch (type) {
    case 'uuid':
      // Whoever looks for one finds it in either case, as on engines that have the type.
      return { type: 'uuid', length: 36, collation: 'NOCASE' }
    case 'string':
      return { type: 'varchar', length: length ?? 255 }
    case 'float':
      return { type: 'real' }
    case 'timestamp':
      return { type: 'datetime' }
    case 'json':
      return { type: 'json' }
    default:
      return { type }
  }
}

function literal(value: Comparable): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') return String(value)
  return quoted(value instanceof Date ? utcText(value) : value)
}
