import { requireKnown } from '../../helpers/known-options.js'
import { placeOfCall } from '../../metadata/place.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { declareAction } from '../action-fact.js'
import type { RowCall } from '../call.js'
import { ruleOptions } from '../option-names.js'
import { markPlainHook } from './plain-hooks.js'
import { removeRow } from './row-writes.js'
import type { AbstractConstructor, Answer, EntityIn, RuleFor, ViewSetClass } from './viewset-class.js'

/** What `DestroyMixin` adds. */
export interface DestroyActions<E> {
  /** Answers nothing. */
  destroy(call: RowCall<E>): Answer<E>
  /** Removes the row, or hides it where that is what deleting means for its entity. */
  performDestroy(call: RowCall<E>): Answer<E>
}

/** Adds `destroy`: DELETE on a row. */
export function DestroyMixin<B extends ViewSetClass>(
  Base: B,
  options: { readonly allow: RuleFor<B> },
  place = placeOfCall(DestroyMixin),
): B & AbstractConstructor<DestroyActions<EntityIn<B>>> {
  requireKnown(options, ruleOptions, { subject: 'DestroyMixin', places: [place] })
  const { allow } = options
  abstract class DestroyViewSet extends (Base as ViewSetClass) implements DestroyActions<EntityRow> {
    destroy(call: RowCall<EntityRow>): Answer<EntityRow> {
      return this.performDestroy(call)
    }

    performDestroy(call: RowCall<EntityRow>): Answer<EntityRow> {
      return removeRow(this, call)
    }
  }
  for (const name of ['destroy', 'performDestroy'] as const) markPlainHook(DestroyViewSet.prototype, name)
  declareAction(DestroyViewSet, {
    name: 'destroy',
    method: 'delete',
    on: 'row',
    path: '',
    answers: 'nothing',
    permission: allow,
    place,
  })
  return DestroyViewSet as unknown as B & AbstractConstructor<DestroyActions<EntityIn<B>>>
}
