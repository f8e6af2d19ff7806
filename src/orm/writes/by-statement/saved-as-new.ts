import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import type { AnyClass } from '../../../metadata/fact-kind.js'
import { loadedValue } from '../../lazy-relations.js'
import type { ModelEntityManager } from '../../model-entity-manager.js'
import type { ScopedRepository } from '../../model-repository.js'
import type { PersistCall } from '../persistence.js'
import { type EntityReader, entityReaderOf } from './entity-reader.js'
import { newRow } from './new-row.js'
import { newRows } from './new-rows.js'

/**
 * Saves entities that are new by one statement, as `newRow` and `newRows` make rows, and leaves in them what `save` does: what
 * rules have set, and what the database has filled in. Entities stay as they are where nothing was written, because TypeORM has
 * to look at them, or at what they refer to.
 * @returns whether they were saved.
 */
export function savedAsNew(manager: ModelEntityManager, call: PersistCall): Awaitable<boolean> {
  const { mode, target, entity, options } = call
  const { dataSource, queryRunner } = manager
  if (mode !== 'save' || options !== undefined || queryRunner || dataSource.isInUnit) return false
  const entities = (Array.isArray(entity) ? entity : [entity]) as readonly ObjectLiteral[]
  // What is no entity is refused by TypeORM.
  if (!entities.every((one) => typeof one === 'object' && (one as unknown) !== null)) return false
  const model = dataSource.modelOf(target ?? entities[0]!.constructor)
  const reader = model && entityReaderOf(dataSource, dataSource.getMetadata(model.entity))
  if (!reader || !areOfOneKind(entities, target)) return false
  const repository = manager.getRepository(model.entity as AnyClass<ObjectLiteral>) as ScopedRepository<ObjectLiteral>
  const { metadata } = repository
  if (!entities.every((one) => isNew(metadata, one))) return false
  const drafts = entities.map((one) => draftOf(repository, one))
  return andThen(storedAs(repository, drafts, reader), (stored) => {
    if (!stored) return false
    for (const [index, one] of entities.entries()) settle(one, drafts[index]!, stored[index]!)
    return true
  })
}

/** Whether entities are different ones of one class. */
function areOfOneKind(entities: readonly ObjectLiteral[], target: string | undefined): boolean {
  const [first] = entities
  return (
    new Set(entities).size === entities.length &&
    (target !== undefined || entities.every((one) => one.constructor === first?.constructor))
  )
}

/** Whether an entity has no key yet, and refers to nothing that would be saved with it. */
function isNew(metadata: EntityMetadata, entity: ObjectLiteral): boolean {
  const { primaryColumns, relations, columns } = metadata
  // What nobody reads unless it is asked for is given back by other statements alone.
  if (columns.some(({ isSelect, isInsert }) => !isSelect && isInsert)) return false
  if (primaryColumns.some((column) => column.getEntityValue(entity) !== undefined)) return false
  return relations.every(({ propertyName, embeddedMetadata }) => {
    return embeddedMetadata === undefined && loadedValue(entity, propertyName) === undefined
  })
}

/** A copy of an entity that rules may change, and what it held before. */
interface SavedDraft {
  readonly row: ObjectLiteral
  readonly places: readonly Place[]
}

/** A column with what a draft held of it at first. */
interface Place {
  readonly column: ColumnMetadata
  readonly given: unknown
  /** Whether `save` takes what is stored of it, whatever was given: the database might have filled it in. */
  readonly isFilledIn: boolean
}

function draftOf(repository: ScopedRepository<ObjectLiteral>, entity: ObjectLiteral): SavedDraft {
  const row = repository.create(entity)
  const kept = repository.metadata.columns.filter(({ isVirtual, isDeleteDate }) => !isVirtual && !isDeleteDate)
  const filled = new Set(repository.metadata.getInsertionReturningColumns())
  const placeOf = (column: ColumnMetadata): Place => {
    return { column, given: column.getEntityValue(row), isFilledIn: filled.has(column) }
  }
  return { row, places: kept.map(placeOf) }
}

function storedAs(
  repository: ScopedRepository<ObjectLiteral>,
  drafts: readonly SavedDraft[],
  reader: EntityReader,
): Awaitable<readonly ObjectLiteral[] | undefined> {
  const rows = drafts.map(({ row }) => row)
  if (rows.length > 1) return newRows(repository, () => rows, reader)
  return andThen(
    newRow(repository, () => rows[0]!, reader),
    (row) => row && [row],
  )
}

/** Puts into an entity what it was not given, and what rules have set. */
function settle(entity: ObjectLiteral, { row, places }: SavedDraft, stored: ObjectLiteral): void {
  for (const { column, given, isFilledIn } of places) {
    const own: unknown = column.getEntityValue(row)
    if (isFilledIn) column.setEntityValue(entity, column.getEntityValue(stored))
    else if (own === undefined) column.setEntityValue(entity, column.getEntityValue(stored) ?? null)
    else if (own !== given) column.setEntityValue(entity, own)
  }
}
