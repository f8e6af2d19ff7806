import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ModelDataSource } from '../../data-source.js'
import type { RawRows } from '../../reads/engines/read-engine.js'
import { EntityForm } from '../../reads/entity-form.js'
import { entityColumns } from '../../reads/entity-level.js'
import { hearsOfLoaded } from '../../reads/needs-entities.js'
import { isReadByName } from '../../reads/read-by-name.js'

/** What a statement is to return of a row that it writes, and what becomes of that. */
export interface RowReader<T> {
  /** What is read of a row, in the order of the names. */
  readonly read: readonly ColumnMetadata[]
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
  readonly #form: EntityForm
  readonly read: readonly ColumnMetadata[]
  /** The names of the columns, escaped, in the order in which a statement returns them. */
  readonly columns: readonly string[]
  /** The same as a list in a statement. */
  readonly names: string

  constructor(dataSource: ModelDataSource, metadata: EntityMetadata) {
    this.#metadata = metadata
    this.#form = new EntityForm(dataSource, metadata)
    this.read = this.#form.layout.columns.map(({ column }) => column)
    this.columns = this.read.map((column) => dataSource.driver.escape(column.databaseName))
    this.names = this.columns.join(', ')
  }

  /** The first row as an entity. */
  first(raw: RawRows): ObjectLiteral | undefined {
    return this.all(raw)[0]
  }

  keyOf(row: ObjectLiteral): unknown {
    return this.#metadata.primaryColumns[0]!.getEntityValue(row)
  }

  /** All rows as entities, in their order. */
  all(raw: RawRows): readonly ObjectLiteral[] {
    return this.#form.entities(raw, undefined)
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
