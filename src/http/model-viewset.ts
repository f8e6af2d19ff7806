import { requireKnown } from '../helpers/known-options.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { placeOfCall } from '../metadata/place.js'
import type { EntityRow } from '../orm/entity-row.js'
import type { SerializerClass } from '../serializer/serializer-types.js'
import { GenericViewSet, type GenericViewSetOptions, type ScopeValues } from './generic-viewset.js'
import { type CreateActions, CreateMixin } from './mixins/create-mixin.js'
import { type DestroyActions, DestroyMixin } from './mixins/destroy-mixin.js'
import { type ListActions, ListMixin } from './mixins/list-mixin.js'
import { type RetrieveActions, RetrieveMixin } from './mixins/retrieve-mixin.js'
import type { NoService, RowService } from './mixins/row-writes.js'
import {
  type PartialUpdateAction,
  type UpdateAction,
  type UpdateActions,
  type UpdateHook,
  UpdateMixin,
} from './mixins/update-mixin.js'
import { type VerbActions, type VerbRules, type VerbRulesOf, VerbsMixin } from './mixins/verbs-mixin.js'
import type { AbstractConstructor, GenericViewSetBase, ViewSetClass } from './mixins/viewset-class.js'
import { modelViewSetOptions, ruledActions } from './option-names.js'
import type { Permission } from './permission.js'
import { verifyViewSetOptions } from './verify-viewset-options.js'
import type { ViewSetStatics } from './viewset.js'

/** The actions of a model viewset. */
export type StandardAction = 'list' | 'retrieve' | 'create' | 'update' | 'partialUpdate' | 'destroy'

/** A rule for every exposed action; `'*'` gives one to the rest. */
export type Permissions<E, A extends string> =
  | ({ readonly [K in A]?: RuleOf<E, K> } & { readonly '*': Permission<E> })
  // That `'*'` may be undefined makes the compiler name the action that was forgotten.
  | ({ readonly [K in A]: RuleOf<E, K> } & { readonly '*'?: undefined })

/** What rules of actions on the collection see of a row. */
interface NoRow {
  readonly '~row'?: never
}

/** A rule about rows cannot guard an action that has none. */
type RuleOf<E, A> = A extends 'list' | 'create' ? Permission<NoRow> : Permission<E>

/** What a viewset with standard actions is told. */
export interface ModelViewSetOptions<E, S, V, A extends StandardAction = StandardAction, C = ScopeValues<E>>
  extends GenericViewSetOptions<E, S, V, C> {
  /** The actions it has; all unless told. */
  readonly only?: readonly A[]
  readonly permissions: Permissions<NoInfer<E>, NoInfer<A>>
  /**
   * The verbs of the entity's traits that are exposed, each with its rule: `{ moveTo: editor }` answers
   * `POST /:id/move-to`. `'*'` of `permissions` is no rule for verbs.
   */
  readonly verbs?: VerbRulesOf<NoInfer<E>>
}

/** A viewset with all standard actions. */
export interface ModelViewSetBase<E extends EntityRow, S extends SerializerClass, V>
  extends GenericViewSetBase<E, S, V>,
    ListActions<E>,
    RetrieveActions<E>,
    CreateActions<E, S['$create']>,
    UpdateActions<E, S['$replace'], S['$patch']>,
    DestroyActions<E>,
    VerbActions<E> {}

type Has<A, Actions extends StandardAction, Members> = Extract<A, Actions> extends never ? unknown : Members

/** A viewset with some of the standard actions, and their hooks. */
export type ModelViewSetPart<E extends EntityRow, S extends SerializerClass, V, A extends StandardAction> = [
  StandardAction,
] extends [A]
  ? ModelViewSetBase<E, S, V>
  : GenericViewSetBase<E, S, V> &
      VerbActions<E> &
      Has<A, 'list', ListActions<E>> &
      Has<A, 'retrieve', RetrieveActions<E>> &
      Has<A, 'create', CreateActions<E, S['$create']>> &
      Has<A, 'update', UpdateAction<E, S['$replace']>> &
      Has<A, 'partialUpdate', PartialUpdateAction<E, S['$patch']>> &
      Has<A, 'update' | 'partialUpdate', UpdateHook<E, S['$replace'], S['$patch']>> &
      Has<A, 'destroy', DestroyActions<E>>

/**
 * The base of a viewset with the standard actions of an entity:
 * `class CityViewSet extends ModelViewSet(City, { serializer: CitySerializer, permissions: { '*': signedIn } }) {}`.
 */
export function ModelViewSet<
  E extends EntityRow,
  S extends SerializerClass<NoInfer<E>>,
  V extends RowService<NoInfer<E>> | NoService = NoService,
  A extends StandardAction = StandardAction,
  C extends ScopeValues<NoInfer<E>> = ScopeValues<E>,
>(
  entity: AnyClass<E>,
  options: ModelViewSetOptions<E, S, V, A, C>,
): AbstractConstructor<ModelViewSetPart<E, S, V, A>> & ViewSetStatics {
  const place = placeOfCall(ModelViewSet)
  const { only, permissions, verbs, ...generic } = options
  verifyViewSetOptions(entity, options.serializer, place)
  const optioned = { subject: `The viewset of ${entity.name}`, places: [place] }
  requireKnown(options, modelViewSetOptions, optioned)
  requireKnown(permissions, ruledActions, { ...optioned, kind: 'standard action' })
  // Programs without types may leave them out, and hear of each action then.
  const rules = (permissions ?? {}) as unknown as Readonly<Record<string, Permission<object>>>
  const exposed = new Set<StandardAction>(only ?? ['list', 'retrieve', 'create', 'update', 'partialUpdate', 'destroy'])
  const allow = (action: StandardAction) => ({ allow: (rules[action] ?? rules['*']) as Permission<object> })
  const updates = (['update', 'partialUpdate'] as const).filter((action) => exposed.has(action))

  let Base = GenericViewSet(entity, generic as GenericViewSetOptions<E, S, V>, place) as unknown as ViewSetClass
  if (exposed.has('list')) Base = ListMixin(Base, allow('list'), place)
  if (exposed.has('create')) Base = CreateMixin(Base, allow('create'), place)
  if (exposed.has('retrieve')) Base = RetrieveMixin(Base, allow('retrieve'), place)
  if (updates.length > 0) {
    const each = Object.fromEntries(updates.map((action) => [action, allow(action).allow]))
    Base = UpdateMixin(Base, { allow: each as { update: Permission<object> } }, place)
  }
  if (exposed.has('destroy')) Base = DestroyMixin(Base, allow('destroy'), place)
  Base = VerbsMixin(Base, (verbs ?? {}) as VerbRules<ViewSetClass>, place)
  return Base as unknown as AbstractConstructor<ModelViewSetPart<E, S, V, A>> & ViewSetStatics
}
