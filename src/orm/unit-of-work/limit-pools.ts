import type { Driver } from 'typeorm'
import type { TransactionEngine } from './engine.js'
import { type Given, PoolQueue } from './pool-queue.js'
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
  engine: TransactionEngine,
  { turnLimit, sessions }: PoolLimits,
): readonly PoolQueue[] {
  const { giveBack } = engine
  if (!giveBack) return []
  const queues: PoolQueue[] = []
  const pools = driver as Driver & PoolDriver
  const queued = (obtain: (given: Given<unknown>) => void): (() => Promise<unknown>) => {
    const queue = new PoolQueue(turnLimit)
    queues.push(queue)
    return () => {
      // Who asks is known here only: what a pool gives may come in the context of whoever gave it back.
      const isLimited = sessions.areWanted
      return queue.wait({ obtain, prepare: (connection) => sessions.prepare(connection, isLimited), giveBack })
    }
  }
  const obtainMaster = pools.obtainMasterConnection.bind(pools)
  const obtainSlave = pools.obtainSlaveConnection.bind(pools)
  const obtainMasterConnection = queued((given) => {
    if (!engine.obtain?.(driver, given)) byPromise(obtainMaster, given)
  })
  // Without replicas there is one pool, and whoever waits for it waits in one queue.
  const obtainSlaveConnection = pools.isReplicated
    ? queued((given) => byPromise(obtainSlave, given))
    : obtainMasterConnection
  Object.assign(pools, { obtainMasterConnection, obtainSlaveConnection })
  return queues
}

function byPromise(obtain: () => Promise<unknown>, given: Given<unknown>): void {
  obtain().then((connection) => given(undefined, connection), given)
}
