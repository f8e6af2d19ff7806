import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RowData } from '../../model/matches.js'
import { loadedValue } from '../lazy-relations.js'

/** A column and where rows have its value. */
interface Place {
  readonly column: ColumnMetadata
  readonly path: readonly string[]
  /** The value an entity, or part of one, gives the column. */
  readonly valueOf: (entity: ObjectLiteral) => unknown
}

const known = new WeakMap<EntityMetadata, readonly Place[]>()

/** The columns rules may see: those that are properties, and the keys of relations under the relation's name. */
function placesOf(metadata: EntityMetadata): readonly Place[] {
  const places =
    known.get(metadata) ??
    metadata.columns
      .filter(({ isVirtual, relationMetadata }) => !isVirtual || relationMetadata !== undefined)
      .map(placeOf)
  known.set(metadata, places)
  return places
}

const placeOf = (column: ColumnMetadata): Place => ({
  column,
  path: column.propertyPath.split('.'),
  valueOf: isLazyKey(column) ? (entity) => lazyKey(entity, column) : readerOf(column),
})

/** Reads the value that an entity, or part of one, gives a column; what is lazy is not loaded for it. */
export function valueReader(column: ColumnMetadata): (entity: ObjectLiteral) => unknown {
  return placeOf(column).valueOf
}

/** Whether it is the key of a lazy relation, and no property of its own. */
const isLazyKey = ({ relationMetadata, isVirtual, embeddedMetadata }: ColumnMetadata): boolean =>
  relationMetadata?.isLazy === true && isVirtual && !embeddedMetadata

/** Reads the value of a column as TypeORM does, which takes several times as long where nothing needs it. */
export function readerOf(column: ColumnMetadata): (entity: ObjectLiteral) => unknown {
  const { propertyName, embeddedMetadata, relationMetadata, referencedColumn } = column
  const whole = (entity: ObjectLiteral): unknown => column.getEntityValue(entity)
  if (embeddedMetadata) return whole
  if (!referencedColumn) return (entity) => entity[propertyName] as unknown
  if (!relationMetadata || relationMetadata.isLazy) return whole
  const relation = relationMetadata.propertyName
  return (entity) => {
    const value = entity[propertyName] as unknown
    return entity[relation] === undefined && typeof value !== 'object' ? value : whole(entity)
  }
}

/** An entity, or part of one, as rules see rows. What it does not define is left out, and what is not asked for. */
export function rowOf(metadata: EntityMetadata, entity: ObjectLiteral, asked?: ReadonlySet<string>): RowData {
  const places = asked ? placesAmong(metadata, asked) : placesOf(metadata)
  return assembled(places, ({ valueOf }) => valueOf(entity))
}

const knownAmong = new WeakMap<ReadonlySet<string>, WeakMap<EntityMetadata, readonly Place[]>>()

/** Those of some properties: the sets are of models, so every write asks for the same. */
function placesAmong(metadata: EntityMetadata, asked: ReadonlySet<string>): readonly Place[] {
  const known = knownAmong.get(asked) ?? new WeakMap<EntityMetadata, readonly Place[]>()
  knownAmong.set(asked, known)
  const places = known.get(metadata) ?? placesOf(metadata).filter(({ path }) => asked.has(path[0]!))
  known.set(metadata, places)
  return places
}

const knownNames = new WeakMap<ReadonlySet<string>, WeakMap<EntityMetadata, ReadonlySet<string> | null>>()

/** The names that an entity may have some properties under; null where it may hide them, as it does lazy relations. */
function namesAmong(metadata: EntityMetadata, asked: ReadonlySet<string>): ReadonlySet<string> | null {
  const known = knownNames.get(asked) ?? new WeakMap<EntityMetadata, ReadonlySet<string> | null>()
  knownNames.set(asked, known)
  const found = known.get(metadata)
  if (found !== undefined) return found
  const places = placesAmong(metadata, asked)
  const names = places.flatMap(({ column, path }) => [
    path[0]!,
    column.propertyName,
    column.relationMetadata?.propertyName ?? [],
  ])
  const made = places.some(({ column }) => isLazyKey(column)) ? null : new Set(names.flat())
  known.set(metadata, made)
  return made
}

/** Whether an entity, or part of one, may hold some properties, by the names in it alone: most writes hold none. */
export function mayHold(metadata: EntityMetadata, entity: ObjectLiteral, asked: ReadonlySet<string>): boolean {
  if (asked.size === 0) return false
  const names = namesAmong(metadata, asked)
  if (!names) return true
  for (const name in entity) if (names.has(name)) return true
  return false
}

/** The key of a lazy relation is taken from what is loaded of it: to ask the entity would load it. */
function lazyKey(entity: ObjectLiteral, column: ColumnMetadata): unknown {
  const related = loadedValue(entity, column.relationMetadata?.propertyName ?? '')
  if (related instanceof Promise) return undefined
  return typeof related === 'object' && related !== null ? column.referencedColumn?.getEntityValue(related) : related
}

/** A row as the driver gives it, as rules see it. */
export function rowFrom(metadata: EntityMetadata, raw: ObjectLiteral, columns?: readonly ColumnMetadata[]): RowData {
  const { driver } = metadata.dataSource
  const places = columns?.map(placeOf) ?? placesOf(metadata)
  return assembled(places, ({ column }) => driver.prepareHydratedValue(raw[column.databaseName], column))
}

/** The value of a column in a row as `rowFrom` gives it. */
export function storedValue(row: RowData, { propertyPath }: ColumnMetadata): unknown {
  return propertyPath.split('.').reduce<unknown>((part, name) => (part as RowData | undefined)?.[name], row)
}

/** The names of the columns that `rowFrom` reads. */
export function columnNames(metadata: EntityMetadata): readonly string[] {
  return placesOf(metadata).map(({ column }) => column.databaseName)
}

/** The primary keys of rows, as statements name rows: TypeORM takes more of a row for more conditions. */
export function keysOfRows(metadata: EntityMetadata, rows: readonly RowData[]): ObjectLiteral[] {
  return rows.map((row) => metadata.getEntityIdMap(row) ?? {})
}

/** Text that is equal for entities with the same primary key. */
export function primaryKeyText({ primaryColumns }: EntityMetadata, entity: ObjectLiteral): string {
  return JSON.stringify(primaryColumns.map((column) => String(column.getEntityValue(entity))))
}

function assembled(places: readonly Place[], valueOf: (place: Place) => unknown): RowData {
  const row: Record<string, unknown> = {}
  for (const place of places) {
    const value = valueOf(place)
    if (value === undefined) continue
    if (place.path.length === 1) row[place.path[0]!] = value
    else put(row, place.path, value)
  }
  return row
}

function put(row: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path
  if (rest.length === 0) row[name] = value
  else put((row[name] ??= {}) as Record<string, unknown>, rest, value)
}
