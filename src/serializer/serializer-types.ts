import type { AnyClass } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import type { PropertyName, ReadOnlyName } from '../model/trait-types.js'

/** What a serializer says of an entity: which properties leave the application, and which may come in. */
export interface SerializerSpec<E> {
  /** The properties of representations, in this order. There is no word for "all". */
  readonly fields: readonly PropertyName<E>[]
  /** Never accepted as input. The primary key and the columns of traits are read-only without being listed. */
  readonly readOnly?: readonly PropertyName<E>[]
  /** Accepted as input but never shown. */
  readonly writeOnly?: readonly PropertyName<E>[]
  /** Accepted for new rows only. */
  readonly createOnly?: readonly PropertyName<E>[]
}

/** The same without types. */
export interface SerializerFields {
  readonly fields: readonly string[]
  readonly readOnly?: readonly string[]
  readonly writeOnly?: readonly string[]
  readonly createOnly?: readonly string[]
}

/**
 * A class made by `Serializer`. `$read`, `$create`, `$replace` and `$patch` are types only: what is answered, and the
 * bodies of POST, PUT and PATCH.
 */
export interface SerializerClass<E = object, R = unknown, C = unknown, U = unknown, P = unknown> {
  new (): object
  readonly entity: AnyClass<E>
  readonly spec: SerializerFields
  readonly place: Place
  readonly $read: R
  readonly $create: C
  readonly $replace: U
  readonly $patch: P
}

/** Any serializer. */
export type AnySerializer = SerializerClass

type Named<S, K extends string> = S extends { readonly [P in K]: readonly (infer V)[] } ? V : never
type Nullable<T> = { [K in keyof T]: null extends T[K] ? K : never }[keyof T]
type Flat<T> = { [K in keyof T]: T[K] }
type NullableOptional<T> = Flat<Omit<T, Nullable<T>> & Partial<Pick<T, Nullable<T>>>>
/** A property called `id` is taken to be the primary key; it is set by input only where `createOnly` lists it. */
type ReadOnly<E, S> = Named<S, 'readOnly'> | ReadOnlyName<E> | Exclude<'id', Named<S, 'createOnly'>>
type Writable<E, S, Less = never> = Pick<E, Exclude<Named<S, 'fields'>, ReadOnly<E, S> | Less> & keyof E>

/** What a serializer answers. */
export type ReadOf<E, S> = {
  readonly [K in Exclude<Named<S, 'fields'>, Named<S, 'writeOnly'>> & keyof E]: E[K]
}
/** What a serializer accepts for a new row. */
export type CreateOf<E, S> = NullableOptional<Writable<E, S>>
/** What a serializer accepts in place of a row. */
export type ReplaceOf<E, S> = Flat<Writable<E, S, Named<S, 'createOnly'>>>
/** What a serializer accepts for a part of a row. */
export type PatchOf<E, S> = Flat<Partial<Writable<E, S, Named<S, 'createOnly'>>>>

/** Checked after inference, so that the names stay literal and unknown options are refused in words. */
export type ConsistentSpec<S> = {
  readonly [K in 'readOnly' | 'writeOnly' | 'createOnly']?: readonly Named<S, 'fields'>[]
} & { readonly [K in Exclude<keyof S, keyof SerializerFields>]: 'Serializer has no such option' }
