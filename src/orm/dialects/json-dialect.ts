import type { PathValue } from '../../model/scope.js'

/** How many characters of a text an index over a path holds: engines have limits for whole indexes. */
export const indexedLength = 100

/** What is asked about the value at a path inside a JSON document. */
export type JsonTest =
  | { readonly op: 'exists' }
  | { readonly op: 'eq' | 'contains'; readonly value: string | number | boolean | null }
  | { readonly op: keyof typeof orderSymbols; readonly value: string | number }

/** Binds a value to a statement, or writes it out, and gives the SQL that stands for it. */
export type Bind = (value: string | number) => string

/** How an engine looks into JSON documents, and changes them. */
export interface JsonDialect {
  /**
   * Whether what stands at a path of a document passes a test, as SQL in parentheses that is never null. A path leads
   * through objects only. Values of different types are neither equal nor in an order.
   */
  test(document: string, path: readonly string[], test: JsonTest, bind: Bind): string
  /**
   * The text or number that stands at a path, and null where something else does, as the schema has it: without
   * parameters. Of a text the first characters.
   * @param path names without quotes, backslashes and control characters.
   */
  member(document: string, path: readonly string[], holds: PathValue): string
  /** A document, changed by a merge patch that is an object (RFC 7396); absent where the engine gets it wrong. */
  mergePatch?(document: string, patch: Readonly<Record<string, unknown>>, bind: Bind): string
}

export const orderSymbols = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const
