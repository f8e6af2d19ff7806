import type { AnyClass } from '../metadata/fact-kind.js'
import type { OrderingKey } from '../model/scope.js'
import type { PropertyName } from '../model/trait-types.js'
import type { AnyComputed, Computed } from './computed.js'
import type { FieldRules } from './field-rule.js'
import type { NestedRules } from './nested-rules.js'
import type { NestedWrite } from './nested-write.js'
import type { SerializerClass } from './serializer-types.js'

/** The row, or one of the rows, that a relation leads to. */
export type RelatedRow<V> =
  NonNullable<Awaited<V>> extends readonly (infer Item)[] ? NonNullable<Item> : NonNullable<Awaited<V>>

/** What the rows of a relation may have in common. */
export type RelatedValues<T> = { readonly [K in PropertyName<T>]?: T[K] }

interface NestedCommon<T> {
  readonly serializer: SerializerClass<T>
  /** Shown only to callers who ask for it: `?include=comments`. */
  readonly optional?: boolean
  /** What the rows that a call may see, and refer to, have in common. */
  readonly scope?: (call: never) => RelatedValues<T>
  /** Who may refer to, make, change and delete its rows: `{ create: editor, remove: role('admin') }`. */
  readonly allow?: NestedRules<T>
}

/** How the row of a relation to one is shown and written. */
export interface NestedOneOptions<T> extends NestedCommon<T> {
  /** How it is written: by its key unless told, where this row holds that. */
  readonly write?: Extract<NestedWrite, 'id' | 'create'>
  readonly max?: 'a relation to one row has no `max`'
  readonly orderBy?: 'a relation to one row has no order'
}

/** How the rows of a relation to many are shown and written. */
export interface NestedOptions<T> extends NestedCommon<T> {
  /** The most rows that are shown of one owner, and taken for one; 100 unless told, 1000 at most. */
  readonly max?: number
  /** How they are written; they are read-only unless told. */
  readonly write?: NestedWrite
  /** Their order; without it, that of their entity. */
  readonly orderBy?: readonly OrderingKey<PropertyName<T>>[]
}

type NestedIn<V> =
  | SerializerClass<RelatedRow<V>>
  | (NonNullable<Awaited<V>> extends readonly unknown[]
      ? NestedOptions<RelatedRow<V>>
      : NestedOneOptions<RelatedRow<V>>)

/** What an action shows and takes: some of the fields. A list alone says what it shows. */
export type ActionFields<F> = readonly F[] | { readonly read?: readonly F[]; readonly write?: readonly F[] }

/** What a serializer says of an entity: which properties leave the application, and which may come in. */
export interface SerializerSpec<E> {
  /** The properties of representations, in this order. There is no word for "all". */
  readonly fields: readonly PropertyName<E>[]
  /** Never accepted as input. The primary key and the columns of traits are read-only without being listed. */
  readonly readOnly?: readonly PropertyName<E>[]
  /**
   * What becomes of read-only members of a body: `refuse` them (400, `read_only`) unless told, or `ignore` them, so that
   * what was answered can be sent back as it is.
   */
  readonly readOnlyInput?: 'refuse' | 'ignore'
  /** Accepted as input but never shown. */
  readonly writeOnly?: readonly PropertyName<E>[]
  /** Accepted for new rows only. */
  readonly createOnly?: readonly PropertyName<E>[]
  /** The relations among the fields, each with the serializer of its rows. */
  readonly nested?: {
    readonly [K in PropertyName<E>]?: NestedIn<E[K]>
  }
  /** Further fields, made of the row by functions: `computed(Entity, { requires: […], value: (row) => … })`. */
  readonly computed?: { readonly [name: string]: Computed<E> }
  /** What single actions show and take, where that is less than everything. */
  readonly actions?: { readonly [action: string]: ActionFields<string> }
  /** Who may read and write single fields. */
  readonly rules?: { readonly [name: string]: FieldRules<E> }
}

/** The same without types. */
export interface SerializerFields {
  readonly fields: readonly string[]
  readonly readOnly?: readonly string[]
  readonly readOnlyInput?: 'refuse' | 'ignore'
  readonly writeOnly?: readonly string[]
  readonly createOnly?: readonly string[]
  readonly nested?: Readonly<Record<string, AnySerializerLike | AnyNestedOptions | undefined>>
  readonly computed?: Readonly<Record<string, AnyComputed>>
  readonly actions?: Readonly<Record<string, ActionFields<string>>>
  readonly rules?: Readonly<Record<string, FieldRules>>
}

/** Any serializer, as its specification is held. */
export interface AnySerializerLike {
  new (): object
  readonly entity: AnyClass
  readonly spec: SerializerFields
}

/** `NestedOptions` without types. */
export interface AnyNestedOptions {
  readonly serializer: AnySerializerLike
  readonly max?: number
  readonly optional?: boolean
  readonly write?: NestedWrite
  readonly orderBy?: readonly OrderingKey[]
  readonly scope?: (call: never) => Readonly<Record<string, unknown>>
  readonly allow?: NestedRules
}
