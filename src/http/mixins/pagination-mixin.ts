import type { Pagination } from '../pagination.js'
import type { ViewSetClass } from './viewset-class.js'

/** Changes how the lists of a viewset are cut into pages. */
export function PaginationMixin<B extends ViewSetClass>(Base: B, pagination: Pagination): B {
  const { model } = Base
  if (!model) throw new TypeError('PaginationMixin stands around a viewset of an entity, as ModelViewSet makes it.')
  abstract class PaginatedViewSet extends (Base as ViewSetClass) {
    static override readonly model = { ...model, pagination }
  }
  return PaginatedViewSet as unknown as B
}
