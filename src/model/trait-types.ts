import type { NameAs } from './application.js'
import type { Column, Columns, PropertiesOf, PropertyOf } from './column.js'
import type { Views } from './trait.js'
import type { VerbCall } from './verb.js'

/**
 * What a trait adds to a class, for `interface Article extends SoftDeletable {}`: the properties, and an optional key
 * `~Name` that is never stored and carries the verbs and views to the types of repositories and services.
 */
export type Adds<D> = D extends {
  readonly types: TraitTypes<infer C, infer I, infer V, infer W, infer N, infer A, infer T>
}
  ? { -readonly [K in keyof C]: PropertyOf<C[K]> } & {
      readonly [K in N as `~${K}${A}`]?: {
        readonly verbs: { [M in keyof V as NameAs<M, A>]: VerbCall<M extends keyof I ? I[M] : unknown, V[M]> }
        readonly views: {
          readonly [K in keyof W as NameAs<K, A>]: W[K] extends (...given: infer G) => unknown ? G : []
        }
        readonly readOnly: ReadOnlyIn<C>
        readonly announced: NameAs<T, A>
      }
    }
  : never

/** The columns that input may not set. */
type ReadOnlyIn<C> = { [K in keyof C]: C[K] extends { readonly writable: true } ? never : K }[keyof C]

/** The parts of a trait that types are made of; never present at run time. */
export interface TraitTypes<
  C extends Columns,
  I,
  V,
  W extends Views,
  N extends string,
  A extends string,
  T extends string,
> {
  readonly columns: C
  readonly inputs: I
  readonly verbs: V
  readonly views: W
  readonly name: N
  readonly as: A
  readonly announced: T
}

type Method = `~${string}`
type TraitsOf<E> = { [K in keyof E & Method]-?: NonNullable<E[K]> }[keyof E & Method]
type Merged<U> = (U extends unknown ? (part: U) => void : never) extends (whole: infer T) => void ? T : never

/** The verbs of every trait of an entity. */
export type VerbsOf<E> = [TraitsOf<E>] extends [never]
  ? {}
  : Merged<TraitsOf<E> extends infer T ? (T extends { verbs: infer V } ? V : {}) : {}>

/** The names of the views of every trait of an entity. */
export type ViewsOf<E> = TraitsOf<E> extends infer T ? (T extends { views: infer W } ? keyof W & string : never) : never

/** What a view of an entity must be given. */
export type ViewArguments<E, V extends string> =
  TraitsOf<E> extends infer T
    ? T extends { views: { readonly [K in V]: infer A extends readonly unknown[] } }
      ? A
      : never
    : never

/** The names of the columns of traits that input may not set. */
export type ReadOnlyName<E> =
  TraitsOf<E> extends infer T ? (T extends { readOnly: infer K extends string } ? K : never) : never

/** What rules of the traits of an entity tell besides writes. */
export type AnnouncedBy<E> =
  TraitsOf<E> extends infer T ? (T extends { announced: infer K extends string } ? K : never) : never

/** The names of an entity's stored properties and relations: everything but methods and what types carry. */
export type PropertyName<E> = {
  [K in keyof E & string]-?: K extends Method
    ? never
    : NonNullable<E[K]> extends (...args: never[]) => unknown
      ? never
      : K
}[keyof E & string]

type NamesIn<P> = P extends readonly (infer K)[]
  ? NamesIn<K>
  : P extends `-${infer K}`
    ? K
    : P extends string
      ? P
      : never

/** Stands in `refers` for the type of a property that can hold the values another option names. */
export interface Holding<Option extends string> {
  readonly holding: Option
}

/** Stands in `refers` for the type of a property that the trait writes, and that must accept every such value. */
export interface Filled<T> {
  readonly filled: T
}

/** The properties a class must have because options name them. */
export type Referred<P, R> = {
  [K in keyof R & keyof P as NamesIn<P[K]>]: R[K] extends Holding<string>
    ? unknown
    : R[K] extends Filled<infer T>
      ? T
      : R[K]
}

/** Properties that options name or ask for and that the trait writes, as the columns they have. */
export type FilledIn<P, R> = {
  [K in keyof R & keyof P as R[K] extends Filled<unknown> ? NamesIn<P[K]> : never]: R[K] extends Filled<infer T>
    ? Column<T>
    : never
} & { [K in keyof SwitchedOn<P, R>]: Column<SwitchedOn<P, R>[K]> }

type ElementOf<V> = V extends readonly (infer T)[] ? T : V

/** Values of a property, those of an enum also as they are spelt. */
type Spelt<V> = V | (V extends string | number ? `${V}` : never)

/** Values that one option names and the property that another names cannot hold. Of a `string` nothing is known. */
type Unheld<E, P, R> = {
  [K in keyof R & keyof P]: R[K] extends Holding<infer Option>
    ? Option extends keyof P
      ? NamesIn<P[K]> extends infer Name extends keyof E
        ? string extends ElementOf<P[Option]>
          ? never
          : Exclude<ElementOf<P[Option]>, Spelt<E[Name]>>
        : never
      : never
    : never
}[keyof R & keyof P]

/** `unknown` when every value that an option names can be in its property; otherwise a sentence. */
export type Holds<E, P, R> = [Unheld<E, P, R>] extends [never]
  ? unknown
  : `its property is never "${Unheld<E, P, R> & (string | number | boolean)}"`

/** Properties that refuse values their column can hold. */
type TooNarrow<E, C> = { [K in keyof C & keyof E]: PropertyOf<C[K]> extends E[K] ? never : K }[keyof C & keyof E]

/** `unknown` when every property of the class can hold what its column holds; otherwise a sentence. */
export type Accepts<E, C> = [TooNarrow<E, C>] extends [never]
  ? unknown
  : `"${TooNarrow<E, C> & string}" must accept every value of its column; does it lack "| null"?`

/** The properties a class must have because options are switched on. */
type SwitchedOn<P, R> = Merged<{ [K in keyof R & keyof P]: P[K] extends true ? R[K] : {} }[keyof R & keyof P]>

/** The instance a decorated class must have. */
export type Needs<C, P, R> = PropertiesOf<C> & Referred<P, R> & SwitchedOn<P, R>
