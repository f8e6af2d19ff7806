import type { PropertiesOf } from './column.js'
import type { RowData } from './matches.js'
import type { Predicate } from './predicate.js'
import type { Rule } from './rule.js'

/** A named write a trait adds: a typed repository method, a service method and a route. */
export interface Verb<I = unknown, R = RowData> extends Rule<R, PropertiesOf<I>> {
  /** The default scopes it does not see, e.g. because it restores what one of them hides. */
  readonly without?: readonly string[]
  /** Removes the rows from the table, whatever the delete rules say. */
  readonly hard?: boolean
  /**
   * Which rows come along with a row: of those whose deletion policy is `cascade`, and of the rows that belong to those
   * in turn. Their own verb of this name writes them, in the same call.
   */
  follow?(row: R): Predicate
}

/** What a write did. */
export interface Receipt {
  /** The id of the call; rows that record it can be found again. */
  readonly operation: string
  /** How many rows were written. */
  readonly affected: number
  /** How many rows of each entity, with those that came along, by its name. */
  readonly byEntity: Readonly<Record<string, number>>
}

export type Id = string | number
export type Ids = Id | readonly Id[]

/** How a verb with input `I` is called: with the primary key of one row, or of several. */
export type VerbCall<I> = unknown extends I
  ? (ids: Ids) => Promise<Receipt>
  : (ids: Ids, input: PropertiesOf<I>) => Promise<Receipt>
