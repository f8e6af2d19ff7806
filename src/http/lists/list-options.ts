import type { OrderingKey } from '../../model/scope.js'
import type { PropertyName } from '../../model/trait-types.js'
import type { SearchOptions } from './search-provider.js'

type Scalar = string | number | boolean | bigint | Date

/** The properties rows can be compared and ordered by. */
export type ScalarName<E> = {
  [K in PropertyName<E>]-?: NonNullable<E[K]> extends Scalar ? K : never
}[PropertyName<E>]

/** The entity a relation leads to, or the object that a JSON column holds. */
type Inner<T> = NonNullable<T> extends readonly (infer I)[] ? ObjectIn<I> : ObjectIn<NonNullable<T>>
type ObjectIn<T> = T extends object
  ? T extends Scalar | Uint8Array | ((...given: never[]) => unknown)
    ? never
    : T
  : never

type InnerName<E> = { [K in PropertyName<E>]-?: [Inner<E[K]>] extends [never] ? never : K }[PropertyName<E>]
type OneName<E> = {
  [K in InnerName<E>]: NonNullable<E[K]> extends readonly unknown[] ? never : K
}[InnerName<E>]
type OpenName<E> = { [K in PropertyName<E>]-?: unknown extends E[K] ? K : never }[PropertyName<E>]

/** What stands behind a name: nothing is known of the members of an open object. */
type Behind<E, K extends string, Name extends string> = string extends keyof E ? `${K}.${string}` : `${K}.${Name}`

/** Paths from an entity to values: its own properties, and those of what it is related to. */
export type ScalarPath<E> =
  | ScalarName<E>
  | `${OpenName<E>}.${string}`
  | { [K in InnerName<E>]: Behind<Inner<E[K]>, K, SecondPath<Inner<E[K]>>> }[InnerName<E>]
type SecondPath<E> =
  | ScalarName<E>
  | { [K in InnerName<E>]: Behind<Inner<E[K]>, K, ScalarName<Inner<E[K]>>> }[InnerName<E>]

/** Paths that lead to no more than one value. */
export type SinglePath<E> = ScalarName<E> | { [K in OneName<E>]: `${K}.${SecondSinglePath<Inner<E[K]>>}` }[OneName<E>]
type SecondSinglePath<E> = ScalarName<E> | { [K in OneName<E>]: `${K}.${ScalarName<Inner<E[K]>>}` }[OneName<E>]

type TypeAt<E, P> = P extends keyof E
  ? E[P]
  : P extends `${infer K}.${infer Rest}`
    ? K extends keyof E
      ? [Inner<E[K]>] extends [never]
        ? unknown
        : TypeAt<Inner<E[K]>, Rest>
      : unknown
    : unknown

/** Paths to text. */
export type TextPath<E> = {
  [P in ScalarPath<E>]: NonNullable<TypeAt<E, P>> extends string ? P : never
}[ScalarPath<E>]

/** What a filter may ask of a property. */
const filterOperators = [
  'eq',
  'ne',
  'in',
  'lt',
  'lte',
  'gt',
  'gte',
  'range',
  'isnull',
  'contains',
  'startswith',
  'iexact',
  'icontains',
  'istartswith',
] as const

/** What a filter may ask of a value: `population__gte=1000` asks `gte`. */
export type FilterOperator = (typeof filterOperators)[number]

type KeyOperator = 'eq' | 'ne' | 'in' | 'isnull'
type ComparingOperator = KeyOperator | 'lt' | 'lte' | 'gt' | 'gte' | 'range'

/** The operators that fit a type; the column may allow fewer, which is looked at when the application starts. */
export type OperatorOf<T> = unknown extends T
  ? FilterOperator
  : NonNullable<T> extends boolean
    ? 'eq' | 'ne' | 'isnull'
    : NonNullable<T> extends string
      ? FilterOperator
      : NonNullable<T> extends number | bigint | Date
        ? ComparingOperator
        : KeyOperator

/** The operators of one filter, or these and more. */
export type FilterDeclaration<O extends string = FilterOperator> =
  | readonly O[]
  | {
      readonly operators: readonly O[]
      /** The name of the parameter, where it is not the path. */
      readonly as?: string
      /** What a member of a JSON column is taken for; needed there, and nowhere else. */
      readonly json?: 'string' | 'number' | 'boolean'
    }

/** What callers may filter by: `{ population: ['gte', 'lt'], 'country.name': ['eq'] }`. */
export type Filters<E> = {
  readonly [P in ScalarPath<E> | InnerName<E>]?: FilterDeclaration<OperatorOf<TypeAt<E, P>>>
}

/** How callers may choose among the rows of lists, and order them. */
export interface ListChoices<E> {
  readonly filters?: Filters<E>
  /** The texts that `search` looks into. */
  readonly search?: readonly TextPath<E>[] | SearchOptions<TextPath<E>>
  /** What callers may order by. */
  readonly ordering?: readonly SinglePath<E>[]
  /** The order of lists where callers ask for none; without it, that of the entity. */
  readonly defaultOrdering?: readonly OrderingKey<SinglePath<E>>[]
}
