import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import type { ModelStorage } from './model-storage.js'
import { ownIndexes } from './own-indexes.js'
import { visibleRows } from './visible-rows.js'

/**
 * Where an engine has no indexes over some rows only, a generated column that is null for hidden rows takes part in the
 * index: a unique key does not compare rows in which one of its columns is null. The column is no property of the class.
 */
export function declareMarkers(models: readonly Model[], storage: ModelStorage, dialect: Dialect): void {
  if (dialect.partialIndexes) return
  for (const model of models) {
    const indexes = ownIndexes(model, storage.sharedBy(model.entity))
    const isUnique = indexes.some(({ unique }) => unique === 'visible') || storage.declaresUnique(model.entity)
    if (!isUnique || !visibleRows(model).where) continue
    const options = { type: 'boolean', nullable: true, select: false, insert: false, update: false } as const
    storage.addColumn(model.entity, markerName(model), options, 'virtual')
  }
}

/** The marker column of an entity that has one. */
export function markerOf(metadata: EntityMetadata, model: Model): ColumnMetadata | undefined {
  return metadata.columns.find(({ propertyName, isVirtual }) => isVirtual && propertyName === markerName(model))
}

// Entities that share a table may show different rows, so each has a marker of its own.
const markerName = ({ name }: Model): string => `visible${name}`
