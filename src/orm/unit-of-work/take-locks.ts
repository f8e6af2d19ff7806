import type { QueryRunner } from 'typeorm'
import { errorKindOf, isContention } from '../errors/error-kind.js'
import type { Level } from './level.js'
import { Transaction } from './transaction.js'
import type { UnitHost } from './unit-host.js'

/** Where locks are taken. */
interface Taking {
  readonly host: UnitHost
  readonly level: Level
}

interface TakingByRunner extends Taking {
  /** Makes a runner of the level. */
  readonly runner: () => QueryRunner
}

/**
 * Takes locks that the unit does not hold yet, until it ends.
 * @param late whether the unit has locked rows for which it needed them first.
 * @throws {UnitOfWorkError} `UNIT_LOCKS` when they should have been taken earlier and somebody else has them, so that
 * the unit runs again.
 */
export async function takeLocks(taking: TakingByRunner, keys: readonly string[], late: boolean): Promise<void> {
  const { host, level, runner } = taking
  // Where all units share one connection they never run at the same time.
  if (!(level instanceof Transaction) || host.engine.singleConnection) return
  const missing = level.locks.missing(keys)
  if (missing.length === 0) return
  // Who does not wait keeps nobody waiting in a circle, whatever the order.
  const waits = !level.locks.comeTooLate(missing, late)
  await (waits ? host.takeLocks(runner(), missing) : takeAtOnce(taking, level, missing))
  level.locks.hold(missing, level)
}

/**
 * Takes a lock by a statement that does more than that.
 * @returns undefined where the unit must not wait for the lock, so that the statement was not sent.
 */
export async function takeLockBy<T>(
  { host, level }: Taking,
  key: string,
  take: () => Promise<T>,
): Promise<T | undefined> {
  if (!(level instanceof Transaction) || host.engine.singleConnection) return take()
  const missing = level.locks.missing([key])
  if (missing.length > 0 && level.locks.comeTooLate(missing)) return undefined
  const taken = await take()
  level.locks.hold(missing, level)
  return taken
}

/** Takes locks that nobody else has; otherwise the unit starts again. */
async function takeAtOnce(
  { host, runner }: TakingByRunner,
  level: Transaction,
  keys: readonly string[],
): Promise<void> {
  if (!host.engine.withoutWaiting) level.startAgain()
  const own = runner()
  try {
    await host.engine.withoutWaiting(own, (before) => host.takeLocks(own, keys, before))
  } catch (error) {
    if (!isContention(error) && errorKindOf(error) !== 'lock-timeout') throw error
    level.startAgain()
  }
}
