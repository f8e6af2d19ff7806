import type { EntityMetadata } from 'typeorm'
import { EntityMetadataBuilder } from 'typeorm/metadata-builder/EntityMetadataBuilder.js'
import { EntityMetadataValidator } from 'typeorm/metadata-builder/EntityMetadataValidator.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import type { Dialect } from '../dialects/dialect.js'
import { addChecks } from './checks.js'
import { declareCompanions } from './companions.js'
import { addGeneratedColumns } from './generated-columns.js'
import { addIndexes } from './indexes.js'
import { leaveDatesToRules } from './kept-dates.js'
import { ModelStorage } from './model-storage.js'
import { setOrdering } from './ordering.js'
import { narrowUniques } from './own-uniques.js'
import { declarePathColumns } from './path-columns.js'
import { requireLinks } from './require-links.js'
import { declareMarkers } from './visible-marker.js'

/**
 * TypeORM's metadata for the entities of an application, with everything their models add.
 * @throws {DefinitionError} where links would lead to other rows than they say.
 */
export function buildEntityMetadatas(dataSource: ModelDataSource, dialect: Dialect): EntityMetadata[] {
  const { models } = dataSource.registry
  const storage = new ModelStorage(models)
  storage.install(dialect)
  declareMarkers(models, storage, dialect)
  declarePathColumns(models, storage, dialect)
  const companions = declareCompanions(dataSource, storage) as unknown[] as AnyClass[]
  const targets = [...models.map(({ entity }) => entity), ...companions]
  const metadatas = new EntityMetadataBuilder(dataSource, storage).build(targets)
  const modelsByEntity = new Map<unknown, Model>(models.map((model) => [model.entity, model]))
  const modelOf = (target: unknown) => modelsByEntity.get(target)
  for (const metadata of metadatas) narrowUniques(metadata, { modelOf, metadatas, dialect })
  const byTarget = new Map(metadatas.map((metadata) => [metadata.target, metadata]))
  for (const model of models) {
    const metadata = byTarget.get(model.entity)
    if (metadata) complete(metadata, model, storage.sharedBy(model.entity), dialect)
  }
  const tables = metadatas.filter(({ tableType }) => tableType !== 'view')
  new EntityMetadataValidator().validateMany(tables, dataSource.driver)
  requireLinks(metadatas, dialect)
  return metadatas
}

function complete(metadata: EntityMetadata, model: Model, above: readonly Model[], dialect: Dialect): void {
  leaveDatesToRules(metadata, model)
  addGeneratedColumns(metadata, model, dialect)
  addIndexes(metadata, model, above, dialect)
  addChecks(metadata, model, dialect)
  setOrdering(metadata, model)
}
