import { AsyncLocalStorage } from 'node:async_hooks'
import type { EntityMetadata, EntitySubscriberInterface, ObjectLiteral, UpdateEvent } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'
import { primaryKeyText } from './stored-rows.js'

/** An entity that is being saved, and the row it was loaded as. */
export interface SavedEntity {
  readonly entity: ObjectLiteral
  readonly databaseEntity: ObjectLiteral
}

/** One call of `save`: all its statements share a context, and know the entities they store. */
export class Save {
  readonly context: WriteContext<RowData>
  readonly #entities = new Map<string, SavedEntity>()

  constructor(context: WriteContext<RowData>) {
    this.context = context
  }

  remember(metadata: EntityMetadata, saved: SavedEntity): void {
    this.#entities.set(keyOf(metadata, saved.databaseEntity), saved)
  }

  find(metadata: EntityMetadata, identifier: ObjectLiteral): SavedEntity | undefined {
    return this.#entities.get(keyOf(metadata, identifier))
  }
}

const keyOf = (metadata: EntityMetadata, entity: ObjectLiteral): string =>
  `${metadata.tablePath} ${primaryKeyText(metadata, entity)}`

const running = new AsyncLocalStorage<Save>()

/** The save that runs now. */
export function currentSave(): Save | undefined {
  return running.getStore()
}

/** Runs `work`, TypeORM's persistence, as one call of `save`. */
export function asSave<T>(context: WriteContext<RowData>, work: () => Promise<T>): Promise<T> {
  return running.run(new Save(context), work)
}

/** Learns from TypeORM which entities a save updates: its statements name rows only by their keys. */
export class SaveSubscriber implements EntitySubscriberInterface {
  beforeUpdate({ metadata, entity, databaseEntity }: UpdateEvent<ObjectLiteral>): void {
    if (entity && databaseEntity) currentSave()?.remember(metadata, { entity, databaseEntity })
  }
}
