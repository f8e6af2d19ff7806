import type { EntityMetadata, ObjectLiteral, QueryRunner } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ColumnCodec } from './row-codec.js'
import type { StatementLayout } from './statement-layout.js'

/** Puts a value where the entity has it. */
type Setter = (entity: ObjectLiteral, value: unknown) => void

/** A property of an entity, and where its value stands in the rows of a statement. */
interface EntityField {
  readonly at: number
  readonly set: Setter
}

/** Makes entities of rows that a statement has read, as TypeORM makes them: of all columns that are not hidden. */
export class EntityLevel {
  readonly #metadata: EntityMetadata
  readonly #fields: readonly EntityField[]

  /** Adds the columns of the main table to a layout that lacks them. */
  constructor(metadata: EntityMetadata, layout: StatementLayout) {
    this.#metadata = metadata
    this.#fields = entityColumns(metadata).map((column) => ({
      at: layout.find(column, undefined),
      set: setterOf(column),
    }))
  }

  /** One row as an entity. @param runner the one by which its lazy relations are loaded; without it, any. */
  entity(row: readonly unknown[], codecs: readonly ColumnCodec[], runner?: QueryRunner): ObjectLiteral {
    const entity = this.#metadata.create(runner, { fromDeserializer: true }) as ObjectLiteral
    for (const { at, set } of this.#fields) set(entity, codecs[at]!.value(row[at]))
    return entity
  }
}

/** The columns whose values an entity has, in the order in which it has them. */
export function entityColumns({ columns }: EntityMetadata): readonly ColumnMetadata[] {
  return columns.filter(({ isSelect, isVirtual }) => isSelect && !isVirtual)
}

function setterOf(column: ColumnMetadata): Setter {
  const { propertyName, embeddedMetadata } = column
  if (embeddedMetadata) return (entity, value) => column.setEntityValue(entity, value)
  return (entity, value) => {
    entity[propertyName] = value
  }
}
