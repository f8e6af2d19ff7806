import type { AnyClass } from '../../metadata/fact-kind.js'
import { type Place, placeOfCall } from '../../metadata/place.js'
import type { RowData } from '../../model/matches.js'
import type { RelationName } from '../../model/relation-types.js'
import type { RowPair } from '../../model/rule.js'
import type { AnnouncedBy, PropertyName, VerbsOf } from '../../model/trait-types.js'

/** The write of other rows that a write comes from. */
export interface WriteCause {
  readonly kind: string
  readonly entity: AnyClass
  readonly ids: readonly unknown[]
}

/**
 * A row of an entity as events tell of it: its properties, each where it is known. Relations are keys, and so may be columns of
 * objects for all that types can tell.
 */
export type EventRow<E> = {
  readonly [K in PropertyName<E>]?: K extends RelationName<E> ? unknown : E[K]
}

/** What one call does to rows of one entity. */
export interface WriteEvent<R = RowData> {
  /** `insert`, `update`, `delete`, or the name of a verb. */
  readonly kind: string
  readonly entity: AnyClass
  /** The id of the call: deletes, and what they take along, share one. */
  readonly operation: string
  /** The instant of the unit of work. */
  readonly now: Date
  /** The primary keys, a list for a key of several columns; of rows to be inserted, those that are known. */
  readonly ids: readonly unknown[]
  /** Before a write they are what it is about to store; after it, what the database holds. */
  readonly rows: readonly RowPair<R>[]
  /** What a verb was given. */
  readonly input: unknown
  /** What they came along with, such as a row above that is deleted. */
  readonly cause?: WriteCause
}

/** What a rule tells of an entity besides writes, e.g. that all ranks of a list were made anew. */
export interface Announcement {
  readonly kind: string
  readonly entity: AnyClass
  /** The id of the call in which it happened. */
  readonly operation: string
  readonly now: Date
  readonly details: RowData
}

/** A write that is committed. */
export interface CommittedWrite {
  /** `insert`, `update`, `delete`, `upsert`, or the name of a verb. */
  readonly kind: string
  readonly entity: AnyClass
  /** The primary keys; `many` where one statement wrote rows that nobody has read. */
  readonly ids: readonly unknown[] | 'many'
  readonly operation: string
  /**
   * The entities of which the database itself deletes or changes rows with rows that are deleted, as foreign keys are
   * declared; left out where there are none. Nobody knows which rows, or whether there were any.
   */
  readonly also?: readonly AnyClass[]
  /** What a rule tells of it that announces something besides writes of callers. */
  readonly details?: RowData
}

type Kind<E> = 'insert' | 'update' | 'delete' | (keyof VerbsOf<E> & string)

/**
 * The handlers an entity may have, by the writes and verbs it has: `beforeDelete`, `afterRestore`; and, when it is
 * committed, of what its traits announce: `afterRanksRenewed`.
 */
export type WriteHandlers<E> = {
  readonly [K in Kind<E> as `before${Capitalize<K>}` | `after${Capitalize<K>}`]?: (
    event: WriteEvent<EventRow<E>>,
  ) => void | Promise<void>
} & { readonly [K in AnnouncedBy<E> as `after${Capitalize<K>}`]?: (event: Announcement) => void | Promise<void> }

/** Handlers of the writes of an entity, and where they were given. */
export interface WriteListener {
  readonly entity: AnyClass
  readonly handlers: Readonly<Record<string, (event: WriteEvent | Announcement) => void | Promise<void>>>
  readonly place: Place
}

/**
 * Listens to the writes of an entity, and of those that extend it, by whatever way they come: for `listeners` of a data
 * source or an application. `before…` handlers run in the unit of the write, and what they throw undoes it; `after…`
 * handlers run when it is committed.
 */
export function on<E extends object>(entity: AnyClass<E>, handlers: NoInfer<WriteHandlers<E>>): WriteListener {
  const given = handlers as WriteListener['handlers']
  return Object.freeze({ entity, handlers: Object.freeze({ ...given }), place: placeOfCall(on) })
}
