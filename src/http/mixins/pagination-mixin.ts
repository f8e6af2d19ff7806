import type { Pagination } from '../pagination.js'
import type { ViewSetModel } from '../viewset-model.js'
import type { ViewSetClass } from './viewset-class.js'

/**
 * Changes how the lists of a viewset are cut into pages.
 * @throws {TypeError} around a class that is no viewset of an entity.
 */
export function PaginationMixin<B extends ViewSetClass>(Base: B, pagination: Pagination): B {
  const { model } = Base
  if (!model) throw new TypeError('PaginationMixin stands around a viewset of an entity, as ModelViewSet makes it.')
  const paginated: ViewSetModel = Object.freeze({ ...model, pagination })
  abstract class PaginatedViewSet extends (Base as ViewSetClass) {
    static override readonly model = paginated
  }
  return PaginatedViewSet as unknown as B
}
