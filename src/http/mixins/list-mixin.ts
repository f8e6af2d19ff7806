import { requireKnown } from '../../helpers/known-options.js'
import { placeOfCall } from '../../metadata/place.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { declareAction } from '../action-fact.js'
import type { Call } from '../call.js'
import { ruleOptions } from '../option-names.js'
import type { AbstractConstructor, Answer, EntityIn, RuleFor, ViewSetClass } from './viewset-class.js'

/** What `ListMixin` adds. */
export interface ListActions<E> {
  /** Answers a page of the rows the call may see. */
  list(call: Call): Answer<E>
}

/** Adds `list`: GET on the collection. */
export function ListMixin<B extends ViewSetClass>(
  Base: B,
  options: { readonly allow: RuleFor<B> },
  place = placeOfCall(ListMixin),
): B & AbstractConstructor<ListActions<EntityIn<B>>> {
  requireKnown(options, ruleOptions, { subject: 'ListMixin', places: [place] })
  const { allow } = options
  abstract class ListViewSet extends (Base as ViewSetClass) implements ListActions<EntityRow> {
    list(call: Call): Answer<EntityRow> {
      return this.select(call)
    }
  }
  declareAction(ListViewSet, {
    name: 'list',
    method: 'get',
    on: 'collection',
    path: '',
    paginated: true,
    permission: allow,
    place,
  })
  return ListViewSet as unknown as B & AbstractConstructor<ListActions<EntityIn<B>>>
}
