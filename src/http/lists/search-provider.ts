import type { BindText } from '../../orm/lists/engines/list-engine.js'

/** A text column that is searched. */
export interface SearchColumn {
  /** The column as it stands in the statement. */
  readonly sql: string
  /** Binds a value, and gives the SQL that stands for it. */
  readonly bind: BindText
  /** Whether the text stands in the column, whatever the case of its letters, as SQL. */
  readonly includes: (text: string) => string
}

/**
 * How one term is found in one column. Every term of a search must be found in some column; columns of related rows are
 * looked at by EXISTS, so that no row is doubled.
 */
export interface SearchProvider {
  readonly name: string
  /** The engines it works on, as TypeORM names them; all unless told. */
  readonly engines?: readonly string[]
  /** A condition in SQL. Values go through `bind`, never into the text. */
  matches(column: SearchColumn, term: string): string
}

/** A search, and how it is done. */
export interface SearchOptions<P extends string = string> {
  readonly fields: readonly P[]
  /** `likeSearch` unless told. */
  readonly provider?: SearchProvider
}

/** Finds terms anywhere in a text, whatever the case of its letters. No index helps it. */
export const likeSearch: SearchProvider = Object.freeze({
  name: 'like',
  matches: ({ includes }: SearchColumn, term: string) => includes(term),
})
