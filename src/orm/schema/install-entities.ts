import { BaseEntity, type EntityMetadata } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { buildEntityMetadatas } from './entity-metadatas.js'

/**
 * The metadata of the entities of a data source, with what their models contribute. It is made once: what is compiled before
 * the data source connects knows columns by the same objects as what is compiled later.
 */
export class InstalledEntities {
  readonly #dataSource: ModelDataSource
  #metadatas: readonly EntityMetadata[] | undefined

  constructor(dataSource: ModelDataSource) {
    this.#dataSource = dataSource
  }

  /** Lets it be made anew: it was made for other options, or for a server that nobody had asked yet. */
  forget(): void {
    this.#metadatas = undefined
  }

  /** Gives it to the data source. */
  install(): void {
    this.#metadatas ??= buildEntityMetadatas(this.#dataSource, this.#dataSource.dialect)
    const entityMetadatas = this.#metadatas
    const entityMetadatasMap = new Map(entityMetadatas.map((metadata) => [metadata.target, metadata]))
    Object.assign(this.#dataSource, { entityMetadatas, entityMetadatasMap })
    for (const { target } of entityMetadatas) {
      if (typeof target === 'function' && target.prototype instanceof BaseEntity) {
        ;(target as unknown as typeof BaseEntity).useDataSource(this.#dataSource)
      }
    }
  }
}
