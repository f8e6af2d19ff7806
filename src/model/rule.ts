import type { Columns, PropertiesOf } from './column.js'
import type { Expression } from './expression.js'
import type { RowData } from './matches.js'

type Awaitable<T> = T | Promise<T>

/** A row as a trait sees it: its own columns by type, the others as unknown. */
export type RowOf<C extends Columns> = PropertiesOf<C> & RowData

/** Values for some properties of a row. */
export type ValuesOf<R> = Readonly<Partial<R>>

/** New values for some properties of a stored row; an expression is applied to what is stored. */
export type ChangesOf<R> = { readonly [K in keyof R]?: R[K] | Expression<ComputedOf<R[K]>> }

/** What expressions for a property may compute. */
type ComputedOf<T> = T extends number | Date ? T : T extends object ? object : never

/** What happens to one row. */
export interface Change<R = RowData> {
  /** The row as it is stored. */
  readonly before: R
  /** The row as it will be. */
  readonly after: R
  /** What the caller gave, before any rule. */
  readonly given: RowData
}

/** What a rule may know of the write it belongs to. */
export interface WriteContext<I = unknown> {
  /** The instant of the unit of work. */
  readonly now: Date
  /** One id for the whole call, whatever number of rows it touches. */
  readonly operation: string
  /** The input of the verb. */
  readonly input: I
}

/** What a trait adds to the inserts of an entity. */
export interface InsertRule<R = RowData> {
  /** Values the row is given; they override what the caller gave. */
  set?(row: R, context: WriteContext): Awaitable<ValuesOf<R>>
}

/** What a trait adds to the updates or deletes of an entity, or to a verb. */
export interface Rule<R = RowData, I = unknown> {
  /** Values that are the same for every row of the call, so that one statement can write them all. */
  set?(context: WriteContext<I>): ChangesOf<R>
  /** Values that depend on the row; it may throw to refuse the write. Asking for it costs a read of the rows. */
  each?(change: Change<R>, context: WriteContext<I>): Awaitable<ChangesOf<R> | void>
  /**
   * What must still be true of the stored row when it is written; otherwise the write is a conflict, `STALE`, that tells
   * what was expected and what is stored. It is asked before `each` as well, with the row as `set` leaves it.
   */
  guard?(change: Change<R>): ValuesOf<R> | undefined
}

/** The writes of an entity. A delete rule that sets something makes every delete an update. */
export interface Rules<R = RowData> {
  readonly insert?: InsertRule<R>
  readonly update?: Rule<R>
  readonly delete?: Rule<R>
}
