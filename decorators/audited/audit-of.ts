import { type Id, type ModelRepository, parseId, partitionOf, type RowData, UsageError } from 'plinth'
import { partitionText, rowText } from './audit-keys.js'
import { auditTable } from './audit-table.js'
import { type RecordedChange, revived } from './recorded-change.js'

/** The repository of an entity that is audited. */
export type AuditedRepository = Pick<ModelRepository<object>, 'companion' | 'metadata' | 'model'> & {
  readonly manager: Pick<ModelRepository<object>['manager'], 'dataSource'>
}

/** What was recorded of one row by one call. */
export interface AuditEntry<E = RowData> {
  readonly id: string
  /** The entity through which the row was written. */
  readonly entity: string
  /** The primary key of the row as text; several values as a JSON array. */
  readonly row: string
  /** What wrote it: `insert`, `update`, `delete`, or the name of a verb. */
  readonly kind: string
  /** The id of the call. All rows that it wrote have it, those of other entities too. */
  readonly operation: string
  /** The id of who did it; null is nobody in particular. */
  readonly actor: string | null
  /** The instant of the unit of work. */
  readonly at: Date
  /** The values of what changed; null where the row is new. */
  readonly before: Readonly<Partial<E>> | null
  /** The values of what changed; null where the row was removed. */
  readonly after: Readonly<Partial<E>> | null
  /** What changed besides, whose values are not recorded. */
  readonly omitted: readonly string[]
}

/** Which entries to read. */
export interface AuditFilter {
  readonly operation?: string
  readonly actor?: string | null
  readonly kind?: string
  /** The first instant, included. */
  readonly since?: Date
  /** The first instant that is too late. */
  readonly until?: Date
  /** At most as many, 100 unless told. */
  readonly limit?: number
  /** The id of the entry before which to go on, as the last one of a page. */
  readonly olderThan?: string
}

/** A primary key: one value, or values by property where there are several. */
export type RowKey<E> = Id | Readonly<Partial<E>>

/** The entries of one row, newest first. Rows that were removed have theirs still. */
export function auditOf<E extends object>(
  repository: AuditedRepository & { create(): E },
  key: RowKey<E>,
  filter: AuditFilter = {},
): Promise<readonly AuditEntry<E>[]> {
  const row = keyText(repository, key)
  return row === undefined ? Promise.resolve([]) : read<E>(repository, filter, row)
}

/** The entries of all rows of an entity, newest first; of one table where several share it. */
export function auditTrail<E extends object>(
  repository: AuditedRepository & { create(): E },
  filter: AuditFilter = {},
): Promise<readonly AuditEntry<E>[]> {
  return read<E>(repository, filter)
}

/** @internal */
async function read<E>(
  repository: AuditedRepository,
  filter: AuditFilter,
  row?: string,
): Promise<readonly AuditEntry<E>[]> {
  const { model, manager, metadata } = repository
  const { limit = 100 } = filter
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError('`limit` must be a whole number from 1 on.')
  const query = entries(repository).orderBy('entry.id', 'DESC').take(limit)
  const conditions: Readonly<Record<string, readonly [condition: string, value: unknown]>> = {
    partition: ['entry.partition = :partition', partitionText(partitionOf(model))],
    row: ['entry.row = :row', row],
    operation: ['entry.operation = :operation', filter.operation],
    actor: [filter.actor === null ? 'entry.actor IS NULL' : 'entry.actor = :actor', filter.actor],
    kind: ['entry.kind = :kind', filter.kind],
    since: ['entry.at >= :since', filter.since],
    until: ['entry.at < :until', filter.until],
    olderThan: ['entry.id < :olderThan', filter.olderThan],
  }
  for (const [name, [condition, value]] of Object.entries(conditions)) {
    if (value !== undefined) query.andWhere(condition, { [name]: value })
  }
  const description = manager.dataSource.describe(metadata.target as never)
  return (await query.getMany()).map(({ change, partition: _partition, ...entry }) => {
    const { before, after, omitted } = change as RecordedChange
    const values = { before: before && revived(before, description), after: after && revived(after, description) }
    return Object.freeze({ ...entry, ...values, omitted }) as AuditEntry<E>
  })
}

/** A query for entries. */
export function entries(repository: AuditedRepository) {
  return repository.companion(auditTable).createQueryBuilder('entry')
}

function keyText<E>({ metadata }: AuditedRepository, key: RowKey<E>): string | undefined {
  if (typeof key === 'object') {
    const values = metadata.primaryColumns.map((column) => column.getEntityValue(key as object) as unknown)
    if (values.every((value) => value !== undefined && value !== null)) return rowText(values)
    throw new UsageError('E_SEVERAL_KEYS', `The primary key of ${metadata.name} needs ${names(metadata)}.`)
  }
  if (metadata.primaryColumns.length > 1) {
    throw new UsageError(
      'E_SEVERAL_KEYS',
      `${metadata.name} has a primary key of ${names(metadata)}: give an object with them.`,
    )
  }
  const id = parseId(metadata, key)
  return id === undefined ? undefined : rowText([id])
}

const names = ({ primaryColumns }: AuditedRepository['metadata']): string =>
  primaryColumns.map(({ propertyPath }) => propertyPath).join(' and ')
