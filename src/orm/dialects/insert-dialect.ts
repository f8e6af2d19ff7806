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
   * How the locks are taken: not at all, where nobody else can write while it runs; by the statement itself; or before it, by
   * the unit of work that it then needs.
   */
  readonly taken: 'never' | 'by the statement' | 'before'
  /** What stands in front of it, and takes the locks of these keys, which are sorted placeholders. */
  before(locks: LockTable, keys: readonly string[]): string
  /** The same for a list of keys that is one placeholder. */
  beforeMany(locks: LockTable, keys: string): string
  /** How many of the locks are held, where there is something in front. */
  readonly held: string
  /** Where its SELECT reads from: a row where so many locks are held, and no row otherwise. */
  from(held: number): string
}

/** A word of standard SQL stands for the default of the column. */
const absent = (): string => 'DEFAULT'

/**
 * A statement sees what was committed when it began, so a lock that it takes comes too late for what its holders have
 * written before they gave it back. They leave another version of the lock's row behind, which the statement has not seen.
 */
const underLocks: InsertUnderLocks = {
  taken: 'by the statement',
  before: (locks, keys) => takingLocks(locks, `VALUES ${keys.map((placeholder) => `(${placeholder}, 0)`).join(', ')}`),
  beforeMany: (locks, keys) => takingLocks(locks, `SELECT plinth_key, 0 FROM unnest(${keys}::text[]) AS plinth_key`),
  held: '(SELECT COUNT(*) FROM plinth_held)',
  from: (held) =>
    held > 0 ? `FROM (SELECT 1 WHERE (SELECT COUNT(*) FROM plinth_held) = ${held}) AS plinth_locks` : '',
}

function takingLocks({ table, key, number }: LockTable, rows: string): string {
  const seen = `(SELECT seen.xmin FROM ${table} AS seen WHERE seen.${key} = held.${key})`
  const taken = `DO UPDATE SET ${number} = held.${number} WHERE held.xmin = ${seen} RETURNING 1`
  const insert = `INSERT INTO ${table} AS held (${key}, ${number}) ${rows} ON CONFLICT (${key}) ${taken}`
  return `WITH plinth_held AS (${insert}) `
}

export const postgresInserts: InsertDialect = { namesSerials: false, absent, underLocks }

/** What is inserted sees everything that was committed when it began: the locks were taken before. */
export const mariadbInserts: InsertDialect = {
  namesSerials: true,
  absent,
  underLocks: { taken: 'before', before: () => '', beforeMany: () => '', held: '', from: () => 'FROM DUAL' },
}

/** The types of columns that SQLite turns every number into a number of its own kind for. */
const numeric = /INT|REAL|FLOA|DOUB|DEC|NUM/i

export const sqliteInserts: InsertDialect = {
  namesSerials: true,
  // Whoever writes is alone from the beginning of his statement.
  underLocks: { taken: 'never', before: () => '', beforeMany: () => '', held: '', from: () => '' },
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
