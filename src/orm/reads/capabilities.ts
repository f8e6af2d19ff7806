import type { Capability } from '../../model/capability.js'
import type { ModelDataSource } from '../data-source.js'
import type { Shape } from './slot.js'

const known = new WeakMap<ModelDataSource, readonly Capability[]>()

/** What a text depends on because the context may lift scopes. */
export function addCapabilities(dataSource: ModelDataSource, shape: Shape): void {
  for (const { isHeld } of capabilitiesOf(dataSource)) shape.add(isHeld ? 'lifted' : 'whole')
}

/** What can lift scopes of any entity of a data source: which conditions stand in a statement depends on it. */
function capabilitiesOf(dataSource: ModelDataSource): readonly Capability[] {
  const found = known.get(dataSource)
  if (found) return found
  const made = collected(dataSource)
  known.set(dataSource, made)
  return made
}

function collected({ registry }: ModelDataSource): readonly Capability[] {
  const scopes = registry.models.flatMap((model) => Object.values(model.scopes))
  return [...new Set(scopes.flatMap(({ liftedBy }) => liftedBy ?? []))]
}
