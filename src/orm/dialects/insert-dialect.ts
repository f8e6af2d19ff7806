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
  bound(value: unknown, column: ColumnMetadata): unknown
  /**
   * How an INSERT makes sure of other rows by itself, under locks that last until it is committed; absent where an engine has
   * no way to do so.
   */
  readonly underLocks?: InsertUnderLocks
}

/** The table of the counters whose rows are the locks of rules, and its columns, escaped. */
export interface LockTable {
  readonly table: string
  readonly key: string
  readonly number: string
}

/** An INSERT that makes sure of other rows under locks. */
export interface InsertUnderLocks {
  /**
   * How the locks are taken: not at all, where nobody else can write while it runs; before it, by the unit of work that it then
   * needs; or by the statement itself.
   */
  readonly taken: 'never' | 'before' | LocksInStatement
  /** What a SELECT of values alone reads from, where it has a condition. */
  readonly from: string
}

/** How a statement takes locks itself. */
export interface LocksInStatement {
  /**
   * What stands in front of it, and takes the locks of some keys: up to where conditions of that stand, and behind them.
   * @param keys the placeholder of a list, which is sorted.
   * @param counted that of a list of those that are counted as they are taken.
   */
  before(locks: LockTable, keys: string, counted?: string): readonly [string, string]
  /** How many of the locks are held. */
  readonly held: string
}

/** A word of standard SQL stands for the default of the column. */
const absent = (): string => 'DEFAULT'

const asItIs = (value: unknown): unknown => value

/**
 * A statement sees what was committed when it began, so a lock that it takes comes too late for what its holders have
 * written before they gave it back. They leave another version of the lock's row behind, which the statement has not seen.
 */
const inStatement: LocksInStatement = {
  before({ table, key, number }, keys, counted) {
    const seen = `(SELECT seen.xmin FROM ${table} AS seen WHERE seen.${key} = held.${key})`
    const added = counted ? `CASE WHEN plinth_key = ANY(${counted}::text[]) THEN 1 ELSE 0 END` : '0'
    const rows = `SELECT plinth_key, ${added} FROM unnest(${keys}::text[]) AS plinth_key`
    const taken = `${number} = held.${number} + excluded.${number} WHERE held.xmin = ${seen}`
    return [
      `WITH plinth_held AS (INSERT INTO ${table} AS held (${key}, ${number}) ${rows}`,
      ` ON CONFLICT (${key}) DO UPDATE SET ${taken} RETURNING 1) `,
    ]
  },
  held: '(SELECT COUNT(*) FROM plinth_held)',
}

export const postgresInserts: InsertDialect = {
  namesSerials: false,
  absent,
  bound: asItIs,
  underLocks: { taken: inStatement, from: '' },
}

/** What is inserted sees everything that was committed when it began: the locks were taken before. */
export const mariadbInserts: InsertDialect = {
  namesSerials: true,
  absent,
  bound: asItIs,
  underLocks: { taken: 'before', from: 'FROM DUAL' },
}

/** The types of columns that SQLite turns every number into a number of its own kind for. */
const numeric = /INT|REAL|FLOA|DOUB|DEC|NUM/i

/** What a driver of SQLite stores as it is given it. */
const isTaken = (value: unknown): boolean =>
  typeof value === 'string' || value === null || value instanceof Uint8Array || typeof value === 'bigint'

export const sqliteInserts: InsertDialect = {
  namesSerials: true,
  // Whoever writes is alone from the beginning of his statement.
  underLocks: { taken: 'never', from: '' },
  absent: (defaultText) => defaultText ?? 'NULL',
  around: ({ type }) => (type === 'jsonb' ? ['jsonb(', ')'] : ['', '']),
  bound: (value, { type }) => {
    // TypeORM writes booleans and instants in ways of its own, and says what it thinks of other objects.
    if (typeof value !== 'number') return isTaken(value) ? value : undefined
    if (!Number.isFinite(value)) return undefined
    // A bound number is a floating one to SQLite: a column of text would store 5 as "5.0".
    if (!Number.isInteger(value) || (typeof type === 'string' && numeric.test(type))) return value
    return Number.isSafeInteger(value) ? BigInt(value) : undefined
  },
}
