import type { Question, RowData } from 'plinth'
import type { List } from './list.js'
import type { Place } from './place.js'

/** Where a block of rows goes, in terms of what the rows of the list have: a position, or a rank. */
export type Spot<V> =
  | 'first'
  | 'last'
  | { readonly position: number }
  /** After the row that has this value. */
  | { readonly behind: V }
  /** In front of the row that has this value. */
  | { readonly ahead: V }

/** Where one row moves: to a place, or by some places down or, if negative, up. */
export type Move = Place | { readonly by: number }

/** How one row is moved by what is asked about those beside it. */
export interface Foreseeing<V> {
  /** @returns undefined where no row can be the one that is named. */
  asks(list: List, row: RowData, move: Move): readonly Question[] | undefined
  /** @returns undefined where the row stands there already, or it takes more than to write it. */
  place(row: RowData, move: Move, answers: readonly unknown[]): V | undefined
}

/** How a list keeps its order in a column. */
export interface Keeping<V> {
  readonly property: string
  /** The property in which a row that is hidden remembers the row it came after. */
  readonly memory: string
  /** Absent where others are written with the row that moves. */
  readonly foreseeing?: Foreseeing<V>
  /** Whether the order could have given this value; others were written past it. */
  isValid(value: V): boolean
  /**
   * Makes room for rows at a spot, in the order given, and says what they get. Rows that stand in the list already are
   * taken out of it first.
   * @returns null for each row where all of them stand there already.
   */
  place(list: List, rows: readonly RowData[], spot: Spot<V>): Promise<readonly (V | null)[]>
  /** Orders all rows of a list anew; null for those that stay as they are. */
  arrange(list: List, rows: readonly RowData[]): Promise<readonly (V | null)[]>
  /**
   * What rows get that come behind the last one.
   * @param end what the last row has; null where there is none.
   * @returns null where the whole list must be ordered anew for them.
   */
  append(end: V | null, count: number): readonly V[] | null
  /**
   * What one row gets between two that stand next to each other; null for an end of the list.
   * @returns undefined where others must get something else, too.
   */
  between(low: V | null, high: V | null): V | undefined
  /**
   * Puts new rows between those of a list that stay in their order.
   * @param order everything in its new order; those that are new have no value yet.
   * @returns the values of the new ones, in the order in which they stand in `order`.
   */
  weave(list: List, order: readonly RowData[]): Promise<readonly V[]>
  /** The spot of a row after it has moved by some places, down or, if negative, up. */
  stepped(list: List, row: RowData, by: number): Promise<Spot<V>>
  /** Whether those that stay move where a row leaves. */
  readonly closes: boolean
  /** Puts right what rows leave behind. */
  close(list: List, left: readonly RowData[]): Promise<void>
  /** The rows in front of some that are about to leave; undefined for the first. */
  predecessors(list: List, rows: readonly RowData[]): Promise<readonly (RowData | undefined)[]>
}
