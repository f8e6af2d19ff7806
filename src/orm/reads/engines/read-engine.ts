import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { compactJson } from '../../../helpers/compact-json.js'
import { quoted } from '../../../helpers/quoted.js'

/** A statement as its driver is given it. */
export interface ReadStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** What an engine that prepares statements by name prepares it as. */
  readonly name?: string | undefined
  /** Whether it reads one row at most. */
  readonly single?: boolean
  /** A savepoint in which it is sent, so that the transaction it is part of goes on where it is refused. */
  readonly savepoint?: string | undefined
}

/** Rows as a driver gives them, their values in the order of the columns. */
export interface RawRows {
  readonly rows: readonly (readonly unknown[])[]
  /** How many rows a statement has written that gives none. */
  readonly affected?: number
  /** Of each column, where values come as text: what the database calls its type. */
  readonly types?: readonly number[]
  /** How the driver reads text of a type where it is not asked for text. */
  readonly parserOf?: (type: number) => (text: string) => unknown
}

/** A value that is not null as JSON; undefined where a faster way does not know what the value is. */
export type QuickText = (raw: unknown) => string | undefined

/** A faster way to the JSON of a column's values, and values it must agree with the ordinary way about. */
export interface QuickColumn {
  readonly text: QuickText
  /** A faster way to what an entity holds, where there is one; undefined where it does not know what the value is. */
  readonly value?: (raw: unknown) => unknown
  readonly samples: readonly unknown[]
}

/** How reads reach one engine. */
export interface ReadEngine {
  /** Whether a list of values is bound as one, for `= ANY(…)`. */
  readonly bindsLists?: boolean
  /** Sends a statement by the driver's own connection. */
  read(connection: object, statement: ReadStatement): RawRows | Promise<RawRows>
  /** A value as the driver is given it. */
  bound(value: unknown): unknown
  /** Kinds of columns whose values are read as cursors hold them: as the text of the database. */
  readonly exactKinds: ReadonlySet<string>
  /** A faster way to the JSON of the values of a column; undefined where there is none. */
  quick(column: ColumnMetadata, kind: string, type: number | undefined): QuickColumn | undefined
}

/** JSON columns without a transformer: their text is parsed and written again, as the ordinary way does. */
export const jsonTypes: ReadonlySet<unknown> = new Set(['json', 'jsonb', 'simple-json'])

/** The JSON of a text. */
export const quotedText: QuickText = (raw) => (typeof raw === 'string' ? quoted(raw) : undefined)

/** The JSON of a document that is stored as text. */
export const rewrittenJson: QuickText = (raw) =>
  typeof raw === 'string' ? (compactJson(raw) ?? JSON.stringify(JSON.parse(raw))) : undefined

export const textSamples: readonly unknown[] = ['', 'a "quoted"\n\u2028 text', '\ud800', '😀', '12', 'null']
export const jsonSamples: readonly unknown[] = [
  '{"b": 1, "a": [1.50, null]}',
  '"text"',
  '12',
  'null',
  '{"__proto__": 1}',
]
