import type { ObjectLiteral } from 'typeorm'
import type { ScopedRepository } from '../../model-repository.js'
import { storedRow } from '../../stored-row.js'
import { withoutSavepoint } from '../transactions.js'
import { entityReaderOf } from './entity-reader.js'
import type { InsertRowsOptions } from './insert-rows.js'
import { wantRows } from './wanted-rows.js'

/** Inserts one row, and gives it as it is stored: by the same statement where that can return it. */
export async function insertRow<E extends ObjectLiteral>(
  repository: ScopedRepository<E>,
  row: E,
  { undone }: InsertRowsOptions,
): Promise<E> {
  const { manager, metadata } = repository
  const insert = manager.createQueryBuilder().insert().into(metadata.target).values(row)
  const reader = entityReaderOf(manager.dataSource, metadata)
  const wanted = reader && wantRows(insert, metadata, reader)
  if (undone) withoutSavepoint(insert)
  await insert.execute()
  return (wanted?.stored[0] as E | undefined) ?? storedRow(repository, row)
}
