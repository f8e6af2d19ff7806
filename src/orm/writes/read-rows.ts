import type { ObjectLiteral } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import { escapedPath } from '../table-names.js'
import { currentRead } from '../unit-of-work/current-read.js'
import { rowLockOf } from '../unit-of-work/locked-rows.js'
import { rowReading } from './stored-rows.js'
import { internalsOf, type Target, type WriteBuilder } from './write.js'

/** Whether rows are locked, or seen as they are now though none is locked, as far as that is possible. */
export type Locking = boolean | 'current'

/**
 * The rows a statement is about to write, by its own condition, locked until the transaction ends. They are locked in
 * the order of their primary keys, so that two statements never wait for each other.
 * @param locked whether to lock them; true unless told.
 */
export async function rowsOf(
  builder: WriteBuilder,
  { metadata }: Pick<Target, 'metadata'>,
  locked: Locking = true,
): Promise<readonly RowData[]> {
  const internals = internalsOf(builder)
  const { driver } = builder.dataSource
  const escaped = (names: readonly string[]) => names.map((name) => builder.escape(name)).join(', ')
  // The condition of an UPDATE or DELETE names columns without an alias, so it is taken as text.
  const where = internals.replacePropertyNamesForTheWholeQuery(internals.createWhereExpression())
  const asked = internals.createOrderByExpression?.() ?? ''
  const order = asked || ` ORDER BY ${escaped(metadata.primaryColumns.map(({ databaseName }) => databaseName))}`
  const limit = internals.createLimitExpression?.() ?? ''
  const table = escapedPath(builder.dataSource, metadata)
  const lock = lockOf(builder, locked)
  const { names, rowFrom } = rowReading(metadata)
  const sql = `SELECT ${names} FROM ${table}${where}${order}${limit}${lock}`
  const [query, parameters] = driver.escapeQueryWithParameters(sql, builder.getParameters())
  const raw: ObjectLiteral[] = await builder.dataSource.query(query, parameters, internals.queryRunner)
  return raw.map(rowFrom)
}

function lockOf(builder: WriteBuilder, locked: Locking): string {
  if (locked === true) return rowLockOf(builder.dataSource, internalsOf(builder).queryRunner)
  return locked ? currentRead(internalsOf(builder).queryRunner ?? builder.dataSource.createQueryRunner()) : ''
}
