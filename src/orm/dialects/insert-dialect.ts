import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'

/** How an engine takes the values of an INSERT. */
export interface InsertDialect {
  /** Whether an INSERT names the columns that count up by themselves, and null makes them do it. */
  readonly namesSerials: boolean
  /** What stands for a value that is not given, of a column with this default. */
  absent(defaultText: string | undefined): string
  /** What stands in front of a placeholder and behind it. */
  around?(column: ColumnMetadata): readonly [string, string]
  /** The value as it is bound; undefined for one that cannot be. */
  bound?(value: unknown, column: ColumnMetadata): unknown
}

/** A word of standard SQL stands for the default of the column. */
const absent = (): string => 'DEFAULT'

export const postgresInserts: InsertDialect = { namesSerials: false, absent }

export const mariadbInserts: InsertDialect = { namesSerials: true, absent }

/** The types of columns that SQLite turns every number into a number of its own kind for. */
const numeric = /INT|REAL|FLOA|DOUB|DEC|NUM/i

export const sqliteInserts: InsertDialect = {
  namesSerials: true,
  absent: (defaultText) => defaultText ?? 'NULL',
  around: ({ type }) => (type === 'jsonb' ? ['jsonb(', ')'] : ['', '']),
  bound: (value, { type }) => {
    if (typeof value !== 'number') return value instanceof Date ? undefined : value
    if (!Number.isFinite(value)) return undefined
    // A bound number is a floating one to SQLite: a column of text would store 5 as "5.0".
    if (!Number.isInteger(value) || (typeof type === 'string' && numeric.test(type))) return value
    return Number.isSafeInteger(value) ? BigInt(value) : undefined
  },
}
