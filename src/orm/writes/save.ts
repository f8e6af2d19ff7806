import type { EntityMetadata, EntitySubscriberInterface, InsertEvent, ObjectLiteral, UpdateEvent } from 'typeorm'
import { ContextSlot } from '../../helpers/context-slot.js'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'
import { loadedValue } from '../lazy-relations.js'
import { rowKeyText } from './stored-rows.js'

/** An entity that is being saved, and the row it was loaded as. */
export interface SavedEntity {
  readonly entity: ObjectLiteral
  readonly databaseEntity: ObjectLiteral
}

/** A row that a save is going to write: as it was loaded, null where it is new, and as it is wanted. */
export interface SavedRow {
  readonly metadata: EntityMetadata
  readonly before: ObjectLiteral | null
  readonly after: ObjectLiteral
}

/** What a call of `save` is told. */
interface SaveCall {
  readonly context: WriteContext<RowData>
  /** What the caller gave. */
  readonly given: readonly ObjectLiteral[]
  readonly isUnit: boolean
}

/** One call of `save`: all its statements share a context, and know the entities they store. */
export class Save {
  readonly context: WriteContext<RowData>
  /** Whether it is a unit of work of its own, all of which is undone where a statement fails. */
  readonly isUnit: boolean
  readonly #entities = new Map<string, SavedEntity>()
  #announced: SavedRow[] = []
  readonly #deferred = new Map<string, () => Promise<unknown>>()
  readonly #finally: (() => void)[] = []

  /** What the caller gave. */
  readonly #given: readonly ObjectLiteral[]

  constructor({ context, given, isUnit }: SaveCall) {
    this.context = context
    this.isUnit = isUnit
    this.#given = given
  }

  /** The entities it stores, whatever they are; also those that are reached by their relations. */
  get entities(): readonly ObjectLiteral[] {
    return reachable(this.#given)
  }

  announce(row: SavedRow): void {
    this.#announced.push(row)
  }

  /** Whether it is known that the save changes a row. */
  changes(metadata: EntityMetadata, row: ObjectLiteral): boolean {
    return this.#entities.has(rowKeyText(metadata, row))
  }

  /** What is to be done where a row that the save seemed to change turns out to be as its caller wants it. */
  unlessChanged(metadata: EntityMetadata, row: ObjectLiteral, work: () => Promise<unknown>): void {
    this.#deferred.set(rowKeyText(metadata, row), work)
  }

  /** Takes back that the save changes a row. */
  async leave(metadata: EntityMetadata, row: ObjectLiteral): Promise<void> {
    const key = rowKeyText(metadata, row)
    this.#entities.delete(key)
    await this.#deferred.get(key)?.()
  }

  /** Does something to entities once all statements are carried out: one that fails leaves them as they were. */
  atEnd(hook: () => void): void {
    this.#finally.push(hook)
  }

  end(): void {
    for (const hook of this.#finally) hook()
  }

  /** The rows that were announced since the last time: TypeORM announces all of a call before it writes the first. */
  takeAnnounced(): readonly SavedRow[] {
    const announced = this.#announced
    this.#announced = []
    return announced
  }

  remember(metadata: EntityMetadata, saved: SavedEntity): void {
    this.#entities.set(rowKeyText(metadata, saved.databaseEntity), saved)
  }

  find(metadata: EntityMetadata, identifier: ObjectLiteral): SavedEntity | undefined {
    return this.#entities.get(rowKeyText(metadata, identifier))
  }
}

const running = new ContextSlot<Save>()

/** The save that runs now. */
export function currentSave(): Save | undefined {
  return running.get()
}

/** Runs `work`, TypeORM's persistence, as one call of `save`. */
export function asSave<T>(call: SaveCall, work: () => Promise<T>): Promise<T> {
  const save = new Save(call)
  return running.run(save, async () => {
    const result = await work()
    save.end()
    return result
  })
}

/** Entities, and those in their properties in turn. What is lazy and not loaded is left alone. */
function reachable(given: readonly ObjectLiteral[]): readonly ObjectLiteral[] {
  const found = new Set<ObjectLiteral>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (typeof value === 'object' && value !== null && !found.has(value) && !isScalar(value)) {
      found.add(value)
      for (const name of Object.keys(value)) visit(loadedValue(value, name))
    }
  }
  visit(given)
  return [...found]
}

const isScalar = (value: object): boolean =>
  value instanceof Date || ArrayBuffer.isView(value) || value instanceof Promise

/** Learns from TypeORM which entities a save inserts and updates: its statements name rows only by their keys. */
export class SaveSubscriber implements EntitySubscriberInterface {
  beforeInsert({ metadata, entity }: InsertEvent<ObjectLiteral>): void {
    if (entity) currentSave()?.announce({ metadata, before: null, after: entity })
  }

  beforeUpdate({ metadata, entity, databaseEntity }: UpdateEvent<ObjectLiteral>): void {
    if (!entity || !databaseEntity) return
    currentSave()?.remember(metadata, { entity, databaseEntity })
    currentSave()?.announce({ metadata, before: databaseEntity, after: entity })
  }
}
