import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ModelDataSource } from '../data-source.js'
import type { InsertDialect } from '../dialects/insert-dialect.js'
import { escapedPath } from '../table-names.js'
import { persistentValue } from './persistent-value.js'
import { readerOf } from './stored-rows.js'

/** One column of an INSERT: what rows give it, and how a value stands in the statement. */
export interface InsertColumn {
  readonly column: ColumnMetadata
  /** Its name, escaped. */
  readonly name: string
  readonly valueOf: (entity: ObjectLiteral) => unknown
  /** What stands for a row that gives no value. */
  readonly absent: string
  /** What stands around the placeholder of a value. */
  readonly around: readonly [string, string]
  /** The value as the driver writes it. */
  readonly prepared: (value: unknown) => unknown
}

/** How rows of an entity are inserted by a statement of our own. */
export interface InsertPlan {
  readonly inserts: InsertDialect
  readonly columns: readonly InsertColumn[]
  /** The table, escaped. */
  readonly table: string
  /** `INSERT INTO "table"("column", …) VALUES `. */
  readonly head: string
}

const known = new WeakMap<EntityMetadata, InsertPlan | null>()

/** The plan for an entity; null where a column needs more than a bound value, so that TypeORM must write it. */
export function insertPlanOf(dataSource: ModelDataSource, metadata: EntityMetadata): InsertPlan | null {
  const plan = known.get(metadata)
  if (plan !== undefined) return plan
  const made = planOf(dataSource, metadata)
  known.set(metadata, made)
  return made
}

/**
 * Whether statements name a column. A sequence of PostgreSQL is drawn from where its column is not named, whatever rows
 * give for it, as TypeORM has it; the others take null for it.
 */
export function isNamed(
  { namesSerials }: InsertDialect,
  { isInsert, isGenerated, generationStrategy }: ColumnMetadata,
): boolean {
  return isInsert && (namesSerials || !isGenerated || generationStrategy !== 'increment')
}

function planOf(dataSource: ModelDataSource, metadata: EntityMetadata): InsertPlan | null {
  const {
    driver,
    dialect: { inserts },
  } = dataSource
  const inserted = metadata.columns.filter((column) => isNamed(inserts, column))
  const special = inserted.some(
    (column) =>
      driver.spatialTypes.includes(column.type) ||
      (column.isGenerated && column.generationStrategy === 'uuid' && !driver.isUUIDGenerationSupported()),
  )
  if (special || metadata.treeType !== undefined || inserted.length === 0) return null
  const columns = inserted.map((column): InsertColumn => {
    return {
      column,
      name: driver.escape(column.databaseName),
      valueOf: column.isDiscriminator ? () => metadata.discriminatorValue : readerOf(column),
      absent: column.isVersion ? '1' : inserts.absent(driver.normalizeDefault(column)),
      around: inserts.around?.(column) ?? ['', ''],
      prepared: persistentValue(driver, column),
    }
  })
  const table = escapedPath(dataSource, metadata)
  const names = columns.map(({ name }) => name).join(', ')
  return { inserts, columns, table, head: `INSERT INTO ${table}(${names}) VALUES ` }
}
