import type { PropertyName, ViewsOf } from './trait-types.js'

/** What a property leads to when it is a relation: one row, or the members of a list. */
export type Related<T> =
  NonNullable<T> extends Promise<infer P>
    ? Related<P>
    : NonNullable<T> extends readonly (infer M)[]
      ? Row<M>
      : Row<NonNullable<T>>

type Row<T> = T extends Date | Uint8Array | ((...given: never[]) => unknown) ? never : T extends object ? T : never

/** The names of the properties that can be relations. Columns of objects look alike; they are refused at run time. */
export type RelationName<E> = {
  [K in PropertyName<E>]: [Related<E[K]>] extends [never] ? never : K
}[PropertyName<E>]

/** The names of the relations to one row. */
export type ToOneName<E> = {
  [K in RelationName<E>]: NonNullable<E[K]> extends readonly unknown[] ? never : K
}[RelationName<E>]

type Shallower = readonly [never, 0, 1, 2]

/** Names of relations, up to four after one another: `author.country`. */
export type RelationPath<E, D extends number = 3> = [D] extends [never]
  ? never
  : RelationName<E> | { [K in RelationName<E>]: `${K}.${RelationPath<Related<E[K]>, Shallower[D]>}` }[RelationName<E>]

/** What a path of relations leads to. */
export type RelatedAt<E, P extends string> = P extends `${infer K}.${infer Rest}`
  ? K extends RelationName<E>
    ? RelatedAt<Related<E[K]>, Rest>
    : never
  : P extends RelationName<E>
    ? Related<E[P]>
    : never

/** How to look at what a path of relations leads to: what becomes of hidden rows, or one of the views of its entity. */
export type LookAt<E, P extends string> =
  | { readonly whenHidden?: 'hide' | 'show' | 'dropOwner'; readonly view?: never }
  | { readonly view: ViewsOf<RelatedAt<E, P>>; readonly whenHidden?: never }
