import type { EntityDescription } from './entity-description.js'
import type { RowData } from './matches.js'
import type { Model } from './model.js'
import type { Operand, Predicate } from './predicate.js'
import type { Ordering } from './scope.js'

/** What a rule may know of the write it belongs to. */
export interface WriteContext<I = unknown> {
  /** The instant of the unit of work. */
  readonly now: Date
  /** One id for the whole call, whatever number of rows it touches. */
  readonly operation: string
  /** The input of the verb. */
  readonly input: I
  /** What the rules of one call tell each other, under keys of their own; it is gone when the call ends. */
  readonly notes: Map<unknown, unknown>
  /** Runs a hook once the outermost unit of work is committed. */
  afterCommit(hook: () => void | Promise<void>): void
}

/** What a rule may do that looks at rows. Everything belongs to the unit of work of the write. */
export interface RuleContext<I = unknown> extends WriteContext<I> {
  /** The entity as its traits make it. */
  readonly model: Model
  /** The entity's own table; where entities share one, the rows of all that have the trait from the same class. */
  readonly table: RuleTable
  /** A table of the trait's own, by the name it has in `tables`. */
  companion(name: string): RuleTable
  /** The rows of another entity, or of the same, that a relation of this one leads to. */
  related(relation: string): RelatedRows
  /**
   * Writes rows of the entity, known by their primary keys, as an update of nothing would: see `touch` of related rows.
   * @returns how many rows were written.
   */
  touch(rows: readonly RowData[]): Promise<number>
  /** The stored properties of the entity, as its data source has them. */
  describe(): EntityDescription
  /**
   * Tells of something that is no write of the call, once it is committed: those who hear of every committed write
   * (`events.onCommitted`), and those who listen to the entity (`on(Entity, { after… })`).
   * @param kind one of those that the trait `announces`.
   * @param details what is to be known of it.
   */
  announce(kind: string, details: RowData): void
  /** Narrows a condition to the rows the static default scopes show. */
  visible(where: Predicate): Predicate
  /**
   * The next number of a counter: 1, 2, 3. Without a key, of the first lock of the rule for this row.
   * @param count how many numbers are taken at once; the last of them is given. One unless told.
   */
  next(key?: string, count?: number): Promise<number>
  /**
   * Takes numbers of several counters by few statements.
   * @returns the last number of each; where none are taken, the one it has reached. A counter that is named twice counts
   * both.
   */
  nextNumbers(steps: readonly CounterStep[]): Promise<readonly number[]>
  /**
   * The number a counter has reached; 0 where nobody has asked for one.
   * @param row the row whose counter is meant, where locked scopes keep rows apart; that of the rule unless told.
   */
  number(key?: string, row?: RowData): Promise<number>
}

/** How many numbers are taken of a counter. */
export interface CounterStep {
  /** The row whose counter is meant: locked scopes keep those of different tenants apart. */
  readonly row: RowData
  /** Made with `counterKey`. */
  readonly key: string
  readonly count: number
}

/** Which of the rows that a relation leads to are written, and how. */
export interface AmongRelated {
  /** Those that default scopes show, or all that are stored. */
  readonly among?: 'visible' | 'stored'
  /**
   * Whether the update rules of their entity apply, as they do unless told. Without them the values alone are written: the row
   * keeps its version and the instant of its last write, so that nobody who has read it before is refused for a number. They are
   * of columns that are `managed`, which a save of who has read the row before leaves.
   */
  readonly ruled?: boolean
}

/**
 * Rows that a relation leads to, as rules write them: under the rules of their own entity, as part of the same call. Those
 * that its default scopes hide are left alone unless told; what locked scopes hide always.
 */
export interface RelatedRows {
  /** The entity as its traits make it. */
  readonly model: Model
  /**
   * Writes values into the rows that some rows refer to, each of them once. What must be right whatever is hidden, such as a
   * number of rows, is written `among: 'stored'`: rows that are hidden and come back together do so in an order of their own.
   * @returns how many rows were written.
   */
  update(values: RowData, of: readonly RowData[], options?: AmongRelated): Promise<number>
  /**
   * Writes the rows that some rows refer to as an update of nothing would: with what its rules set, such as instants and
   * versions. A row that the call writes itself, or has touched already, is left; so circles end.
   * @returns how many rows were written.
   */
  touch(of: readonly RowData[]): Promise<number>
}

/**
 * The rows of a table as rules write them: without any rule, and without default scopes, but never outside of locked
 * ones. Properties are named as the entity names them.
 */
export interface RuleTable {
  count(where: Predicate): Promise<number>
  /** One row, the first in the order of the primary key; undefined where there is none. */
  find(where: Predicate): Promise<RowData | undefined>
  /**
   * The greatest value of a property among the rows that meet each condition, without nulls; null where there are none.
   * Where an index ends with the property it reads one row for each, by few statements.
   */
  greatest(property: string, conditions: readonly Predicate[]): Promise<readonly unknown[]>
  /** The row with this primary key, where it meets the condition; undefined also where no row can have the key. */
  byId(id: unknown, where: Predicate): Promise<RowData | undefined>
  /** Rows in an order; ties are broken by the primary key. */
  rows(where: Predicate, page?: RowsPage): Promise<readonly RowData[]>
  /**
   * The rows that meet a condition and have one of some values in one of some groups, by few statements that read an index
   * of these properties. Each group is named once, and all name the same properties.
   * @param properties what is read of the rows besides their primary keys; all of it unless told.
   */
  rowsInGroups(
    groups: readonly GroupValues[],
    where: Predicate,
    properties?: readonly string[],
  ): Promise<readonly RowData[]>
  /** Rows with their numbers in an order, which count the rows that meet a condition: of those only some. */
  numbered(
    where: Predicate,
    numbering: Required<Numbering>,
    some: Predicate,
  ): Promise<readonly { readonly row: RowData; readonly number: number }[]>
  /** The primary key that an id means, by property; undefined where no row can have it. */
  keyNamed(id: unknown): RowData | undefined
  /** The primary key of a row, by property. */
  keyOf(row: RowData): RowData
  /** Gives each row a value of its own, whatever number of rows, many by one statement. */
  assign(property: string, rows: readonly RowData[], values: readonly unknown[]): Promise<void>
  /** The condition that no rows but these meet. */
  identify(...rows: readonly RowData[]): Predicate
  /** @returns how many rows were written. */
  update(values: RowData, where: Predicate): Promise<number>
  /** Inserts one row, or all of a list that name the same properties, by few statements. */
  insert(rows: RowData | readonly RowData[]): Promise<void>
  /** @returns how many rows were removed. */
  remove(where: Predicate): Promise<number>
  /**
   * Adds a number to an integer property of the rows that have it from `from` to `to`, both included; all from there on
   * without `to`. Values are never the same twice on the way, so the property may be unique.
   */
  shift(property: string, by: number, where: Predicate, from: number, to?: number): Promise<void>
  /**
   * Gives the row that has one number of an integer property another, and those between make room, by two statements.
   * Values are never the same twice on the way, so the property may be unique.
   */
  rotate(property: string, where: Predicate, from: number, to: number): Promise<void>
  /**
   * Makes the values of an integer property 1, 2, 3 without gaps, in the order they are in, whatever number of rows by
   * two statements. Values are never the same twice on the way, so the property may be unique.
   * @returns how many rows got another value.
   */
  renumber(property: string, where: Predicate, order?: Numbering): Promise<number>
}

/** Values of a property that are asked for among the rows of one group. */
export interface GroupValues {
  /** The values that rows of the group share. */
  readonly group: Readonly<Record<string, Operand | null>>
  readonly property: string
  readonly values: readonly Operand[]
}

/** Which of the rows that meet a condition are read, and in which order; that of the primary key unless told. */
export interface RowsPage {
  readonly order?: readonly Ordering[]
  /** Whether nulls come last on every engine, which keeps it from reading the order from an index. */
  readonly nullsLast?: boolean
  /** What is read of the rows besides their primary keys; all of it unless told. */
  readonly properties?: readonly string[]
  readonly offset?: number
  readonly limit?: number
}

/** How rows are numbered. */
export interface Numbering {
  /** The properties whose values make groups, each numbered from 1. */
  readonly within?: readonly string[]
  /** The order of the numbers, nulls last; unless told, that of the property, whose nulls then stay. */
  readonly order?: readonly Ordering[]
}
