import { instantValue } from './instant-value.js'
import { noteOutdated, planName } from './postgres-plans.js'
import { type SavepointClient, sendInSavepoint } from './postgres-savepoint.js'
import { type PreparedText, preparedText } from './postgres-statement.js'
import {
  jsonSamples,
  jsonTypes,
  type QuickColumn,
  quotedText,
  type RawRows,
  type ReadEngine,
  type ReadStatement,
  rewrittenJson,
  textSamples,
} from './read-engine.js'

interface Result {
  readonly rows: readonly (readonly unknown[])[]
  readonly fields: readonly { readonly dataTypeID: number }[]
  readonly rowCount: number | null
}

type Answered = PreparedText['callback']

interface Client {
  query(query: object, answered?: (error: Error | null | undefined, result: Result) => void): void
  /** `I` outside of transactions. */
  getTransactionStatus?(): string | null
  getTypeParser(type: number, format: 'text'): (text: string) => unknown
}

/** Rows come as the text the server sent: most of it is JSON already, or nearly. */
const asText = (text: string): string => text
const asSent = { getTypeParser: () => asText }

const numbers: QuickColumn = {
  text: (raw) => raw as string,
  samples: ['0', '-1', '32767', '2147483647', '-2147483648'],
}
const booleans: QuickColumn = { text: (raw) => (raw === 't' ? 'true' : 'false'), samples: ['t', 'f'] }
const plain: QuickColumn = {
  text: (raw) => `"${raw as string}"`,
  samples: ['123', '9223372036854775807', '-9223372036854775808'],
}
const uuids: QuickColumn = { text: plain.text, samples: ['9b2f6c1e-0000-4000-8000-0123456789ab'] }
const texts: QuickColumn = { text: quotedText, samples: textSamples }
const documents: QuickColumn = { text: rewrittenJson, samples: jsonSamples }
const instants = instantsWith('+00')
const zoneless = instantsWith('')

/** Instants with no more than three digits behind the second. @param zone how the text says that it is of UTC. */
function instantsWith(zone: '+00' | ''): QuickColumn {
  const whole = 19 + zone.length
  /** With the point in front of it. */
  const fractionOf = (given: string): string | undefined => {
    const { length } = given
    if (length < whole || length > whole + 4 || given[10] !== ' ' || !given.endsWith(zone)) return undefined
    if (length === whole) return '.000'
    return given[19] === '.' ? given.slice(19, length - zone.length).padEnd(4, '0') : undefined
  }
  // Rows often have the instant of those before them, as what a call has written.
  let last = ''
  let lastText: string | undefined
  const text = (raw: unknown): string | undefined => {
    if (raw === last) return lastText
    const given = raw as string
    const fraction = fractionOf(given)
    last = given
    lastText = fraction && `"${given.slice(0, 10)}T${given.slice(11, 19)}${fraction}Z"`
    return lastText
  }
  const value = (raw: unknown): Date | undefined => {
    const fraction = fractionOf(raw as string)
    return fraction === undefined ? undefined : instantValue(raw as string, Number(fraction.slice(1)))
  }
  const samples = ['2024-02-29 23:59:59.123', '1970-01-01 00:00:00', '0999-07-01 01:02:03.1', '2024-07-31 00:00:00.12']
  return { text, value, samples: [...samples, '0099-12-31 00:00:00.02'].map((sample) => sample + zone) }
}

/** Instants without a zone are of the zone of the process, which samples cannot tell for every day of the past. */
const worksInUtc = (): boolean => utc.has(new Intl.DateTimeFormat().resolvedOptions().timeZone)
const utc: ReadonlySet<string> = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Zulu', 'Etc/Zulu', 'UCT', 'Etc/UCT'])

/** Exact numbers that have all the digits of their column behind the point. */
function decimals(scale: number): QuickColumn {
  return {
    text: (raw) => {
      const text = raw as string
      const point = text.indexOf('.')
      return scale > 0 && point > 0 && text.length - point - 1 === scale ? `"${text}"` : undefined
    },
    samples: ['0', 'NaN', `1.${'5'.repeat(scale)}`, `-12.${'0'.repeat(scale)}`],
  }
}

const numeric = 1700
const timestamp = 1114

/** By the object ids of types, which are the same on every server. */
const byType: Readonly<Record<number, Readonly<Record<string, QuickColumn>>>> = {
  16: { boolean: booleans },
  20: { bigint: plain },
  21: { integer: numbers },
  23: { integer: numbers },
  25: { string: texts },
  1042: { string: texts },
  1043: { string: texts },
  1184: { timestamp: instants },
  2950: { uuid: uuids },
}

/** A transaction in which a statement failed takes no other. The server may not have said yet that it failed. */
const isInTransaction = (client: Client): boolean => (client.getTransactionStatus?.() ?? 'I') !== 'I'

function rawOf(client: Client, { rows, fields, rowCount }: Result): RawRows {
  return {
    rows,
    ...(fields.length === 0 && { affected: rowCount ?? 0 }),
    types: fields.map(({ dataTypeID }) => dataTypeID),
    parserOf: (type) => client.getTypeParser(type, 'text'),
  }
}

/** Sends a statement as a query of the driver, which prepares it where there is a plan of that name. */
function sendPlain(
  client: Client,
  { sql, parameters }: ReadStatement,
  plan: string | undefined,
  answered: Answered,
): void {
  const query = { text: sql, values: parameters, name: plan, rowMode: 'array', types: asSent }
  client.query(query, (error, result) => (error ? answered(error) : answered(undefined, rawOf(client, result))))
}

/**
 * Whether the driver may fail to write a value: of an object it makes JSON. It then takes the statement back from the server, and
 * goes on believing that the connection has prepared it.
 */
function mayFail(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mayFail)
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array)
}

/** Sends a statement, named where it has a name and the driver can. */
function sendBy(client: Client, statement: ReadStatement): Promise<RawRows> {
  // The driver makes several promises of a statement where it is not given a callback.
  return new Promise((resolve, reject) => {
    const done: Answered = (error, rows) => (error ? reject(error) : resolve(rows!))
    const { name } = statement
    if (name === undefined) {
      sendPlain(client, statement, undefined, done)
      return
    }
    const answered: Answered = (error, rows) => {
      const isSentAgain = error && noteOutdated(client, name, error) && !isInTransaction(client)
      if (isSentAgain) sendPlain(client, statement, undefined, done)
      else done(error, rows)
    }
    const prepared = preparedText(client, statement, answered)
    if (prepared) client.query(prepared)
    else if (statement.parameters.some(mayFail)) sendPlain(client, statement, undefined, done)
    else sendPlain(client, statement, planName(client, name), answered)
  })
}

export const postgres: ReadEngine = {
  bindsLists: true,

  read(connection, statement) {
    const { savepoint } = statement
    const client = connection as Client & SavepointClient
    if (savepoint === undefined) return sendBy(client, statement)
    return sendInSavepoint(client, { ...statement, savepoint }, (plain) => sendBy(client, plain))
  },

  bound: (value) => value,

  // A cast writes booleans otherwise, and leaves the blanks at the end of `char` out.
  exactKinds: new Set(['uuid', 'timestamp', 'integer']),

  quick(column, kind, type) {
    if (jsonTypes.has(column.type)) return documents
    if (type === numeric && kind === 'decimal') return decimals(column.scale ?? 0)
    if (type === timestamp && kind === 'timestamp') return worksInUtc() ? zoneless : undefined
    return type === undefined ? undefined : byType[type]?.[kind]
  },
}
