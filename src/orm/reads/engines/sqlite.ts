import { DateUtils } from 'typeorm/util/DateUtils.js'
import { RecentMap } from '../../../helpers/recent-map.js'
import { instantValue } from './instant-value.js'
import {
  jsonSamples,
  jsonTypes,
  type QuickColumn,
  quotedText,
  type ReadEngine,
  rewrittenJson,
  textSamples,
} from './read-engine.js'

interface Statement {
  /** Whether it gives rows. */
  readonly reader: boolean
  run(parameters: readonly unknown[]): { readonly changes: number }
  raw(on: true): Statement
  all(parameters: readonly unknown[]): readonly (readonly unknown[])[]
  get(parameters: readonly unknown[]): readonly unknown[] | undefined
}

interface Connection {
  prepare(sql: string): Statement
}

/** The most statements that are kept prepared of one connection. */
const mostPrepared = 200

/** A statement, and whether it gives rows: libsql asks itself that anew each time. */
interface Prepared {
  readonly statement: Statement
  readonly reader: boolean
  /** Whether it surely writes nothing. */
  readonly isRead: boolean
}

const prepared = new WeakMap<object, RecentMap<Prepared>>()

/** SQLite compiles a statement again by itself where the schema has changed meanwhile. */
function preparedOf(connection: Connection, sql: string): Prepared {
  const kept = prepared.get(connection) ?? new RecentMap<Prepared>(mostPrepared)
  const known = kept.get(sql)
  if (known) return known
  const statement = connection.prepare(sql)
  const { reader } = statement
  const made = { statement: reader ? statement.raw(true) : statement, reader, isRead: /^\s*SELECT\b/i.test(sql) }
  kept.set(sql, made)
  prepared.set(connection, kept)
  return made
}

const texts: QuickColumn = { text: quotedText, samples: textSamples }
const documents: QuickColumn = { text: rewrittenJson, samples: jsonSamples }
const integers: QuickColumn = {
  text: (raw) => (Number.isSafeInteger(raw) ? String(raw) : undefined),
  samples: [0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, 1.5, '12'],
}
const booleans: QuickColumn = {
  text: (raw) => (raw === 1 ? 'true' : raw === 0 ? 'false' : undefined),
  samples: [0, 1, 2, 'true'],
}
const instantSamples = [
  '2024-02-28 23:59:59.123',
  '0999-01-01 00:00:00.000',
  '0099-01-01 00:00:00.000',
  '2024-12-31 00:00:00.007',
  '2024-02-29 00:00:00.000',
  '2024-02-30 00:00:00.000',
  '2024-04-31 00:00:00.000',
]
const instants: QuickColumn = {
  text: (raw) => {
    if (typeof raw !== 'string' || !instant.test(raw)) return undefined
    return `"${raw.slice(0, 10)}T${raw.slice(11)}Z"`
  },
  value: (raw) => {
    if (typeof raw !== 'string' || !instant.test(raw)) return undefined
    return instantValue(raw, Number(raw.slice(20)))
  },
  samples: [...instantSamples, '2024-01-01', 12],
}

const date = '\\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)'

/** An instant that is what it seems: of the last days of February the ordinary way decides. */
const instant = new RegExp(`^${date} (?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}$`)

const byKind: Readonly<Record<string, QuickColumn>> = {
  string: texts,
  uuid: texts,
  integer: integers,
  boolean: booleans,
  timestamp: instants,
}

/** SQLite, by a driver with the interface of better-sqlite3. */
export const sqlite: ReadEngine = {
  read(connection, { sql, parameters, single }) {
    const { statement, reader, isRead } = preparedOf(connection as Connection, sql)
    try {
      if (!reader) return { rows: [], affected: statement.run(parameters).changes }
      // SQLite copies its log into the file when a statement that wrote has come to its end, which `get` does not wait for.
      if (!single || !isRead) return { rows: statement.all(parameters) }
      // libsql makes an iterator for rows, which costs more than most rows do.
      const row = statement.get(parameters)
      return { rows: row ? [row] : [] }
    } catch (error) {
      // A statement of libsql that has failed once fails the next time too.
      prepared.get(connection)?.delete(sql)
      throw error
    }
  },

  bound(value) {
    if (typeof value === 'boolean') return value ? 1n : 0n
    // A bound number is a real one, whose text is another than that of a whole one.
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
    return value instanceof Date ? DateUtils.mixedDateToUtcDatetimeString(value) : value
  },

  exactKinds: new Set(['string', 'uuid', 'timestamp']),

  quick(column, kind) {
    return jsonTypes.has(column.type) ? documents : byKind[kind]
  },
}
