import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { DefinitionError } from '../../errors/definition-error.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import { addVisibleIndex } from './indexes.js'
import { markerOf } from './visible-marker.js'
import { visibleRows } from './visible-rows.js'

/** Something the application declared unique with TypeORM's own decorators. */
interface Own {
  readonly target: unknown
  readonly columns: readonly ColumnMetadata[]
  readonly name: string | undefined
}

interface Surroundings {
  readonly dialect: Dialect
  readonly metadatas: readonly EntityMetadata[]
  readonly modelOf: (target: unknown) => Model | undefined
}

/**
 * Makes what an application declares unique by `@Unique`, `@Index`, `@Column` or a one-to-one relation unique among the
 * rows its default scopes show, as traits do: a hidden row would keep its values from being used again for ever. Where a
 * trait declares the same properties unique among all rows, that counts.
 */
export function narrowUniques(metadata: EntityMetadata, surroundings: Surroundings): void {
  const { dialect, modelOf } = surroundings
  if (metadata.tableType === 'view' || metadata.tableType === 'entity-child') return
  for (const index of metadata.indices) refuseCondition(index, metadata, dialect)
  for (const own of ownUniques(metadata)) {
    const model = modelOf(own.target) ?? modelOf(metadata.target)
    if (!model || !hidesRows(model)) continue
    remove(metadata, own)
    if (!isAlways(own, model)) narrow(metadata, own, model, surroundings)
  }
}

function ownUniques({ uniques, indices }: EntityMetadata): readonly Own[] {
  const constraints = uniques.map(({ target, columns, givenName }) => ({ target, columns, name: givenName }))
  const indexes = indices
    .filter(({ isUnique, where, columns }) => isUnique && where === undefined && columns.length > 0)
    .map(({ target, columns, givenName }) => ({ target, columns, name: givenName }))
  return [...constraints, ...indexes]
}

function hidesRows(model: Model): boolean {
  const { where, properties, inexpressible } = visibleRows(model)
  return where !== undefined || properties.length + inexpressible.length > 0
}

function isAlways({ columns }: Own, model: Model): boolean {
  const names = new Set(columns.map(nameOf))
  return model.indexes.some(
    ({ unique, properties }) =>
      unique === 'always' && properties.length === names.size && properties.every((name) => names.has(name)),
  )
}

function remove(metadata: EntityMetadata, { columns }: Own): void {
  const others = <T extends { readonly columns: ColumnMetadata[] }>(parts: readonly T[]): T[] =>
    parts.filter((part) => part.columns.length !== columns.length || part.columns.some((c, i) => c !== columns[i]))
  metadata.uniques = others(metadata.uniques)
  metadata.ownUniques = others(metadata.ownUniques)
  const isOther = new Set(others(metadata.indices.filter(({ isUnique }) => isUnique)))
  const kept = (indices: EntityMetadata['indices']) =>
    indices.filter((index) => !index.isUnique || index.where !== undefined || isOther.has(index))
  const shared = metadata.indices === metadata.ownIndices
  metadata.ownIndices = kept(metadata.ownIndices)
  metadata.indices = shared ? metadata.ownIndices : kept(metadata.indices)
}

function narrow(metadata: EntityMetadata, own: Own, model: Model, { dialect, metadatas }: Surroundings): void {
  const names = own.columns.map(nameOf).join(', ')
  const [hidden] = visibleRows(model).inexpressible
  if (hidden) {
    throw mistake(model.name, `${names} is unique, but which rows the scope "${hidden.name}" shows no index can say.`)
  }
  if (isReferred(own, metadatas)) {
    throw mistake(
      model.name,
      `${names} is unique among visible rows, but a relation refers to it, also of hidden ones.`,
    )
  }
  const owner = metadatas.find(({ target }) => target === model.entity) ?? metadata
  if (!dialect.partialIndexes && visibleRows(model).where && !markerOf(metadata, model)) {
    throw new TypeError(`${model.name} has no column that tells visible rows apart.`)
  }
  addVisibleIndex(owner, model, dialect, own)
}

/** Foreign keys refer to what is unique among all rows. */
function isReferred({ columns }: Own, metadatas: readonly EntityMetadata[]): boolean {
  return metadatas.some(({ foreignKeys }) =>
    foreignKeys.some(
      ({ referencedColumns }) =>
        referencedColumns.length === columns.length && referencedColumns.every((column) => columns.includes(column)),
    ),
  )
}

/**
 * MariaDB and MySQL ignore the condition of an index without a word, and keep every row unique.
 * @throws {DefinitionError} `E_UNIQUE`
 */
function refuseCondition(index: EntityMetadata['indices'][number], { name }: EntityMetadata, dialect: Dialect): void {
  if (dialect.partialIndexes || !index.isUnique || index.where === undefined) return
  throw mistake(
    name,
    `the unique index over ${index.columns.map(nameOf).join(', ')} has a condition, which this engine would ignore.`,
    'Leave it out: unique properties are unique among the rows that default scopes show.',
  )
}

function mistake(
  subject: string,
  problem: string,
  remedy = "Say that all rows count, by a trait with an index `unique: 'always'` over the same properties.",
): DefinitionError {
  return new DefinitionError([{ code: 'E_UNIQUE', subject, problem, places: [], remedy }])
}

const nameOf = ({ relationMetadata, isVirtual, propertyPath }: ColumnMetadata): string =>
  isVirtual && relationMetadata ? relationMetadata.propertyPath : propertyPath
