import type { ModelDataSource } from '../data-source.js'
import type { Target } from '../writes/write.js'
import { referencesOf } from './references.js'

/** Every entity of a data source, those that others refer to before those that refer; circles are broken somewhere. */
export function parentsFirst(dataSource: ModelDataSource): readonly Target[] {
  const ordered: Target[] = []
  const visited = new Set<string>()
  const visit = (target: Target): void => {
    if (visited.has(target.model.name)) return
    visited.add(target.model.name)
    for (const { parent } of referencesOf(dataSource, target.metadata)) {
      const model = dataSource.modelOf(parent.target)
      if (model) visit({ model, metadata: parent })
    }
    ordered.push(target)
  }
  for (const model of dataSource.registry.models) visit({ model, metadata: dataSource.getMetadata(model.entity) })
  return ordered
}
