import type { ColumnOptions } from 'typeorm'
import type { Column } from '../../model/column.js'
import type { Comparable } from '../../model/operand.js'
import { commonOptions, type Dialect, quoted, updateFrom } from './dialect.js'
import { postgresInserts } from './insert-dialect.js'
import { postgresJson } from './postgres-json.js'

/** PostgreSQL. Timestamps have the precision of a Date: with microseconds a value read would not equal its row. */
export const postgres: Dialect = {
  columnsByVersion: false,
  isFinerThanDate: ({ type, precision }) => instants.has(type) && (precision ?? 6) > 3,
  // The blanks at the end of `char` do not count, and a collation may be one that is not deterministic.
  equalsOtherTexts: ({ type, collation = 'C' }) => blankPadded.has(type) || collation !== 'C',
  partialIndexes: true,
  returnsUpserts: true,
  onDuplicate: (key) => `ON CONFLICT (${key}) DO UPDATE SET`,
  proposed: (column) => `excluded.${column}`,
  tryLock: (name) => `SELECT pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) AS free`,
  foundFirst: ' OFFSET 0',
  ordersUpdates: false,
  updateFrom,
  typed: (parameter, type) => `CAST(${parameter} AS ${type})`,
  // A table that was filled just now looks empty to the planner, which would read all of it for a condition; OFFSET keeps
  // it from turning the lookups into a join that it likes better. Also every index that begins with the same column seems
  // as good then: the order says which of them is meant, limits make it one of more than a constant, and elements, which
  // are taken for a hundred, make a sort dearer than whatever index has it.
  lookup: ({ columns, table, names, tuples, where }) => {
    const terms = names.map((_, index) => `plinth_wanted.term${index}`)
    const [last, wantedLast] = [names.at(-1)!, terms.at(-1)!]
    const equal = names.slice(0, -1).map((name, index) => `${name} = ${terms[index]}`)
    const meant = [...equal, `${last} >= ${wantedLast}`, `${last} <= ${wantedLast}`]
    const wanted = `(VALUES ${tuples}) AS plinth_wanted(${names.map((_, index) => `term${index}`).join(', ')})`
    const from = `${table} CROSS JOIN jsonb_array_elements('[0]') AS plinth_once(plinth_element)`
    const rows = `SELECT ${columns} FROM ${from}${where} AND ${meant.join(' AND ')} ORDER BY ${last} OFFSET 0`
    return `SELECT ${columns} FROM ${wanted} CROSS JOIN LATERAL (${rows}) AS plinth_found`
  },
  columnOptions: (column) => ({
    ...commonOptions(column),
    ...typeOf(column),
    // Other collations compare equal texts as equal, but order them in ways of their own.
    ...(column.exact && { collation: 'C' }),
  }),
  literal,
  json: postgresJson,
  inserts: postgresInserts,
  columnCheck: ({ type, object }, name) => (type === 'json' && object ? `jsonb_typeof(${name}) = 'object'` : undefined),
  // Equality is by bytes on every deterministic collation; order is not.
  exactText: (column, comparison) => (comparison === 'order' ? `${column} COLLATE "C"` : undefined),
}

const blankPadded: ReadonlySet<unknown> = new Set(['citext', 'char', 'character', 'bpchar'])

const instants: ReadonlySet<unknown> = new Set([
  Date,
  'timestamp',
  'timestamptz',
  'timestamp with time zone',
  'timestamp without time zone',
])

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
