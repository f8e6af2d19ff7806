import { BaseEntity, DataSource } from 'typeorm'
import { Mistakes } from '../errors/definition-error.js'
import { type Clock, systemClock } from '../helpers/clock.js'
import { Registry } from '../model/registry.js'
import { connectionOptions, type ModelDataSourceOptions } from './data-source-options.js'
import type { Dialect } from './dialects/dialect.js'
import { dialectOf } from './dialects/engines.js'
import { checkModel } from './schema/check-model.js'
import { buildEntityMetadatas } from './schema/entity-metadatas.js'
import { ModelStorage } from './schema/model-storage.js'

/** Makes a data source for entity classes. It connects when `initialize` is called. */
export function createDataSource(options: ModelDataSourceOptions): ModelDataSource {
  return new ModelDataSource(options)
}

/**
 * TypeORM's data source, with models: the columns and indexes of traits are part of the schema, and their scopes of
 * every query. It owns its registry, so two data sources over the same classes share nothing.
 */
export class ModelDataSource extends DataSource {
  readonly registry: Registry
  readonly clock: Clock
  readonly dialect: Dialect
  readonly #mistakes = new Mistakes()

  constructor(options: ModelDataSourceOptions) {
    const connection = connectionOptions(options)
    const dialect = dialectOf(connection.type)
    super(connection)
    this.dialect = dialect
    this.clock = options.clock ?? systemClock
    this.registry = new Registry(options.entities, this.#mistakes)
  }

  /**
   * Adds everything that is wrong with the models and their entities. Needs no connection; `initialize` does it first.
   */
  verify(mistakes: Mistakes): void {
    for (const mistake of this.#mistakes.found) mistakes.add(mistake)
    const storage = new ModelStorage(this.registry.models)
    for (const model of this.registry.models) checkModel(model, storage, mistakes)
  }

  /**
   * Checks the models, then connects.
   * @throws {DefinitionError} with every mistake in every entity, before anything is connected.
   */
  override async initialize(): Promise<this> {
    const mistakes = new Mistakes()
    this.verify(mistakes)
    mistakes.throwIfAny()
    return super.initialize()
  }

  protected override async buildMetadatas(): Promise<void> {
    // TypeORM was given no entities, so this makes only the subscribers and migrations.
    await super.buildMetadatas()
    const entityMetadatas = buildEntityMetadatas(this, this.dialect)
    const entityMetadatasMap = new Map(entityMetadatas.map((metadata) => [metadata.target, metadata]))
    Object.assign(this, { entityMetadatas, entityMetadatasMap })
    for (const { target } of entityMetadatas) {
      if (typeof target === 'function' && target.prototype instanceof BaseEntity) {
        ;(target as unknown as typeof BaseEntity).useDataSource(this)
      }
    }
  }
}
