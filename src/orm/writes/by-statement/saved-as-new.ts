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
  if (!model || !areOfOneKind(entities, target)) return false
  const repository = manager.getRepository(model.entity as AnyClass<ObjectLiteral>) as ScopedRepository<ObjectLiteral>
  const { metadata } = repository
  const reader = entityReaderOf(dataSource, metadata)
  if (!reader || !isGivenBack(metadata) || !entities.every((one) => isNew(metadata, one))) return false
  const places = placesOf(metadata)
  const drafts = entities.map((one) => draftOf(places, one))
  return andThen(storedAs(repository, drafts, reader), (stored) => {
    if (!stored) return false
    for (const [index, one] of entities.entries()) settle(places, one, drafts[index]!, stored[index]!)
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

/** Whether a statement gives back all that is inserted: what nobody reads unless it is asked for, it does not. */
const isGivenBack = ({ columns }: EntityMetadata): boolean =>
  columns.every(({ isSelect, isInsert }) => isSelect || !isInsert)

/** Whether an entity has no key yet, and refers to nothing that would be saved with it. */
function isNew({ primaryColumns, relations }: EntityMetadata, entity: ObjectLiteral): boolean {
  if (primaryColumns.some((column) => column.getEntityValue(entity) !== undefined)) return false
  return relations.every(({ propertyName, embeddedMetadata }) => {
    return embeddedMetadata === undefined && loadedValue(entity, propertyName) === undefined
  })
}

/** A column that an entity has a value of. */
interface Place {
  readonly column: ColumnMetadata
  /** The property of the entity that holds the value, or an object with it. */
  readonly property: string
  /** Whether `save` takes what is stored of it, whatever was given: the database might have filled it in. */
  readonly isFilledIn: boolean
}

function placesOf(metadata: EntityMetadata): readonly Place[] {
  const filled = new Set(metadata.getInsertionReturningColumns())
  const kept = metadata.columns.filter(({ isVirtual, isDeleteDate }) => !isVirtual && !isDeleteDate)
  return kept.map((column) => {
    const [property = ''] = column.propertyPath.split('.')
    return { column, property, isFilledIn: filled.has(column) }
  })
}

/** A copy of an entity that rules may change, and what it held before. */
interface SavedDraft {
  readonly row: ObjectLiteral
  readonly given: readonly unknown[]
}

/** Nothing is constructed: what a class sets by itself would be taken for what the entity holds. */
function draftOf(places: readonly Place[], entity: ObjectLiteral): SavedDraft {
  const row: ObjectLiteral = {}
  for (const { property } of places) row[property] ??= entity[property] as unknown
  return { row, given: places.map(({ column }) => column.getEntityValue(row) as unknown) }
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
function settle(
  places: readonly Place[],
  entity: ObjectLiteral,
  { row, given }: SavedDraft,
  stored: ObjectLiteral,
): void {
  for (const [index, { column, isFilledIn }] of places.entries()) {
    const own: unknown = column.getEntityValue(row)
    if (isFilledIn) column.setEntityValue(entity, column.getEntityValue(stored))
    else if (own === undefined) column.setEntityValue(entity, column.getEntityValue(stored) ?? null)
    else if (own !== given[index]) column.setEntityValue(entity, own)
  }
}
