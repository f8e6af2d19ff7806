import { isContention } from '../errors/error-kind.js'
import { backOff, defaultRetries } from '../unit-of-work/retry.js'
import { isInTransaction, levelOf } from '../unit-of-work/runner-state.js'
import { internalsOf, type WriteBuilder } from './write.js'

type Work<T> = () => Promise<T>

/** Runs work in the transaction the builder's statements belong to, or else in one of its own. */
export function inTransaction<T>(builder: WriteBuilder, work: Work<T>): Promise<T> {
  return isOpen(builder) ? work() : inSavepoint(builder, work)
}

/**
 * Sends one statement. Outside of a transaction it is a unit of its own, and is sent again like one when it lost a
 * race: also a single statement can be the victim of a deadlock, of locks on an index and on its rows.
 */
export async function sendStatement<T>(builder: WriteBuilder, send: Work<T>): Promise<T> {
  if (isOpen(builder)) return send()
  for (let attempt = 0; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (attempt >= defaultRetries || !isContention(error)) throw error
      await backOff(attempt)
    }
  }
}

function isOpen(builder: WriteBuilder): boolean {
  const { queryRunner } = internalsOf(builder)
  return queryRunner ? isInTransaction(queryRunner) : builder.dataSource.isInUnit
}

/** Runs work that is undone as a whole when it fails, also where the caller catches the error. */
export function inSavepoint<T>(builder: WriteBuilder, work: Work<T>): Promise<T> {
  const { queryRunner } = internalsOf(builder)
  const { dataSource } = builder
  return queryRunner ? dataSource.atomicIn(levelOf(queryRunner), work) : dataSource.atomic(work)
}
