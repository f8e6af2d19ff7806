import type { Id } from '../model/verb.js'
import type { ScopedRepository } from '../orm/model-repository.js'
import { entityReaderOf } from '../orm/writes/by-statement/entity-reader.js'
import { inOrderOf } from '../orm/writes/by-statement/given-order.js'
import { changeRows, deleteRows } from '../orm/writes/by-statement/many-rows.js'
import { newRows } from '../orm/writes/by-statement/new-rows.js'
import { newEntity } from '../orm/writes/new-entity.js'
import { hasOwnParts } from './own-part.js'

/** Writes rows by one statement; undefined where nothing was written, because a unit of work has to. */
export type Send<T> = () => Promise<T | undefined>

/** How a service makes many rows without a unit of work; undefined where it opens one in a way of its own. */
export function makingAlone<E extends object>(
  service: object,
  rows: ScopedRepository<E>,
  values: readonly object[],
): Send<readonly E[]> | undefined {
  const reader = entityReaderOf(rows.manager.dataSource, rows.metadata)
  if (!reader || hasOwnParts(service)) return undefined
  const drafts = () => values.map((one) => newEntity(rows, one as Partial<E>))
  return () => newRows(rows, drafts, reader) as Promise<readonly E[] | undefined>
}

/** How a service changes many rows without a unit of work: it gives them in the order of their keys. */
export function changingAlone<E extends object>(
  service: object,
  rows: ScopedRepository<E>,
  keys: readonly Id[] | undefined,
  changes: object,
): Send<readonly E[]> | undefined {
  const reader = entityReaderOf(rows.manager.dataSource, rows.metadata)
  if (!reader || !keys || hasOwnParts(service)) return undefined
  return async () => {
    const changed = await changeRows({ rows: rows.select(), keys }, { ...changes }, reader)
    const keyOf = (row: object) => String(reader.keyOf(row))
    return changed && (inOrderOf(keys.map(String), changed, keyOf) as readonly E[])
  }
}

/** How a service deletes many rows without a unit of work. */
export function deletingAlone<E extends object>(
  service: object,
  rows: ScopedRepository<E>,
  keys: readonly Id[] | undefined,
): Send<true> | undefined {
  if (!keys || hasOwnParts(service)) return undefined
  return async () => (await deleteRows({ rows: rows.select(), keys })) || undefined
}
