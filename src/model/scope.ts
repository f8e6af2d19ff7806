import type { Capability } from './capability.js'
import type { Predicate } from './predicate.js'

/** A named condition on the rows of an entity. */
export interface Scope {
  readonly where: Predicate
  /** Guards every read, update and delete until a query removes it by name. */
  readonly default?: boolean
  /** A default scope that no query can remove. Inserts and updates must keep rows inside it. */
  readonly locked?: boolean
  /** What lifts a locked scope: work that runs as it sees and writes what the scope hides. */
  readonly liftedBy?: Capability
}

/** Whether a scope guards the statements of the running work. */
export function isInForce({ default: byDefault, locked, liftedBy }: Scope): boolean {
  return (byDefault === true || locked === true) && liftedBy?.isHeld !== true
}

/** Whether a scope guards the running work in a way that no query can change. */
export function isLocked(scope: Scope): boolean {
  return scope.locked === true && isInForce(scope)
}

/** A named way to look at the rows of an entity: which default scopes it removes, and which rows remain. */
export interface View {
  readonly without?: readonly string[]
  readonly where?: Predicate
}

/** A view that depends on what it is given: the arguments of the method it becomes. */
export type ViewMaker = (...given: never[]) => View

/** What an index over a path holds of what stands there; of anything else, nothing. */
export type PathValue = 'text' | 'number'

/** An index over properties. */
export type Index =
  | {
      readonly properties: readonly string[]
      readonly path?: never
      /** `visible`: unique among the rows the default scopes show. `always`: unique among all rows. */
      readonly unique?: 'visible' | 'always'
      readonly where?: never
    }
  | {
      /** A property that holds JSON. */
      readonly properties: readonly [string]
      /** The names of members on the way to what is indexed. Comparisons with what stands there use the index. */
      readonly path: readonly string[]
      readonly holds: PathValue
      readonly unique?: never
      readonly where?: never
    }
  | {
      readonly properties: readonly string[]
      readonly path?: never
      readonly unique?: never
      /** Covers only the rows of which this is true, on engines that have partial indexes; elsewhere every row. */
      readonly where: Predicate
    }

/** One property that rows are ordered by, and the direction. */
export interface Ordering {
  readonly property: string
  readonly direction: 'ASC' | 'DESC'
}

/** A property to order by; a minus in front makes it descending. */
export type OrderingKey<P extends string = string> = P | `-${P}`

/** Reads ordering keys: `['-createdAt', 'title']`. */
export function orderingOf(keys: readonly OrderingKey[]): readonly Ordering[] {
  return keys.map((key) =>
    key.startsWith('-') ? { property: key.slice(1), direction: 'DESC' } : { property: key, direction: 'ASC' },
  )
}
