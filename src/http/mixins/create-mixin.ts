import { requireKnown } from '../../helpers/known-options.js'
import { placeOfCall } from '../../metadata/place.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { declareAction } from '../action-fact.js'
import type { Call } from '../call.js'
import { ruleOptions } from '../option-names.js'
import { markPlainHook } from './plain-hooks.js'
import { createRow } from './row-writes.js'
import type {
  AbstractConstructor,
  Answer,
  EntityIn,
  OfEntity,
  RuleFor,
  SerializerIn,
  ViewSetClass,
} from './viewset-class.js'

/** What `CreateMixin` adds. */
export interface CreateActions<E, C> {
  /** Answers the new row. */
  create(call: Call<C>): Answer<E>
  /**
   * Makes the row; override it to add values: `super.performCreate(call.with({ body: { ...call.body, … } }))`.
   * @throws {UsageError} E_UNKNOWN_VALUE for a value of no property.
   */
  performCreate<B extends C>(call: Call<B> & OfEntity<E, C, B>): Answer<E>
}

type Creates<B extends ViewSetClass> = B & AbstractConstructor<CreateActions<EntityIn<B>, SerializerIn<B>['$create']>>

/** Adds `create`: POST on the collection. */
export function CreateMixin<B extends ViewSetClass>(
  Base: B,
  options: { readonly allow: RuleFor<B> },
  place = placeOfCall(CreateMixin),
): Creates<B> {
  requireKnown(options, ruleOptions, { subject: 'CreateMixin', places: [place] })
  const { allow } = options
  abstract class CreateViewSet extends (Base as ViewSetClass) implements CreateActions<EntityRow, object> {
    create(call: Call<object>): Answer<EntityRow> {
      return this.performCreate(call)
    }

    performCreate(call: Call<object>): Answer<EntityRow> {
      return createRow(this, call)
    }
  }
  for (const name of ['create', 'performCreate'] as const) markPlainHook(CreateViewSet.prototype, name)
  declareAction(CreateViewSet, {
    name: 'create',
    method: 'post',
    on: 'collection',
    path: '',
    input: 'create',
    status: 201,
    permission: allow,
    place,
  })
  return CreateViewSet as unknown as Creates<B>
}
