import type { PropertyName } from '../../model/trait-types.js'
import type { ScalarName } from '../lists/list-options.js'
import type { Permission } from '../permission.js'

type Row<V> = NonNullable<Awaited<V>>
type Target<V> = Row<V> extends readonly unknown[] | Date | string | number | boolean | bigint ? never : Row<V>
type ParentName<E> = { [K in PropertyName<E>]-?: [Target<E[K]>] extends [never] ? never : K }[PropertyName<E>]

/** The row that the rows of a viewset belong to, where their routes name it: `/countries/:country/cities`. */
export type ParentOptions<E> = {
  readonly [K in ParentName<E>]: {
    /** The relation that leads to it, of which a property of its own holds the key. */
    readonly relation: K
    /** The property that stands in routes, one that is unique; the primary key unless told. */
    readonly by?: ScalarName<Target<E[K]>>
    /** The parameter of the route; the name of the relation unless told. */
    readonly parameter?: string
    /** Who may see it: whoever may not is refused, whatever they may do to the rows. Everybody, unless told. */
    readonly allow?: Permission<Target<E[K]>>
  }
}[ParentName<E>]

/** The same without types. */
export interface AnyParentOptions {
  readonly relation: string
  readonly by?: string
  readonly parameter?: string
  readonly allow?: Permission
}
