import { DefinitionError } from '../../errors/definition-error.js'
import { type Place, placeOfCall } from '../../metadata/place.js'
import { requirePagination } from '../option-names.js'
import type { Pagination } from '../pagination.js'
import type { ViewSetModel } from '../viewset-model.js'
import type { ViewSetClass } from './viewset-class.js'

/**
 * Changes how the lists of a viewset are cut into pages.
 * @throws {DefinitionError} `E_VIEWSET` around a class that is no viewset of an entity.
 */
export function PaginationMixin<B extends ViewSetClass>(
  Base: B,
  pagination: Pagination,
  place = placeOfCall(PaginationMixin),
): B {
  requirePagination(pagination, { subject: 'PaginationMixin', places: [place] })
  const { model } = Base
  if (!model) throw withoutEntity(place)
  const paginated: ViewSetModel = Object.freeze({ ...model, pagination })
  abstract class PaginatedViewSet extends (Base as ViewSetClass) {
    static override readonly model = paginated
  }
  return PaginatedViewSet as unknown as B
}

function withoutEntity(place: Place): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_VIEWSET',
      subject: 'PaginationMixin',
      problem: 'it stands around a class that is no viewset of an entity.',
      places: [place],
      remedy: 'Put it around a viewset of an entity, as ModelViewSet or GenericViewSet makes it.',
    },
  ])
}
