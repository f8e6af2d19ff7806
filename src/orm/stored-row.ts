import type { Id } from '../model/verb.js'
import type { EntityRow } from './entity-row.js'
import type { ScopedRepository } from './model-repository.js'

/** The row as the next reader will see it: the database rounds, pads, computes and fills in. */
export async function storedRow<E extends EntityRow>(repository: ScopedRepository<E>, row: E): Promise<E> {
  const [key] = repository.metadata.primaryColumns
  const stored = key && (await repository.findById(key.getEntityValue(row) as Id))
  return stored ?? row
}
