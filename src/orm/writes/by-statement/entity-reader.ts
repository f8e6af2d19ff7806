import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import type { RawRows } from '../../reads/engines/read-engine.js'
import { entityColumns } from '../../reads/entity-level.js'
import { hearsOfLoaded } from '../../reads/needs-entities.js'
import { isReadByName } from '../../reads/read-by-name.js'
import { RowCodec } from '../../reads/row-codec.js'

/** What a statement is to return of a row that it writes, and what becomes of that. */
export interface RowReader<T> {
  /** The names of columns, escaped, as a list in the statement. */
  readonly names: string
  /** What becomes of the first row. */
  first(raw: RawRows): T | undefined
  /** What becomes of all rows, in their order. */
  all(raw: RawRows): readonly T[]
  /** The value that it has of the primary key. */
  keyOf(row: T): unknown
}

/** Makes entities of what a statement has returned of whole rows, as TypeORM makes them of what it has read. */
export class EntityReader implements RowReader<ObjectLiteral> {
  readonly #metadata: EntityMetadata
  readonly #codec: RowCodec
  /** The names of the columns, escaped, in the order in which a statement returns them. */
  readonly columns: readonly string[]
  /** The same as a list in a statement. */
  readonly names: string

  constructor({ driver, options }: ModelDataSource, metadata: EntityMetadata) {
    const columns = metadata.columns.filter(({ isSelect, isVirtual }) => isSelect && !isVirtual)
    this.#metadata = metadata
    this.columns = columns.map(({ databaseName }) => driver.escape(databaseName))
    this.names = this.columns.join(', ')
    const read = columns.map((column) => ({ column, kind: '', write: JSON.stringify }))
    this.#codec = new RowCodec(read, readEngineOf(options.type as EngineType))
    this.#setters = columns.map((column) => (entity: ObjectLiteral, value: unknown) => {
      column.setEntityValue(entity, value)
    })
  }

  readonly #setters: readonly ((entity: ObjectLiteral, value: unknown) => void)[]

  /** The first row as an entity. */
  first(raw: RawRows): ObjectLiteral | undefined {
    return this.all(raw)[0]
  }

  keyOf(row: ObjectLiteral): unknown {
    return this.#metadata.primaryColumns[0]!.getEntityValue(row)
  }

  /** All rows as entities, in their order. */
  all(raw: RawRows): readonly ObjectLiteral[] {
    if (raw.rows.length === 0) return []
    const codecs = this.#codec.of(raw)
    return raw.rows.map((row) => {
      const entity = this.#metadata.create(undefined, { fromDeserializer: true }) as ObjectLiteral
      for (const [index, set] of this.#setters.entries()) set(entity, codecs[index]!.value(row[index]))
      return entity
    })
  }
}

const known = new WeakMap<EntityMetadata, EntityReader | null>()

/** What makes entities of returned rows; undefined where more goes into them than the columns of their table. */
export function entityReaderOf(dataSource: ModelDataSource, metadata: EntityMetadata): EntityReader | undefined {
  if (hearsOfLoaded(dataSource)) return undefined
  const found = known.get(metadata) ?? null
  if (found || known.has(metadata)) return found ?? undefined
  const made = isPlain(metadata) ? new EntityReader(dataSource, metadata) : null
  known.set(metadata, made)
  return made ?? undefined
}

function isPlain(metadata: EntityMetadata): boolean {
  const { eagerRelations, relationIds, afterLoadListeners, treeType } = metadata
  const more = [eagerRelations, relationIds, afterLoadListeners]
  if (more.some(({ length }) => length > 0) || treeType !== undefined) return false
  return isAlone(metadata) && entityColumns(metadata).every(isReadByName)
}

/** Whether the rows of an entity are all rows of its table. */
export function isAlone({ tableType, discriminatorColumn, childEntityMetadatas }: EntityMetadata): boolean {
  return tableType === 'regular' && !discriminatorColumn && childEntityMetadatas.length === 0
}
