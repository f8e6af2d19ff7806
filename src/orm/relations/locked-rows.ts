import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { hasLostRace } from '../unit-of-work/locked-rows.js'
import { takesTurns } from '../unit-of-work/takes-turns.js'
import { lockedForChange } from '../writes/locked-for-change.js'

/**
 * The rows of a query, locked until the unit of work ends: against being changed by others, or for being changed. SQLite
 * has no locks of rows; there, units that write never run side by side.
 *
 * Two that keep others from changing a row cannot both change it. A program may do that to what its rows refer to, of which
 * nobody else knows; so once a unit has lost a race it locks rows for being changed.
 */
export function lockedRows(
  dataSource: ModelDataSource,
  builder: ScopedSelectQueryBuilder<EntityRow>,
  purpose: 'refer' | 'change',
): Promise<EntityRow[]> {
  if (purpose === 'change' || hasLostRace(dataSource)) return lockedForChange(builder).getMany()
  if (!takesTurns(dataSource)) builder.setLock('pessimistic_read')
  return builder.getMany()
}
