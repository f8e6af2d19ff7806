import type { Id } from '../../model/verb.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import { without } from '../scopes/sight.js'
import { noteLockedRows } from '../unit-of-work/locked-rows.js'
import { chunks, longestList } from './groups.js'
import { rowsOf } from './read-rows.js'
import type { WriteBuilder } from './write.js'

/**
 * Locks the rows with these primary keys until the unit of work ends, whether default scopes show them or not, but for
 * locked ones. They are locked in the order of their keys, so that two callers never wait for each other.
 */
export async function lockByKeys<E extends EntityRow>(
  repository: ScopedRepository<E>,
  keys: readonly Id[],
): Promise<void> {
  const { manager, metadata, model } = repository
  const everything = without(model, [])
  noteLockedRows(manager.dataSource, manager.queryRunner)
  const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1))
  for (const chunk of chunks(sorted, longestList)) {
    const builder = manager.createQueryBuilder().seeing(everything, metadata).update(metadata.target)
    await rowsOf(builder.whereInIds(chunk) as unknown as WriteBuilder, { metadata })
  }
}
