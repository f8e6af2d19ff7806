import {
  jsonSamples,
  jsonTypes,
  type QuickColumn,
  quotedText,
  type ReadEngine,
  rewrittenJson,
  textSamples,
} from './read-engine.js'

interface Result {
  readonly rows: readonly (readonly unknown[])[]
  readonly fields: readonly { readonly dataTypeID: number }[]
}

interface Client {
  query(query: object): Promise<Result>
  /** `E` in a transaction that has failed. */
  getTransactionStatus?(): string | null
  getTypeParser(type: number, format: 'text'): (text: string) => unknown
}

/** Rows come as the text the server sent: most of it is JSON already, or nearly. */
const asSent = { getTypeParser: () => (text: string) => text }

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
const instants: QuickColumn = {
  text: isoInstant,
  samples: [
    '2024-02-29 23:59:59.123+00',
    '1970-01-01 00:00:00+00',
    '0999-01-01 01:02:03.1+00',
    '2024-12-31 00:00:00.12+00',
  ],
}

/** An instant as sessions that work in UTC have it, with no more than three digits behind the second. */
function isoInstant(raw: unknown): string | undefined {
  const text = raw as string
  const { length } = text
  if (length > 26 || length < 22 || text[10] !== ' ' || !text.endsWith('+00')) return undefined
  const fraction = length === 22 ? '.000' : text.slice(19, -3).padEnd(4, '0')
  return `"${text.slice(0, 10)}T${text.slice(11, 19)}${fraction}Z"`
}

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

/** A statement that was prepared before the types of its columns were changed is refused; sent as it is, it is not. */
async function prepared(client: Client, query: object, name: string): Promise<Result> {
  try {
    return await client.query({ ...query, name })
  } catch (error) {
    const isOutdated = (error as { readonly code?: string }).code === '0A000'
    // A transaction in which a statement failed takes no other.
    if (!isOutdated || client.getTransactionStatus?.() === 'E') throw error
    return client.query(query)
  }
}

export const postgres: ReadEngine = {
  bindsLists: true,

  async read(connection, { sql, parameters, name }) {
    const client = connection as Client
    const query = { text: sql, values: parameters, rowMode: 'array', types: asSent }
    const { rows, fields } = await (name === undefined ? client.query(query) : prepared(client, query, name))
    return {
      rows,
      types: fields.map(({ dataTypeID }) => dataTypeID),
      parserOf: (type) => client.getTypeParser(type, 'text'),
    }
  },

  bound: (value) => value,

  quick(column, kind, type) {
    if (jsonTypes.has(column.type)) return documents
    if (type === numeric && kind === 'decimal') return decimals(column.scale ?? 0)
    return type === undefined ? undefined : byType[type]?.[kind]
  },
}
