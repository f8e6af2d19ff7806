import type { EntityRow } from '../../orm/entity-row.js'
import type { ModelRepository } from '../../orm/model-repository.js'
import type { Selection } from '../../orm/selection.js'
import type { AnySerializer } from '../../serializer/serializer-types.js'
import type { Call } from '../call.js'
import type { Outcome } from '../outcome.js'
import type { Permission } from '../permission.js'
import type { EntityOf, ViewSet, ViewSetStatics } from '../viewset.js'

/** A class to extend. TypeScript recognises the constructors of mixins by `any[]` alone. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AbstractConstructor<T> = abstract new (...args: any[]) => T

declare const serializerOf: unique symbol

/** What is known of a viewset of any entity. */
export interface EntityViewSet<E extends EntityRow = EntityRow, S = AnySerializer, V = unknown> extends ViewSet<E> {
  /** Carries the serializer to the types of mixins; never present at run time. */
  readonly [serializerOf]: S
  /** The service of the viewset, made when it is first asked for. */
  readonly service: V
  /** The rows a call may see. Override it and call `super.select(call)` to narrow them. */
  select(call: Call): Selection<E>
}

/** What every viewset of an entity has, whatever its actions. */
export interface GenericViewSetBase<E extends EntityRow, S = AnySerializer, V = unknown>
  extends EntityViewSet<E, S, V> {
  /** The repository of the entity. */
  readonly repository: ModelRepository<E>
}

/** A class of viewsets of any entity: what a mixin is given. */
export type ViewSetClass = AbstractConstructor<EntityViewSet> & ViewSetStatics

/** A class of viewsets of an entity: what a mixin that needs something of the entity extends, `Base as ViewSetOf<Need>`. */
export type ViewSetOf<E extends EntityRow> = AbstractConstructor<GenericViewSetBase<E>> & ViewSetStatics

/** The entity of a class of viewsets. */
export type EntityIn<B extends ViewSetClass> = Extract<EntityOf<InstanceType<B>>, EntityRow>

/** The serializer of a class of viewsets. */
export type SerializerIn<B extends ViewSetClass> =
  InstanceType<B> extends { readonly [serializerOf]: infer S extends AnySerializer } ? S : AnySerializer

/**
 * A rule for an action that a mixin adds to a class of viewsets. Inside of the mixin, where the entity is not known yet,
 * it is written `allow as Permission<object>`.
 */
export type RuleFor<B extends ViewSetClass> = Permission<EntityIn<B>>

/** What a mixin needs of the entity, said in words: `Base: B & Requires<B, { ownerId: string }, 'OwnedMixin needs …'>`. */
export type Requires<B extends ViewSetClass, Need, Message extends string> =
  EntityIn<B> extends Need ? unknown : Message

/** What the method of an action returns. */
export type Answer<E> = Outcome<E> | Promise<Outcome<E>>

type KeysOf<B> = B extends unknown ? keyof B : never

/** `unknown` where all of a body is of an entity or its input; otherwise what is not, in words that no call has. */
export type OfEntity<E, Input, B> = [Exclude<KeysOf<B>, keyof E | KeysOf<Input>>] extends [never]
  ? unknown
  : { readonly unknownMember: `"${Exclude<KeysOf<B>, keyof E | KeysOf<Input>> & string}" is no property of the entity` }
