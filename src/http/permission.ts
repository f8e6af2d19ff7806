import type { Call } from './call.js'

/** Decides for one row. */
export type RowTest<in E> = (row: E) => boolean | Promise<boolean>

/** Yes, no, or "show me the row". Where there is no row, what asks for one is refused. */
export type Decision<E> = boolean | RowTest<E>

/**
 * Who may do something. `E` is what it must see of a row, so that a rule about `ownerId` cannot guard an entity
 * without one.
 */
export interface Permission<in E = never> {
  readonly name: string
  /** Decided before the body is read or a row is loaded. */
  readonly allows: (call: Call) => Decision<E> | Promise<Decision<E>>
  /** It never allows anything without having seen a row, so it cannot guard what has none. */
  readonly needsRow?: boolean
  /** It allows everybody, also callers who are not signed in. */
  readonly open?: boolean
  /** It allows nobody who is not signed in, so it needs an application that knows who makes requests. */
  readonly needsUser?: boolean
}
