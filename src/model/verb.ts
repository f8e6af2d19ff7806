import type { PropertiesOf, PropertyOf } from './column.js'
import type { Foresight } from './foresight.js'
import type { RowData } from './matches.js'
import type { Predicate } from './predicate.js'
import type { Change, ChangesOf, Rule } from './rule.js'
import type { RuleContext, WriteContext } from './rule-context.js'

/**
 * A named write a trait adds: a typed repository method, a service method and a route. `A` is what it tells its caller
 * besides.
 */
export interface Verb<I = unknown, R = RowData, A = unknown> extends Rule<R, PropertiesOf<I>> {
  /**
   * Of which rows it can be done: one that is not so ends the call. A row is then written without being read first, where
   * nothing else wants to see it, because the statement that writes it asks.
   */
  readonly requires?: VerbRequirement<R>
  /** The default scopes it does not see, e.g. because it restores what one of them hides. */
  readonly without?: readonly string[]
  /** Removes the rows from the table, whatever the delete rules say. */
  readonly hard?: boolean
  /**
   * Which rows come along with a row: of those whose deletion policy is `cascade`, and of the rows that belong to those
   * in turn. Their own verb of this name writes them, in the same call. Unless told, those that record the call that the
   * verb undoes.
   */
  follow?(row: R): Predicate
  /**
   * The property in which a row records the call that this verb undoes, as `operation` of the context names it. Links
   * that the call took away from rows that referred to this one are put back.
   */
  readonly undoes?: string
  /**
   * Whether rows that the rows belong to come back first where they are hidden, by their own verb of this name. Without
   * it a hidden one is a conflict.
   */
  ancestors?(context: WriteContext<PropertiesOf<I>>): boolean
  /** Which rows have been due to it since before an instant: those that `prune` does it to. */
  due?(before: Date): Predicate
  /**
   * Values for all rows of the call, in the order in which they are named: what `each` is, where one question answers
   * for all of them. Null leaves a row as it is.
   */
  together?(
    changes: readonly Change<R>[],
    context: RuleContext<PropertiesOf<I>>,
  ): Promise<readonly (ChangesOf<R> | null)[]>
  /** How a call that names one row, and is not heard by anybody, writes it without reading it under its lock first. */
  readonly foresight?: Foresight<PropertiesOf<I>, R>
  /**
   * Looks at what the caller named before anything is written, and may throw. Where it is there, ids that are named
   * twice or not found are its affair, as far as it refuses them.
   */
  named?(call: Named<R>, context: RuleContext<PropertiesOf<I>>): Promise<void>
  /** What the receipt tells besides, as `answer`: asked when all rows are written, also of those that stay as they are. */
  answer?(rows: readonly R[], context: RuleContext<PropertiesOf<I>>): Promise<A>
}

/** What a verb requires of a row. */
export interface VerbRequirement<R = RowData> {
  /** What must be true of the row itself as it is stored. */
  readonly where: Predicate
  /** The error of a call that names a row of which it is not true. */
  refused(row: R): Error
}

/** What the caller of a verb named. */
export interface Named<R = RowData> {
  /** The ids, as they were given. */
  readonly ids: readonly Id[]
  /** The row of each id, as it is stored; undefined where there is none, or it is not seen. */
  readonly rows: readonly (R | undefined)[]
}

/** What a write did. */
export interface Receipt {
  /** The id of the call; rows that record it can be found again. */
  readonly operation: string
  /** How many rows were written. */
  readonly affected: number
  /** How many rows of each entity, with those that came along, by its name. */
  readonly byEntity: Readonly<Record<string, number>>
  /** How many rows of each entity got back a link that was taken away; left out where there are none. */
  readonly relinked?: Readonly<Record<string, number>>
}

/** A primary key of one column. */
export type Id = string | number
/** The row, or the rows, that a verb is given. */
export type Ids = Id | readonly Id[]

/** What a write did, and what its verb tells besides. */
export type AnsweredReceipt<A> = unknown extends A ? Receipt : Receipt & { readonly answer: A }

/** How a verb with input `I` is called: with the primary key of one row, or of several. */
export type VerbCall<I, A = unknown> = unknown extends I
  ? (ids: Ids) => Promise<AnsweredReceipt<A>>
  : {} extends InputOf<I>
    ? (ids: Ids, input?: InputOf<I>) => Promise<AnsweredReceipt<A>>
    : (ids: Ids, input: InputOf<I>) => Promise<AnsweredReceipt<A>>

type Nullable<I> = { [K in keyof I]: null extends PropertyOf<I[K]> ? K : never }[keyof I]

/** What a verb is given: what may be null may be left out. */
export type InputOf<I> = Flat<PropertiesOf<Omit<I, Nullable<I>>> & Partial<PropertiesOf<Pick<I, Nullable<I>>>>>

type Flat<T> = { [K in keyof T]: T[K] }
