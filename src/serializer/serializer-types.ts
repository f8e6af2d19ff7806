import type { Known, KnownValue } from '../helpers/exact-options.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import type { PropertyName, ReadOnlyName } from '../model/trait-types.js'
import type { Computed } from './computed.js'
import type { FieldRules } from './field-rule.js'
import type { ActionFields, AnyNestedOptions, SerializerFields } from './serializer-spec.js'

/**
 * A class made by `Serializer`. `$read`, `$create`, `$replace` and `$patch` are types only: what is answered, and the
 * bodies of POST, PUT and PATCH. `$actions` has what single actions answer, where that is less.
 */
export interface SerializerClass<E = object, R = unknown, C = unknown, U = unknown, P = unknown, A = unknown> {
  new (): object
  readonly entity: AnyClass<E>
  readonly spec: SerializerFields
  readonly place: Place
  readonly $read: R
  readonly $create: C
  readonly $replace: U
  readonly $patch: P
  readonly $actions: A
}

/** Any serializer. */
export type AnySerializer = SerializerClass

export type Named<S, K extends string> = S extends { readonly [P in K]: readonly (infer V)[] } ? V : never
type Nullable<T> = { [K in keyof T]: null extends T[K] ? K : never }[keyof T]
type Flat<T> = { [K in keyof T]: T[K] }
type Options<S, K extends string> = S extends { readonly [P in K]: infer O } ? O : {}
type Keys<S, K extends string> = keyof Options<S, K> & string

/** Every name a representation may have. */
export type FieldsOf<S> = Named<S, 'fields'> | Keys<S, 'computed'>

type NestedOf<S, K> = K extends keyof Options<S, 'nested'> ? Options<S, 'nested'>[K] : never
type SerializerOf<N> = N extends { readonly serializer: infer C } ? C : N
type IsMany<V> = NonNullable<Awaited<V>> extends readonly unknown[] ? true : false
type WriteOf<N, Many> = N extends { readonly write: infer W } ? W : Many extends true ? 'none' : 'id'

/** What stands for many rows of a relation: as many as are shown, and whether there are more. */
export interface Related<R> {
  readonly data: readonly R[]
  readonly hasMore: boolean
}

type NestedRead<V, N> =
  SerializerOf<N> extends { readonly $read: infer R } ? (IsMany<V> extends true ? Related<R> : R | null) : never

type ReadValue<E, S, K extends keyof E> = [NestedOf<S, K>] extends [never] ? E[K] : NestedRead<E[K], NestedOf<S, K>>
type ComputedValue<C> = C extends Computed<never, infer V> ? V : never
type Shown<E, S> = {
  readonly [K in Exclude<Named<S, 'fields'>, Named<S, 'writeOnly'>> & keyof E]: ReadValue<E, S, K>
} & { readonly [K in Keys<S, 'computed'>]: ComputedValue<Options<S, 'computed'>[K & keyof Options<S, 'computed'>]> }

/** What a serializer answers. */
export type ReadOf<E, S> = Flat<Shown<E, S>>

type ReadList<A> = A extends readonly (infer F)[] ? F : Named<A, 'read'>
/** What a serializer answers for single actions. */
export type ActionsOf<E, S> = {
  readonly [K in Keys<S, 'actions'>]: [ReadList<Options<S, 'actions'>[K & keyof Options<S, 'actions'>]>] extends [never]
    ? ReadOf<E, S>
    : Flat<Pick<Shown<E, S>, ReadList<Options<S, 'actions'>[K & keyof Options<S, 'actions'>]> & keyof Shown<E, S>>>
}

type IdOf<V> = V extends { readonly id: infer I } ? I : string | number
type RowOf<V> = NonNullable<Awaited<V>> extends readonly (infer Item)[] ? NonNullable<Item> : NonNullable<Awaited<V>>
type Nothing<V> = Extract<Awaited<V>, null>

type NestedItem<V, N, W> =
  SerializerOf<N> extends { readonly $create: infer C; readonly $replace: infer U; readonly $patch: infer P }
    ? W extends 'merge'
      ? C | (P & { readonly id: IdOf<RowOf<V>> })
      : W extends 'replace'
        ? C | (U & { readonly id: IdOf<RowOf<V>> })
        : C
    : never

type NestedInput<V, N, W = WriteOf<N, IsMany<V>>> = W extends 'id'
  ? IsMany<V> extends true
    ? readonly IdOf<RowOf<V>>[]
    : IdOf<RowOf<V>> | Nothing<V>
  : IsMany<V> extends true
    ? readonly NestedItem<V, N, W>[]
    : NestedItem<V, N, W> | Nothing<V>

type InputValue<E, S, K extends keyof E> = [NestedOf<S, K>] extends [never] ? E[K] : NestedInput<E[K], NestedOf<S, K>>

type NestedWith<E, S, W> = {
  [K in Keys<S, 'nested'> & keyof E]: WriteOf<NestedOf<S, K>, IsMany<E[K]>> extends W ? K : never
}[Keys<S, 'nested'> & keyof E]
type Many<E, S> = { [K in Keys<S, 'nested'> & keyof E]: IsMany<E[K]> extends true ? K : never }[Keys<S, 'nested'> &
  keyof E]

/** A property called `id` is taken to be the primary key; it is set by input only where `createOnly` lists it. */
type ReadOnly<E, S> =
  | Named<S, 'readOnly'>
  | ReadOnlyName<E>
  | Exclude<'id', Named<S, 'createOnly'>>
  | NestedWith<E, S, 'none'>
type WriteNames<S, A extends string> =
  Options<S, 'actions'> extends { readonly [K in A]: { readonly write: readonly (infer F)[] } } ? F : Named<S, 'fields'>
type Writable<E, S, A extends string, Less = never> = {
  [K in Exclude<Extract<Named<S, 'fields'>, WriteNames<S, A>>, ReadOnly<E, S> | Less> & keyof E]: InputValue<E, S, K>
}
type Omittable<E, S, T> = Nullable<T> | (Many<E, S> & keyof T)
type CreateInput<E, S, T> = Flat<Omit<T, Omittable<E, S, T>> & Partial<Pick<T, Omittable<E, S, T>>>>

/** What a serializer accepts for a new row. */
export type CreateOf<E, S> = CreateInput<E, S, Writable<E, S, 'create'>>
/** What a serializer accepts in place of a row. */
export type ReplaceOf<E, S> = ReplaceInput<E, S, Writable<E, S, 'update', Late<E, S>>>
type ReplaceInput<E, S, T> = Flat<Omit<T, Many<E, S> & keyof T> & Partial<Pick<T, Many<E, S> & keyof T>>>
type Late<E, S> = Named<S, 'createOnly'> | NestedWith<E, S, 'create'>
/** What a serializer accepts for a part of a row. */
export type PatchOf<E, S> = Flat<Partial<Writable<E, S, 'partialUpdate', Late<E, S>>>>

type AboutFields<S, K extends string, Message extends string> = {
  readonly [N in Exclude<Keys<S, K>, FieldsOf<S>>]: Message
}
type WithinFields<S, A> = A extends readonly (infer F)[]
  ? [Exclude<F, FieldsOf<S>>] extends [never]
    ? unknown
    : `"${Exclude<F, FieldsOf<S>> & string}" is not among the fields of this serializer`
  : Known<A, ActionParts> & { readonly read?: readonly FieldsOf<S>[]; readonly write?: readonly Named<S, 'fields'>[] }
type ActionParts = Exclude<ActionFields<string>, readonly unknown[]>
type EachKnown<S, K extends string, O> = {
  readonly [N in Keys<S, K>]: KnownValue<Options<S, K>[N & keyof Options<S, K>], O>
}

/** `unknown` where a scope names properties of the related rows alone; the compiler looks for no others in what is inferred. */
type ScopedKnown<N> = N extends {
  readonly serializer: { readonly entity: AnyClass<infer T> }
  readonly scope: (call: never) => infer V
}
  ? [Exclude<V extends unknown ? keyof V : never, PropertyName<T>>] extends [never]
    ? unknown
    : {
        readonly scope: `"${Exclude<V extends unknown ? keyof V : never, PropertyName<T>> & string}" is no property of the related rows`
      }
  : unknown

/** Checked after inference, so that the names stay literal and unknown options are refused in words. */
export type ConsistentSpec<S> = {
  readonly [K in 'readOnly' | 'writeOnly' | 'createOnly']?: readonly Named<S, 'fields'>[]
} & { readonly [K in Exclude<keyof S, keyof SerializerFields>]: 'Serializer has no such option' } & {
  readonly nested?: {
    readonly [N in Exclude<Keys<S, 'nested'>, Named<S, 'fields'>>]: 'a nested relation must be among `fields`'
  } & EachKnown<S, 'nested', AnyNestedOptions> & { readonly [N in Keys<S, 'nested'>]: ScopedKnown<NestedOf<S, N>> }
  readonly rules?: AboutFields<S, 'rules', 'a rule must be about one of the fields'> & EachKnown<S, 'rules', FieldRules>
  readonly computed?: {
    readonly [N in Extract<Keys<S, 'computed'>, Named<S, 'fields'>>]: 'a computed field is not listed in `fields` too'
  }
  readonly actions?: {
    readonly [N in Keys<S, 'actions'>]: WithinFields<S, Options<S, 'actions'>[N & keyof Options<S, 'actions'>]>
  }
}
