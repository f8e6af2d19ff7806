import type { Capability } from '../../model/capability.js'
import type { ModelDataSource } from '../data-source.js'

const known = new WeakMap<ModelDataSource, readonly Capability[]>()

/** What can lift scopes of any entity of a data source: which conditions stand in a statement depends on it. */
export function capabilitiesOf(dataSource: ModelDataSource): readonly Capability[] {
  const found = known.get(dataSource) ?? collected(dataSource)
  known.set(dataSource, found)
  return found
}

function collected({ registry }: ModelDataSource): readonly Capability[] {
  const scopes = registry.models.flatMap((model) => Object.values(model.scopes))
  return [...new Set(scopes.flatMap(({ liftedBy }) => liftedBy ?? []))]
}
