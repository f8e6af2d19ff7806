import type { AnyClass } from '../../metadata/fact-kind.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ScopedRepository } from '../../orm/model-repository.js'
import { runningRepository } from '../running.js'
import { modelOf } from '../viewset.js'
import type { EntityViewSet } from './viewset-class.js'

/** The rows of a viewset, as the running unit of work has them. */
export function repositoryOf(viewSet: EntityViewSet): ScopedRepository<EntityRow> {
  return runningRepository(modelOf(viewSet).entity as AnyClass<EntityRow>)
}

/** The service of a viewset that has one, as far as it is called. */
export function serviceOf<S>(viewSet: EntityViewSet): S | undefined {
  return modelOf(viewSet).service ? (viewSet.service as S) : undefined
}
