import type { ObjectLiteral } from 'typeorm'
import type { ScopedRepository } from '../../model-repository.js'
import { storedRow } from '../../stored-row.js'
import { withoutSavepoint } from '../transactions.js'
import { entityReaderOf } from './entity-reader.js'
import { wantRow } from './wanted-row.js'

/** How the caller of an insert stands to it. */
export interface InsertRowOptions {
  /** Whether a failure of it undoes the unit of work that it is part of, so that it needs no savepoint. */
  readonly undone: boolean
}

/** Inserts one row, and gives it as it is stored: by the same statement where that can return it. */
export async function insertRow<E extends ObjectLiteral>(
  repository: ScopedRepository<E>,
  row: E,
  { undone }: InsertRowOptions,
): Promise<E> {
  const { manager, metadata } = repository
  const insert = manager.createQueryBuilder().insert().into(metadata.target).values(row)
  const reader = entityReaderOf(manager.dataSource, metadata)
  const wanted = reader && wantRow(insert, reader)
  if (undone) withoutSavepoint(insert)
  await insert.execute()
  return (wanted?.stored as E | undefined) ?? storedRow(repository, row)
}
