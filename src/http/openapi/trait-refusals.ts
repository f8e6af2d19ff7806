import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../../orm/data-source.js'

/** The models of an entity and of whatever relations lead to from it, directly or not: a write may reach those rows too. */
export function modelsAround(dataSource: ModelDataSource, entity: AnyClass): readonly Model[] {
  const reached = new Set<AnyClass>([entity])
  const links = dataSource.entityMetadatas.flatMap(({ target, relations }) =>
    relations.map(({ inverseEntityMetadata: other }) => [target as AnyClass, other.target as AnyClass] as const),
  )
  for (let before = 0; before < reached.size; ) {
    before = reached.size
    for (const pair of links) if (pair.some((end) => reached.has(end))) for (const end of pair) reached.add(end)
  }
  return dataSource.registry.models.filter((model) => reached.has(model.entity))
}

/** What the traits of entities refuse. */
export function refusalsOf(models: readonly Model[]): readonly { readonly code: string; readonly status: number }[] {
  return models.flatMap(({ traits }) =>
    traits.flatMap(({ definition, options }) =>
      Object.entries(definition.refusals?.(options) ?? {}).map(([code, status]) => ({ code, status })),
    ),
  )
}
