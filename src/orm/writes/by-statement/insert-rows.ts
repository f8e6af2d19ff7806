import type { ObjectLiteral } from 'typeorm'
import type { Id } from '../../../model/verb.js'
import type { ScopedRepository } from '../../model-repository.js'
import { storedRows } from '../../stored-row.js'
import { withoutSavepoint } from '../transactions.js'
import { entityReaderOf } from './entity-reader.js'
import { wantRows } from './wanted-rows.js'

/** How the caller of an insert stands to it. */
export interface InsertRowsOptions {
  /** Whether a failure of it undoes the unit of work that it is part of, so that it needs no savepoint. */
  readonly undone: boolean
}

/**
 * Inserts rows, and gives them as they are stored, in their order: by the same statements where those can return them.
 */
export async function insertRows<E extends ObjectLiteral>(
  repository: ScopedRepository<E>,
  rows: readonly E[],
  { undone }: InsertRowsOptions,
): Promise<readonly E[]> {
  if (rows.length === 0) return []
  const { manager, metadata, model } = repository
  const insert = manager
    .createQueryBuilder()
    .insert()
    .into(metadata.target)
    .values([...rows])
  // A rule that is told of written rows may write to them, by whatever way.
  const isTold = model.rules.written.some((rule) => rule.after !== undefined)
  const reader = isTold ? undefined : entityReaderOf(manager.dataSource, metadata)
  const wanted = reader && wantRows(insert, metadata, reader)
  if (undone) withoutSavepoint(insert)
  await insert.execute()
  if (wanted?.stored.length === rows.length) return wanted.stored as readonly E[]
  const [key, ...others] = metadata.primaryColumns
  if (!key || others.length > 0) return rows
  const stored = await storedRows(
    repository,
    rows.map((row) => key.getEntityValue(row) as Id),
  )
  return rows.map((row, index) => stored[index] ?? row)
}
