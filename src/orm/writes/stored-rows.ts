import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RowData } from '../../model/matches.js'
import { heldKeysText } from '../key-text.js'
import { loadedValue } from '../lazy-relations.js'
import { unknownColumn } from '../schema/column-terms.js'

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
  const places = asked ? among(metadata, asked).places : placesOf(metadata)
  return assembled(places, ({ valueOf }) => valueOf(entity))
}

/** Where rows have some properties. */
interface Among {
  readonly places: readonly Place[]
  /** The names that an entity may have them under; undefined where it may hide one, as it does lazy relations. */
  readonly names: readonly string[] | undefined
}

const knownAmong = new WeakMap<ReadonlySet<string>, WeakMap<EntityMetadata, Among>>()

/** Where rows have some properties: the sets are of models, so every write asks for the same. */
function among(metadata: EntityMetadata, asked: ReadonlySet<string>): Among {
  const known = knownAmong.get(asked) ?? new WeakMap<EntityMetadata, Among>()
  knownAmong.set(asked, known)
  const found = known.get(metadata) ?? placedAmong(metadata, asked)
  known.set(metadata, found)
  return found
}

function placedAmong(metadata: EntityMetadata, asked: ReadonlySet<string>): Among {
  const places = placesOf(metadata).filter(({ path }) => asked.has(path[0]!))
  const names = places.flatMap(({ column: { propertyName, relationMetadata }, path }) => [
    path[0]!,
    propertyName,
    ...(relationMetadata ? [relationMetadata.propertyName] : []),
  ])
  return { places, names: places.some(({ column }) => isLazyKey(column)) ? undefined : [...new Set(names)] }
}

/** Whether an entity, or part of one, may hold some properties, which costs less than to read them: most writes hold none. */
export function mayHold(metadata: EntityMetadata, entity: ObjectLiteral, asked: ReadonlySet<string>): boolean {
  if (asked.size === 0) return false
  const { names } = among(metadata, asked)
  return names === undefined || names.some((name) => entity[name] !== undefined)
}

/** The key of a lazy relation is taken from what is loaded of it: to ask the entity would load it. */
function lazyKey(entity: ObjectLiteral, column: ColumnMetadata): unknown {
  const related = loadedValue(entity, column.relationMetadata?.propertyName ?? '')
  if (related instanceof Promise) return undefined
  return typeof related === 'object' && related !== null ? column.referencedColumn?.getEntityValue(related) : related
}

/** What a SELECT reads of a table, and how rules see what it answers. */
export interface RowReading {
  /** The columns as the SELECT names them. */
  readonly names: string
  readonly rowFrom: (raw: ObjectLiteral) => RowData
}

/** How whole rows are read, or some columns of them. */
export function rowReading(metadata: EntityMetadata, columns?: readonly ColumnMetadata[]): RowReading {
  const { driver } = metadata.dataSource
  const places = columns?.map(placeOf) ?? placesOf(metadata)
  return {
    names: places.map(({ column }) => driver.escape(column.databaseName)).join(', '),
    rowFrom: (raw) => assembled(places, ({ column }) => driver.prepareHydratedValue(raw[column.databaseName], column)),
  }
}

/**
 * The columns of the primary key and of some properties.
 * @throws {DefinitionError} `E_UNKNOWN_PROPERTY` where the entity has no such property.
 */
export function keyAndProperties(metadata: EntityMetadata, properties: readonly string[]): readonly ColumnMetadata[] {
  const places = placesOf(metadata)
  const unknown = properties.find((property) => !places.some(({ path }) => path[0] === property))
  if (unknown !== undefined) throw unknownColumn(metadata, unknown)
  return places
    .filter(({ column, path }) => column.isPrimary || properties.includes(path[0]!))
    .map(({ column }) => column)
}

/** The value of a column in a row as it is read. */
export function storedValue(row: RowData, { propertyPath }: ColumnMetadata): unknown {
  return propertyPath.split('.').reduce<unknown>((part, name) => (part as RowData | undefined)?.[name], row)
}

/** The names of the columns of whole rows. */
export function columnNames(metadata: EntityMetadata): readonly string[] {
  return placesOf(metadata).map(({ column }) => column.databaseName)
}

/** The primary keys of rows, as statements name rows: TypeORM takes more of a row for more conditions. */
export function keysOfRows(metadata: EntityMetadata, rows: readonly RowData[]): ObjectLiteral[] {
  return rows.map((row) => metadata.getEntityIdMap(row) ?? {})
}

const keyTexts = new WeakMap<EntityMetadata, (entity: ObjectLiteral) => string>()

/** Text that is equal for entities with the same primary key. */
export function primaryKeyText(metadata: EntityMetadata, entity: ObjectLiteral): string {
  const known = keyTexts.get(metadata) ?? entityText(metadata.primaryColumns)
  keyTexts.set(metadata, known)
  return known(entity)
}

function entityText(columns: readonly ColumnMetadata[]): (entity: ObjectLiteral) => string {
  const textOf = heldKeysText(columns)
  return (entity) => textOf(columns.map((column) => column.getEntityValue(entity)))
}

/** What tells a row from all others of a database. */
export const rowKeyText = (metadata: EntityMetadata, row: ObjectLiteral): string =>
  `${metadata.tablePath} ${primaryKeyText(metadata, row)}`

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
