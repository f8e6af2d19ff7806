import type { ObjectLiteral } from 'typeorm'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { noteLockedRows } from '../unit-of-work/locked-rows.js'
import { internalsOf } from './write.js'

/**
 * A query whose rows are locked until the transaction ends, because they are going to be changed. On SQLite units that
 * write take turns, and need no locks.
 */
export function lockedForChange<E extends ObjectLiteral>(
  builder: ScopedSelectQueryBuilder<E>,
): ScopedSelectQueryBuilder<E> {
  const { type } = builder.dataSource.options
  noteLockedRows(builder.dataSource, internalsOf(builder).queryRunner)
  if (type === 'postgres') return builder.setLock('for_no_key_update')
  return type === 'mysql' || type === 'mariadb' ? builder.setLock('pessimistic_write') : builder
}
