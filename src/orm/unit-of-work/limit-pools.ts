import type { Driver } from 'typeorm'
import type { TransactionEngine } from './engine.js'
import { PoolQueue } from './pool-queue.js'
import type { SessionLimits } from './session-limits.js'

/** How TypeORM's drivers of servers take a connection from a pool. */
interface PoolDriver {
  readonly isReplicated: boolean
  obtainMasterConnection(): Promise<unknown>
  obtainSlaveConnection(): Promise<unknown>
}

/** What connections keep to, and those who wait for one. */
export interface PoolLimits {
  /** How long nobody may be given a connection, in milliseconds. */
  readonly turnLimit: number
  readonly sessions: SessionLimits
}

/**
 * Lets nobody wait for a connection of the pools of a driver for ever, and tells connections what they keep to.
 * @returns where one waits for them.
 */
export function limitPools(
  driver: Driver,
  { giveBack }: TransactionEngine,
  { turnLimit, sessions }: PoolLimits,
): readonly PoolQueue[] {
  if (!giveBack) return []
  const queues: PoolQueue[] = []
  const pools = driver as Driver & PoolDriver
  const obtained = { prepare: (connection: unknown) => sessions.prepare(connection), giveBack }
  const queued = (obtain: () => Promise<unknown>): (() => Promise<unknown>) => {
    const queue = new PoolQueue(turnLimit)
    queues.push(queue)
    return () => queue.wait(() => obtain.call(pools), obtained)
  }
  // Without replicas there is one pool, and whoever waits for it waits in one queue.
  const obtainMasterConnection = queued(pools.obtainMasterConnection)
  const obtainSlaveConnection = pools.isReplicated ? queued(pools.obtainSlaveConnection) : obtainMasterConnection
  Object.assign(pools, { obtainMasterConnection, obtainSlaveConnection })
  return queues
}
