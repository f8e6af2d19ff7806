import type { QueryRunner } from 'typeorm'
import type { WriteContext } from '../../model/rule-context.js'
import { isContention } from '../errors/error-kind.js'
import type { Hook } from '../unit-of-work/hooks.js'
import { noteWrittenRows } from '../unit-of-work/locked-rows.js'
import { backOff, defaultRetries, retriesWithLocks } from '../unit-of-work/retry.js'
import { isInTransaction, levelOf } from '../unit-of-work/runner-state.js'
import { Transaction } from '../unit-of-work/transaction.js'
import type { AtomicOptions } from '../unit-of-work/unit-host.js'
import { currentSave } from './save.js'
import { internalsOf, type WriteBuilder } from './write.js'

type Work<T> = () => Promise<T>

/**
 * Runs the work of a call that is undone as a whole when it fails. Where it runs again, it finds the notes of the call as
 * they were.
 */
export function inCall<T>(
  builder: WriteBuilder,
  { notes }: WriteContext,
  work: Work<T>,
  options?: AtomicOptions,
): Promise<T> {
  const before = [...notes]
  const attempt = () => {
    notes.clear()
    for (const [key, note] of before) notes.set(key, note)
    return work()
  }
  return inSavepoint(builder, attempt, options)
}

/** The same for work on rows of several tables, which collides with other such work in more ways. */
export function inCallOfMany<T>(builder: WriteBuilder, context: WriteContext, work: Work<T>): Promise<T> {
  return inCall(builder, context, work, { retries: retriesWithLocks })
}

/** Runs work in the transaction the builder's statements belong to, or else in one of its own. */
export function inTransaction<T>(builder: WriteBuilder, context: WriteContext, work: Work<T>): Promise<T> {
  return isOpen(builder) ? work() : inCall(builder, context, work)
}

/**
 * Sends one statement. Outside of a transaction it is a unit of its own, and is sent again like one when it lost a
 * race: also a single statement can be the victim of a deadlock, of locks on an index and on its rows.
 */
export async function sendStatement<T>(builder: WriteBuilder, send: Work<T>): Promise<T> {
  if (isOpen(builder)) {
    noteWrittenRows(builder.dataSource, internalsOf(builder).queryRunner)
    return send()
  }
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

/** Runs a hook once the transaction of the builder's statements is committed; at once where there is none. */
export function afterCommitOf(builder: WriteBuilder, hook: Hook): void {
  const { queryRunner } = internalsOf(builder)
  if (queryRunner && isInTransaction(queryRunner)) afterCommitIn(queryRunner, hook)
  else builder.dataSource.afterCommit(hook)
}

/** Runs a hook once the transaction of a runner is committed. */
export function afterCommitIn(runner: QueryRunner, hook: Hook): void {
  const level = levelOf(runner)
  if (level instanceof Transaction) level.hooks.afterCommit(hook)
}

const undoneByCaller = new WeakSet<object>()

/** Marks a statement whose failure undoes the unit of work that it is part of: nobody catches its error before. */
export function withoutSavepoint(builder: object): void {
  undoneByCaller.add(builder)
}

/** Whether whoever sends the statement undoes what it has done: TypeORM's persistence catches no error. */
function isUndoneByCaller(builder: WriteBuilder): boolean {
  return undoneByCaller.has(builder) || (builder.guard.persistence && currentSave()?.isUnit === true)
}

/** Runs work that is undone as a whole when it fails, also where the caller catches the error. */
export function inSavepoint<T>(builder: WriteBuilder, work: Work<T>, options?: AtomicOptions): Promise<T> {
  if (isUndoneByCaller(builder) && isOpen(builder)) return work()
  const { queryRunner } = internalsOf(builder)
  const { dataSource } = builder
  return queryRunner ? dataSource.atomicIn(levelOf(queryRunner), work, options) : dataSource.atomic(work, options)
}
