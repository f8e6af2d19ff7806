import { requireKnown } from '../../helpers/known-options.js'
import { placeOfCall } from '../../metadata/place.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { declareAction } from '../action-fact.js'
import type { RowCall } from '../call.js'
import { ruleOptions } from '../option-names.js'
import { markPlainHook } from './plain-hooks.js'
import type { AbstractConstructor, Answer, EntityIn, RuleFor, ViewSetClass } from './viewset-class.js'

/** What `RetrieveMixin` adds. */
export interface RetrieveActions<E> {
  /** Answers the row. */
  retrieve(call: RowCall<E>): Answer<E>
}

/** Adds `retrieve`: GET on a row. */
export function RetrieveMixin<B extends ViewSetClass>(
  Base: B,
  options: { readonly allow: RuleFor<B> },
  place = placeOfCall(RetrieveMixin),
): B & AbstractConstructor<RetrieveActions<EntityIn<B>>> {
  requireKnown(options, ruleOptions, { subject: 'RetrieveMixin', places: [place] })
  const { allow } = options
  abstract class RetrieveViewSet extends (Base as ViewSetClass) implements RetrieveActions<EntityRow> {
    retrieve({ row }: RowCall<EntityRow>): Answer<EntityRow> {
      return row
    }
  }
  markPlainHook(RetrieveViewSet.prototype, 'retrieve')
  declareAction(RetrieveViewSet, {
    name: 'retrieve',
    method: 'get',
    on: 'row',
    path: '',
    answers: 'row',
    permission: allow,
    place,
  })
  return RetrieveViewSet as unknown as B & AbstractConstructor<RetrieveActions<EntityIn<B>>>
}
