import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { takesTurns } from '../unit-of-work/takes-turns.js'
import { lockedForChange } from '../writes/locked-for-change.js'

/**
 * The rows of a query, locked until the unit of work ends: against being changed by others, or for being changed. SQLite
 * has no locks of rows; there, units that write never run side by side.
 */
export function lockedRows(
  dataSource: ModelDataSource,
  builder: ScopedSelectQueryBuilder<EntityRow>,
  purpose: 'refer' | 'change',
): Promise<EntityRow[]> {
  if (purpose === 'change') return lockedForChange(builder).getMany()
  if (!takesTurns(dataSource)) builder.setLock('pessimistic_read')
  return builder.getMany()
}
