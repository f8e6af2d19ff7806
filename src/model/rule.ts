import type { Columns, PropertiesOf } from './column.js'
import type { Expression } from './expression.js'
import type { RowData } from './matches.js'
import type { Predicate } from './predicate.js'
import type { Proposal, ProposalContext } from './proposal.js'
import type { RuleContext, WriteContext } from './rule-context.js'

type Awaitable<T> = T | Promise<T>

/** A row as a trait sees it: its own columns by type, the others as unknown. */
export type RowOf<C extends Columns> = PropertiesOf<C> & RowData

/** Values for some properties of a row. */
export type ValuesOf<R> = Readonly<Partial<R>>

/** New values for some properties of a stored row; an expression is applied to what is stored. */
export type ChangesOf<R> = { readonly [K in keyof R]?: R[K] | Expression<ComputedOf<R[K]>> }

/** What expressions for a property may compute. */
type ComputedOf<T> = T extends number | Date ? T : T extends object ? object : never

/** What rules may know of one row's part in a call. */
interface Part {
  /** What the caller gave, before any rule. */
  readonly given: RowData
  /** The place of the row among those the call does the same to, from 0; for `enter` and `leave`, in one group. */
  readonly index: number
  /** How many rows the call does the same to. */
  readonly count: number
}

/** What happens to one row. */
export interface Change<R = RowData> extends Part {
  /** The row as it is stored. */
  readonly before: R
  /** The row as it will be. */
  readonly after: R
}

/** A row that becomes visible, or comes into a group. */
export interface Entry<R = RowData> extends Part {
  /** The row as it is stored; null where it is new. */
  readonly before: R | null
  /** The row as it will be. */
  readonly after: R
}

/** A row that stops being visible, or goes out of a group. */
export interface Departure<R = RowData> extends Part {
  /** The row as it is stored. */
  readonly before: R
  /** The row as it will be; null where it is removed. */
  readonly after: R | null
}

/**
 * The keys of counters that a write needs, made of a row with `counterKey`. They are locked before any row is touched
 * and until the unit of work ends, so that only one unit at a time writes rows with such a key. What makes them is
 * pure: it is asked again when the rows are read under the locks.
 */
export type LockKeys = string | readonly string[] | null

/** What a rule says of itself, so that two rules that write the same are found when the application starts. */
export interface Declaration {
  /** The properties the rule writes. Two rules of one kind that name the same are a mistake. */
  readonly sets?: readonly string[]
  /** Those of them that it writes over the rule of a trait its own comes `after`. */
  readonly overrides?: readonly string[]
  /** The properties its options name, which the entity must store. */
  readonly names?: readonly string[]
}

/** What a trait adds to the inserts of an entity. */
export interface InsertRule<R = RowData> extends Declaration {
  /** Values the row is given; they override what the caller gave. */
  set?(row: R, context: WriteContext): Awaitable<ValuesOf<R>>
}

/** What a trait adds to the updates or deletes of an entity, or to a verb. */
export interface Rule<R = RowData, I = unknown> extends Declaration {
  /**
   * Values that are the same for every row of the call, so that one statement can write them all. What makes rows
   * visible or hides them must be here, and what puts them into another group.
   */
  set?(context: WriteContext<I>): ChangesOf<R>
  /** The locks each row needs; of a delete, of the row as it is stored, otherwise as it will be. */
  locks?(row: R): LockKeys
  /**
   * Values that depend on the row; it may throw to refuse the write, and null leaves the row as it is: nothing is
   * written. Asking for it costs a read of the rows. Rows of a verb with locks are written one after another.
   */
  each?(change: Change<R>, context: RuleContext<I>): Awaitable<ChangesOf<R> | null | void>
  /**
   * What must still be true of the stored row when it is written; otherwise the write is a conflict, `STALE`, that tells
   * what was expected and what is stored. It is asked before `each` as well, with the row as `set` leaves it.
   */
  guard?(change: Change<R>): ValuesOf<R> | undefined
  /**
   * What `guard` asks of a row that nothing else has to see, by what the caller gave alone: the statement that writes the row
   * asks it. Without it, `guard` costs a read of the rows.
   */
  expects?(given: RowData): ValuesOf<R> | undefined
  /** Runs when the rows are written, once for all of them, in the same unit of work. */
  after?(changes: readonly Change<R>[], context: RuleContext<I>): Awaitable<void>
}

/** What a trait does when rows come into sight or go out of it, whatever write it is that does it. */
export interface PassageRule<R, X> extends Declaration {
  /** The properties that make a group: a visible row in which one of them changes leaves a group and enters another. */
  readonly by?: readonly string[]
  /** Which rows are in groups: those that are visible, or all that are stored; `visible` unless told. */
  readonly among?: 'visible' | 'stored'
  /** The locks a row needs: as it will be where it enters, as it is stored where it leaves. */
  locks?(row: R): LockKeys
  /** Values for the row, which override those of other rules; it may throw to refuse the write. */
  each?(passage: X, context: RuleContext): Awaitable<ValuesOf<R> | void>
  /**
   * Values for all rows of the call, by their groups: what `each` is, where one question answers for all of them. Numbers
   * are taken by `nextNumbers`, which names the row of each key.
   */
  together?(groups: readonly (readonly X[])[], context: RuleContext): Awaitable<readonly (readonly ValuesOf<R>[])[]>
  /**
   * Values for a single row that comes into sight, new or by a verb, or goes out of it, which hold as long as some other rows are
   * not there, or are as they were: the row is then written by one statement that makes sure of it under the locks of the rule, and
   * nothing else of the rule runs, neither `each` and `together` nor `after` and `settled`. It looks at nothing but the row. Where
   * it gives undefined or refuses the row, or others are not so, they are asked as always.
   */
  propose?(passage: X, context: ProposalContext): Proposal<R> | undefined
  /** Whether each lock of the rule is a counter that counts, by one, what is written as it proposes. */
  readonly counts?: boolean
  /** Runs when the rows are written, once for each group, in the same unit of work. */
  after?(passages: readonly X[], context: RuleContext): Awaitable<void>
  /** Runs when the rows are written, once for the call: what `after` is, where one statement serves all groups. */
  settled?(groups: readonly (readonly X[])[], context: RuleContext): Awaitable<void>
}

/** What happens when rows become visible under the static default scopes: by insert, by a verb, by any write. */
export interface EnterRule<R = RowData> extends PassageRule<R, Entry<R>> {
  /**
   * Which rows are in no group though they are where it looks, such as those of a table that was there before the trait. One
   * of them enters by the next write of a property that decides, whatever the value.
   */
  readonly outside?: Predicate
}

/** What happens when rows stop being visible under the static default scopes: by delete, by a verb, by any write. */
export interface LeaveRule<R = RowData> extends PassageRule<R, Departure<R>> {}

/** A row before and after a write. Relations are keys. */
export interface RowPair<R = RowData> {
  /** The row before; null where it is new. */
  readonly before: R | null
  /** The row afterwards; null where it is removed. */
  readonly after: R | null
}

/** A row that was written, as it is stored: `after` holds also what the database has computed. */
export interface WrittenRow<R = RowData> extends RowPair<R> {
  /** What wrote it: `insert`, `update`, `delete`, or the verb by its name, also of rows that come along and have it. */
  readonly kind: string
}

/** What a trait does about rows that are written, whatever write it is that does it. */
export interface WrittenRule<R = RowData> {
  /** The properties its options name, which the entity must have. */
  readonly names?: readonly string[]
  /**
   * The relations by which it reaches rows of other entities, which the entity must hold the keys of, and the properties
   * those must have.
   */
  readonly relations?: Readonly<Record<string, readonly string[]>>
  /**
   * Runs before rows are written, when it is certain that they will be, with `after` as far as it is known in memory:
   * what must be locked or written first, e.g. what the rows belong to. Otherwise like `after`.
   */
  before?(rows: readonly WrittenRow<R>[], context: RuleContext): Awaitable<void>
  /**
   * Runs when rows are written, once for all rows of one entity that one statement of a caller writes, or for at most
   * 500 of them, in the same unit of work. Asking for it costs two reads of the rows.
   */
  after?(rows: readonly WrittenRow<R>[], context: RuleContext): Awaitable<void>
}

/** A row of which a relation to many is about to get or lose links. */
export interface LinkedRow {
  /** The relation, by its property. */
  readonly relation: string
  /** The primary key of the row. */
  readonly row: RowData
}

/** What a trait does about rows whose links of many-to-many relations change, whatever write it is that changes them. */
export interface LinkedRule {
  /** The relations it hears of; unless told, all that the entity has a property for. */
  readonly relations?: readonly string[]
  /** Runs before links are stored or removed, in the same unit of work: databases lock the rows that links refer to. */
  before(rows: readonly LinkedRow[], context: RuleContext): Awaitable<void>
}

/** The writes of an entity. A delete rule that sets something makes every delete an update. */
export interface Rules<R = RowData> {
  readonly insert?: InsertRule<R>
  readonly update?: Rule<R>
  readonly delete?: Rule<R>
  readonly enter?: EnterRule<R>
  readonly leave?: LeaveRule<R>
  readonly written?: WrittenRule<R>
  readonly linked?: LinkedRule
}
