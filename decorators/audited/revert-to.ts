import { isDeepStrictEqual } from 'node:util'
import {
  ConflictError,
  type EntityDescription,
  type ModelDataSource,
  type ModelRepository,
  matching,
  NotFoundError,
  type Operand,
  parseId,
  partitionOf,
  type RowData,
} from 'plinth'
import { partitionText } from './audit-keys.js'
import { type AuditedRepository, entries } from './audit-of.js'
import { type RecordedChange, revived } from './recorded-change.js'

/** The repository of an entity whose rows can be brought back to what they were. */
export type RevertibleRepository = AuditedRepository & Pick<ModelRepository<object>, 'select' | 'update'>

/** What was done to bring a row back. */
export interface Reverted {
  /** The properties that have their old values again. */
  readonly properties: readonly string[]
  /** Those that had other values then and keep their present ones: secrets, and what no update may write. */
  readonly kept: readonly string[]
}

/**
 * Brings a row back to what it was just after an entry was written, by an update that obeys every rule. What traits
 * write themselves, such as the instant of the last write, is not brought back.
 * @param entry an entry of `auditOf`, or its id.
 * @throws {NotFoundError} where there is no such entry, or the repository shows no such row any more.
 * @throws {ConflictError} `NO_VERSION` for the entry of a removal, after which there was no row.
 */
export function revertTo(repository: RevertibleRepository, entry: string | { readonly id: string }): Promise<Reverted> {
  const { dataSource } = repository.manager
  return dataSource.atomic(async () => {
    const target = await entryOf(repository, typeof entry === 'string' ? entry : entry.id)
    if (target.change.after === null) {
      throw new ConflictError('The row was removed then: there is nothing to bring back.', { errorCode: 'NO_VERSION' })
    }
    const key = keyOf(repository, target.row)
    await lock(repository, dataSource, key)
    const description = dataSource.describe(repository.metadata.target as never)
    const later = await changesAfter(repository, target)
    const { values, kept } = wanted(later, description)
    const properties = Object.keys(values)
    if (properties.length > 0) await repository.update(key, revived(values, description) as never)
    return { properties, kept }
  })
}

interface StoredEntry {
  readonly id: string
  readonly row: string
  readonly change: RecordedChange
}

async function entryOf(repository: RevertibleRepository, id: string): Promise<StoredEntry> {
  const partition = partitionText(partitionOf(repository.model))
  const found = isId(id) ? await entries(repository).where({ id, partition }).getOne() : null
  if (found) return found as unknown as StoredEntry
  throw new NotFoundError(`There is no such entry of ${repository.model.name}.`)
}

const isId = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)

/** The primary key as the entry has it, by property. */
function keyOf({ metadata, model }: RevertibleRepository, row: string): Readonly<Record<string, Operand>> {
  const { primaryColumns } = metadata
  const [first, ...others] = primaryColumns
  const values = others.length > 0 ? (JSON.parse(row) as readonly string[]) : [parseId(metadata, row)]
  if (first && values.every((value) => value !== undefined)) {
    return Object.fromEntries(primaryColumns.map(({ propertyPath }, index) => [propertyPath, values[index] as Operand]))
  }
  throw new NotFoundError(`There is no such ${model.name}.`)
}

/** Keeps others from writing the row until the unit ends. */
async function lock(
  repository: RevertibleRepository,
  { options }: ModelDataSource,
  key: Readonly<Record<string, Operand>>,
): Promise<void> {
  const query = repository.select().where(matching(key)).queryBuilder()
  // On SQLite the unit keeps everybody else from writing.
  if (options.type !== 'better-sqlite3') query.setLock('pessimistic_write')
  if (!(await query.getOne())) throw new NotFoundError(`There is no such ${repository.model.name}.`)
}

async function changesAfter(
  repository: RevertibleRepository,
  { id, row }: StoredEntry,
): Promise<readonly StoredEntry[]> {
  const query = entries(repository).where('entry.row = :row', { row }).andWhere('entry.id > :id', { id })
  query.andWhere('entry.partition = :partition', { partition: partitionText(partitionOf(repository.model)) })
  // A plain read may see the table as it was before the row was locked.
  if (repository.manager.dataSource.options.type !== 'better-sqlite3') query.setLock('pessimistic_write')
  return (await query.orderBy('entry.id').getMany()) as unknown as readonly StoredEntry[]
}

/** The values that what is different now had before. */
function wanted(later: readonly StoredEntry[], { properties }: EntityDescription) {
  const old: Record<string, unknown> = {}
  const now: Record<string, unknown> = {}
  const kept = new Set<string>()
  for (const { change } of later) {
    for (const name of change.omitted) kept.add(name)
    for (const [name, value] of Object.entries(change.before ?? {})) if (!(name in old)) old[name] = value
    Object.assign(now, change.after)
  }
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(old)) {
    if (isDeepStrictEqual(value, now[name])) continue
    const property = properties.get(name)
    if (property && (!property.writable || property.immutable)) kept.add(name)
    else values[name] = value
  }
  return { values: values as RowData, kept: [...kept] }
}
