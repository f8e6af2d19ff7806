import type { FindOptionsWhere } from 'typeorm'
import { oneOf } from '../model/predicate.js'
import type { Id } from '../model/verb.js'
import type { EntityRow } from './entity-row.js'
import type { ScopedRepository } from './model-repository.js'
import { chunks, mostKeys } from './writes/groups.js'

/** The row as the next reader will see it: the database rounds, pads, computes and fills in. */
export async function storedRow<E extends EntityRow>(repository: ScopedRepository<E>, row: E): Promise<E> {
  const { metadata } = repository
  const [key, ...others] = metadata.primaryColumns
  if (others.length === 0) return (key && (await repository.findById(key.getEntityValue(row) as Id))) ?? row
  const keys = metadata.getEntityIdMap(row)
  return (keys && (await repository.findOneBy(keys as FindOptionsWhere<E>))) ?? row
}

/**
 * The rows with these primary keys as the next reader will see them, in the order of the keys, also those that default
 * scopes hide by now; undefined where there is none.
 */
export async function storedRows<E extends EntityRow>(
  repository: ScopedRepository<E>,
  keys: readonly Id[],
): Promise<readonly (E | undefined)[]> {
  const [column] = repository.metadata.primaryColumns
  const found = new Map<string, E>()
  for (const some of chunks(keys, mostKeys)) {
    const rows = await repository.unscoped().select().where(oneOf(column!.propertyPath, some)).rows()
    for (const row of rows) found.set(String(column!.getEntityValue(row)), row)
  }
  return keys.map((key) => found.get(String(key)))
}
