import type { Driver } from 'typeorm'
import type { TransactionEngine } from './engine.js'
import { PoolQueue } from './pool-queue.js'

/** How TypeORM's drivers of servers take a connection from a pool. */
interface PoolDriver {
  readonly isReplicated: boolean
  obtainMasterConnection(): Promise<unknown>
  obtainSlaveConnection(): Promise<unknown>
}

/** Lets nobody wait for a connection of the driver's pools for ever. @returns where one waits for them. */
export function limitWaiting(driver: Driver, { giveBack }: TransactionEngine, limit: number): readonly PoolQueue[] {
  if (!giveBack) return []
  const queues: PoolQueue[] = []
  const pools = driver as Driver & PoolDriver
  const queued = (obtain: () => Promise<unknown>): (() => Promise<unknown>) => {
    const queue = new PoolQueue(limit)
    queues.push(queue)
    return () => queue.wait(() => obtain.call(pools), giveBack)
  }
  // Without replicas there is one pool, and whoever waits for it waits in one queue.
  const obtainMasterConnection = queued(pools.obtainMasterConnection)
  const obtainSlaveConnection = pools.isReplicated ? queued(pools.obtainSlaveConnection) : obtainMasterConnection
  Object.assign(pools, { obtainMasterConnection, obtainSlaveConnection })
  return queues
}
