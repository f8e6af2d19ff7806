import { BaseEntity } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { buildEntityMetadatas } from './entity-metadatas.js'

/** Gives a data source the metadata of its entities, with what their models contribute. */
export function installEntities(dataSource: ModelDataSource): void {
  const entityMetadatas = buildEntityMetadatas(dataSource, dataSource.dialect)
  const entityMetadatasMap = new Map(entityMetadatas.map((metadata) => [metadata.target, metadata]))
  Object.assign(dataSource, { entityMetadatas, entityMetadatasMap })
  for (const { target } of entityMetadatas) {
    if (typeof target === 'function' && target.prototype instanceof BaseEntity) {
      ;(target as unknown as typeof BaseEntity).useDataSource(dataSource)
    }
  }
}
