import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { PropertyName } from '../model/trait-types.js'

type Row<V> = NonNullable<Awaited<V>>
type RelatedTo<V> = Row<V> extends readonly unknown[] | Date | string | number | boolean | bigint ? never : Row<V>

/** The relations of an entity to one row. */
type RelationTo<E> = { [K in PropertyName<E>]-?: RelatedTo<E[K]> extends never ? never : K }[PropertyName<E>]

/** A property, or a property of a related row: `body`, `author.name`. */
export type Requirement<E> =
  | PropertyName<E>
  | { [K in RelationTo<E>]: `${K}.${PropertyName<RelatedTo<E[K]>>}` }[RelationTo<E>]

type Heads<R> = R extends `${infer Head}.${string}` ? Head : never
type Tails<R, Head extends string> = R extends `${Head}.${infer Tail}` ? Tail : never

/** What is there of a row for which these were required. A related row that is not visible is null. */
export type Required<E, R> = { readonly [K in Extract<R, keyof E>]: E[K] } & {
  readonly [K in Heads<R> & keyof E]:
    | {
        readonly [P in Tails<R, K & string> & keyof RelatedTo<E[K]>]: RelatedTo<E[K]>[P]
      }
    | null
}

/** A field that is made of others. */
export interface Computed<in E = never, out V = unknown> {
  readonly requires: readonly string[]
  /** The values for several rows at once, in their order. */
  readonly values: (rows: readonly never[], call: never) => readonly V[] | Promise<readonly V[]>
  /** What the values are, as JSON Schema. */
  readonly schema?: Readonly<Record<string, unknown>>
  /** Never present at run time. */
  readonly '~entity'?: (entity: E) => void
}

/** Any computed field. */
export type AnyComputed = Computed

interface Described {
  /** What the values are, as JSON Schema 2020-12. */
  readonly schema?: Readonly<Record<string, unknown>>
}

interface OneByOne<E, R, V> extends Described {
  /** The properties that are looked at; nothing else of the row is there. */
  readonly requires: readonly R[]
  readonly value: (row: Required<E, R>) => V
  readonly values?: never
}

interface Together<E, R, V> extends Described {
  /** The properties that are looked at; nothing else of the row is there. */
  readonly requires: readonly R[]
  /** The values of all rows of an answer, in their order; asked once an answer. */
  readonly values: (rows: readonly Required<E, R>[], call: never) => readonly V[] | Promise<readonly V[]>
  readonly value?: never
}

/** `unknown` where values are there at once; a promise would be answered as `{}`. */
type AtOnce<V> = 0 extends 1 & V
  ? unknown
  : [Extract<V, PromiseLike<unknown>>] extends [never]
    ? unknown
    : {
        readonly value?: 'a value is there at once; what takes time is asked of all rows: values: async (rows) => …'
        readonly values?: 'the list may be a promise, its values may not: await Promise.all(…)'
      }

/** What JSON cannot hold: it would be answered as `{}`, or not at all. */
type NoJson = ((...given: never[]) => unknown) | ReadonlyMap<never, unknown> | ReadonlySet<unknown> | symbol

/** `unknown` where values can be JSON. */
type AsJson<V> = 0 extends 1 & V
  ? unknown
  : [Extract<V, NoJson>] extends [never]
    ? [Extract<V, bigint>] extends [never]
      ? unknown
      : {
          readonly value?: 'JSON has no bigints; give its text, as columns of bigints are answered: String(…)'
          readonly values?: 'JSON has no bigints; give their texts, as columns of bigints are answered: String(…)'
        }
    : {
        readonly value?: 'JSON holds no functions, Maps, Sets and symbols; give a list or an object: [...set], Object.fromEntries(map)'
        readonly values?: 'JSON holds no functions, Maps, Sets and symbols; give lists or objects: [...set], Object.fromEntries(map)'
      }

const computedOptions: OptionNames<OneByOne<object, string, unknown> | Together<object, string, unknown>> = {
  requires: true,
  value: true,
  values: true,
  schema: true,
}

/**
 * A field that is made of others: `computed(Article, { requires: ['body'], value: ({ body }) => body.length })`. What
 * takes time is asked for all rows at once: `values: async (rows) => …`.
 */
export function computed<E extends object, const R extends Requirement<E>, V>(
  entity: AnyClass<E>,
  options: (OneByOne<E, R, V> | Together<E, R, V>) & AtOnce<V> & AsJson<V>,
): Computed<E, V> {
  requireKnownBy(computed, options, computedOptions, { subject: `computed(${entity.name})` })
  const { requires, schema } = options
  const values =
    'values' in options ? options.values : (rows: readonly Required<E, R>[]) => rows.map((row) => options.value(row))
  return Object.freeze({
    requires: Object.freeze([...requires]),
    values,
    ...(schema && { schema }),
  })
}
