import type { ObjectLiteral, QueryRunner, SaveOptions } from 'typeorm'
import { v7 } from 'uuid'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import { referencesTo } from '../deletion/references.js'
import { retriesWithLocks } from '../unit-of-work/retry.js'
import { spellKeys } from '../uuid-columns.js'
import { mayRunAgain } from './heard-saves.js'
import { refusedRemoval, refusedUnheard } from './refusals.js'
import { keepsRows } from './remove.js'
import { asSave } from './save.js'
import { hasWriteRules } from './write.js'
import { newContext } from './write-context.js'

/** A call of `save`, `remove`, `softRemove` or `recover`, which TypeORM's persistence carries out. */
export interface PersistCall {
  readonly mode: 'save' | 'remove' | 'soft-remove' | 'recover'
  /** The entity's class or name, where the caller gave it. */
  readonly target: string | undefined
  /** One entity, or a list of them. */
  readonly entity: ObjectLiteral
  readonly options: SaveOptions | undefined
}

const calls = { remove: 'remove()', 'soft-remove': 'softRemove()', recover: 'recover()' } as const

/**
 * Refuses TypeORM's ways to remove, hide and restore entities where they would pass by rules.
 * @throws {DefinitionError} `E_UNRULED_WRITE`
 */
export function refusePersistence(dataSource: ModelDataSource, { mode, target, entity }: PersistCall): void {
  if (mode === 'save') return
  for (const one of Array.isArray(entity) ? (entity as ObjectLiteral[]) : [entity]) {
    const model = dataSource.modelOf(target ?? one.constructor)
    if (!model) continue
    const rules = mode === 'remove' ? keepsRows(model) : hasWriteRules(model)
    if (rules) throw refusedRemoval(model, calls[mode])
  }
}

/**
 * Refuses to empty a table past delete rules, deletion policies and those who listen to deletes.
 * @throws {DefinitionError} `E_UNRULED_WRITE`
 */
export function refuseClearing(dataSource: ModelDataSource, model: Model): void {
  const { delete: deletes, leave } = model.rules
  const metadata = dataSource.getMetadata(model.entity)
  const isReferred = referencesTo(dataSource, metadata).some(({ policy }) => policy !== 'keep')
  if (deletes.length + leave.length > 0 || isReferred) throw refusedRemoval(model, 'clear()')
  const heard = dataSource.events.placesOf(model, ['delete'])
  if (heard.length > 0) throw refusedUnheard(model, 'clear()', heard, 'Use deleteAll() of its repository.')
}

/** Tells of a table that was emptied. */
export function confirmCleared(dataSource: ModelDataSource, { entity }: Model): void {
  if (!dataSource.events.watched) return
  const write = { kind: 'delete', entity, ids: 'many', operation: v7() } as const
  dataSource.afterCommit(() => dataSource.events.tell(write))
}

/** Spells the keys of the entities of a call as they are stored: TypeORM recognizes rows by the text of their keys. */
export function spellKeysIn(dataSource: ModelDataSource, { target, entity }: PersistCall): void {
  for (const one of Array.isArray(entity) ? (entity as ObjectLiteral[]) : [entity]) {
    const named = target ?? (one as unknown)?.constructor
    if (named && dataSource.hasMetadata(named as never)) spellKeys(dataSource.getMetadata(named as never), [one])
  }
}

/**
 * Runs TypeORM's persistence as one write: its rules share a context, and where no transaction is open it is a unit of
 * work, so that hooks its rules and subscribers register run after it is committed.
 */
export function persistInUnit(
  { dataSource, queryRunner }: { readonly dataSource: ModelDataSource; readonly queryRunner?: QueryRunner },
  entity: ObjectLiteral,
  work: () => Promise<void>,
): Promise<void> {
  const isUnit = !queryRunner && !dataSource.isInUnit
  const write = () => asSave({ context: newContext(dataSource), given: [entity], isUnit }, work)
  if (!isUnit) return write()
  return dataSource.atomic(write, { retries: mayRunAgain(dataSource) ? retriesWithLocks : 0 })
}
