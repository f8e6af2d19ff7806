import { isInTransaction, levelOf } from '../unit-of-work/runner-state.js'
import { internalsOf, type WriteBuilder } from './write.js'

type Work<T> = () => Promise<T>

/** Runs work in the transaction the builder's statements belong to, or else in one of its own. */
export function inTransaction<T>(builder: WriteBuilder, work: Work<T>): Promise<T> {
  const { queryRunner } = internalsOf(builder)
  const open = queryRunner ? isInTransaction(queryRunner) : builder.dataSource.isInUnit
  return open ? work() : inSavepoint(builder, work)
}

/** Runs work that is undone as a whole when it fails, also where the caller catches the error. */
export function inSavepoint<T>(builder: WriteBuilder, work: Work<T>): Promise<T> {
  const { queryRunner } = internalsOf(builder)
  const { dataSource } = builder
  return queryRunner ? dataSource.atomicIn(levelOf(queryRunner), work) : dataSource.atomic(work)
}
