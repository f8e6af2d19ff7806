import { BaseEntity, type EntityMetadata } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'

/** Gives a data source the metadata of its entities. */
export function installEntities(dataSource: ModelDataSource, entityMetadatas: readonly EntityMetadata[]): void {
  const entityMetadatasMap = new Map(entityMetadatas.map((metadata) => [metadata.target, metadata]))
  Object.assign(dataSource, { entityMetadatas, entityMetadatasMap })
  for (const { target } of entityMetadatas) {
    if (typeof target === 'function' && target.prototype instanceof BaseEntity) {
      ;(target as unknown as typeof BaseEntity).useDataSource(dataSource)
    }
  }
}
