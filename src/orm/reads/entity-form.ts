import type { EntityMetadata, ObjectLiteral, QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { readEngineOf } from './engines/engines.js'
import type { RawRows } from './engines/read-engine.js'
import { EntityLevel, entityColumns } from './entity-level.js'
import { isReadByName } from './read-by-name.js'
import { membersKey } from './read-member.js'
import { RowCodec } from './row-codec.js'
import { StatementLayout } from './statement-layout.js'

/** How whole rows of an entity are read, and made entities of: compiled once, for any number of statements. */
export class EntityForm {
  /** What tells it from all other forms of a data source. */
  readonly key: string
  /** What statements select for it. */
  readonly layout = new StatementLayout()
  /** Whether something is told of each row that was loaded. */
  readonly hasLoadListeners: boolean
  readonly #level: EntityLevel
  readonly #codec: RowCodec

  constructor({ options }: ModelDataSource, metadata: EntityMetadata) {
    this.key = `entities ${membersKey(metadata, [])}`
    this.hasLoadListeners = metadata.afterLoadListeners.length > 0
    this.#level = new EntityLevel(metadata, this.layout)
    this.#codec = new RowCodec(this.layout.columns, readEngineOf(options.type as EngineType))
  }

  /** Rows of a statement as entities, in their order. @param runner the one by which their lazy relations are loaded. */
  entities(raw: RawRows, runner: QueryRunner | undefined): ObjectLiteral[] {
    if (raw.rows.length === 0) return []
    const codecs = this.#codec.of(raw)
    return raw.rows.map((row) => this.#level.entity(row, codecs, runner))
  }
}

const known = new WeakMap<EntityMetadata, EntityForm | null>()

/** How rows of an entity are read; undefined where more goes into an entity than TypeORM takes from columns of its table. */
export function entityFormOf(dataSource: ModelDataSource, metadata: EntityMetadata): EntityForm | undefined {
  const found = known.get(metadata)
  if (found !== undefined) return found ?? undefined
  const made = isReadWhole(metadata) ? new EntityForm(dataSource, metadata) : null
  known.set(metadata, made)
  return made ?? undefined
}

/** Whether entities are made of the columns of one table, which they have to themselves. */
export function isReadWhole(metadata: EntityMetadata): boolean {
  const { tableType, discriminatorColumn, childEntityMetadatas, relationIds, primaryColumns } = metadata
  if (tableType !== 'regular' || discriminatorColumn || childEntityMetadatas.length > 0) return false
  // A row without a value of its own is no entity for TypeORM.
  if (relationIds.length > 0 || !primaryColumns.some(({ isVirtual, isSelect }) => isSelect && !isVirtual)) return false
  return entityColumns(metadata).every(isReadByName)
}
