import type { ColumnOptions } from 'typeorm'
import type { Column } from '../../model/column.js'
import type { Comparable } from '../../model/operand.js'
import { commonOptions, type Dialect, quoted, utcText } from './dialect.js'
import { mariadbInserts } from './insert-dialect.js'
import { mariadbJson } from './mariadb-json.js'

/** MariaDB 10.7 and later. */
export const mariadb: Dialect = {
  ...make({
    uuid: { type: 'uuid' },
    exactCollation: 'utf8mb4_nopad_bin',
    jsonDefault: (text) => text.slice(1, -1),
    returnsUpserts: true,
  }),
  withoutWaiting: (statement) => `SET STATEMENT innodb_lock_wait_timeout = 0 FOR ${statement}`,
}

/** MySQL 8.0.17 and later. A statement waits for a lock for a second at least. */
export const mysql: Dialect = make({
  uuid: { type: 'uuid', length: 36 },
  exactCollation: 'utf8mb4_0900_bin',
  // Of columns that hold JSON only an expression can be the default.
  jsonDefault: (text) => () => `(${text})`,
  returnsUpserts: false,
})

interface Differences {
  readonly uuid: ColumnOptions
  readonly exactCollation: string
  readonly returnsUpserts: boolean
  /** How TypeORM is told the default of a JSON column, given as text in quotes. */
  readonly jsonDefault: (text: string) => ColumnOptions['default']
}

function make({ uuid, exactCollation, jsonDefault, returnsUpserts }: Differences): Dialect {
  // The usual collations ignore case, accents and trailing spaces.
  const exactText = (text: string) => `CONVERT(${text} USING utf8mb4) COLLATE ${exactCollation}`
  return {
    // An index with a condition silently becomes an index over all rows, so it must never be asked for.
    columnsByVersion: true,
    isFinerThanDate: ({ type, precision }) => instantTypes.has(type) && (precision ?? 0) > 3,
    equalsOtherTexts: ({ type, collation }) => textTypes.has(type) && collation !== exactCollation,
    partialIndexes: false,
    returnsUpserts,
    onDuplicate: () => 'ON DUPLICATE KEY UPDATE',
    proposed: (column) => `VALUES(${column})`,
    // The largest number there is, as its manual has it: there is an OFFSET behind a LIMIT only.
    foundFirst: ' LIMIT 18446744073709551615',
    ordersUpdates: true,
    updateFrom: ({ table, query, column, value, on }) =>
      `UPDATE ${table} JOIN (${query}) AS found ON ${on} SET ${table}.${column} = ${value}`,
    columnOptions: (column) => ({
      ...commonOptions(column),
      ...(column.type === 'uuid' ? uuid : typeOf(column)),
      ...(typeof column.default === 'object' && { default: jsonDefault(literal(JSON.stringify(column.default))) }),
      ...(column.exact && { charset: 'utf8mb4', collation: exactCollation }),
    }),
    literal,
    exactText,
    json: mariadbJson(exactText),
    inserts: mariadbInserts,
  }
}

const instantTypes: ReadonlySet<unknown> = new Set([Date, 'datetime', 'timestamp'])
const textTypes: ReadonlySet<unknown> = new Set([
  String,
  'char',
  'nchar',
  'varchar',
  'nvarchar',
  'national char',
  'national varchar',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'enum',
  'simple-enum',
  'set',
  'simple-array',
])

function typeOf({ type, length }: Column): ColumnOptions {
  switch (type) {
    case 'integer':
      return { type: 'int' }
    case 'string':
      return { type: 'varchar', length: length ?? 255 }
    case 'text':
      // `text` ends at 64 KB.
      return { type: 'longtext' }
    case 'float':
      return { type: 'double' }
    case 'timestamp':
      // `timestamp` ends in 2038 and depends on the zone of the session.
      return { type: 'datetime', precision: 3 }
    default:
      return { type }
  }
}

function literal(value: Comparable): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return String(value)
  return quoted(value instanceof Date ? utcText(value) : value.replaceAll('\\', '\\\\'))
}
