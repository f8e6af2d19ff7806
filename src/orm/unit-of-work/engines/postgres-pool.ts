import type { PoolSize } from '../engine.js'
import type { Given } from '../pool-queue.js'

/** A client of the driver, as its pool lends it. */
export interface PoolClient {
  /** `I` idle, `T` in a transaction, `E` in a failed one. */
  getTransactionStatus?(): string | null
  on(event: 'error', listener: (error: Error) => void): unknown
  /** What it was lost with: undefined while it is not, absent where nobody listens yet. */
  [lostWith]?: Error | undefined
}

const lostWith = Symbol('what the connection was lost with')

type Release = (broken?: Error) => void

/** A client of a pool, and the way to give it back. */
export type ObtainedClient = readonly [client: PoolClient, release: Release]

/** How TypeORM's driver takes clients from its pools; before it is connected there are none. */
export interface PoolDriver {
  readonly master?: Pool
  readonly slaves?: readonly Pool[]
  obtainMasterConnection(): Promise<ObtainedClient>
  obtainSlaveConnection(): Promise<ObtainedClient>
}

/** A pool of the driver, and what it tells of itself. */
interface Pool {
  connect(given: (error: Error | undefined, client: PoolClient, release: Release) => void): void
  readonly totalCount: number
  readonly idleCount: number
  readonly options: { readonly max: number }
}

/** How many clients the pools of a driver have. */
export function poolSizeOf({ master, slaves = [] }: Partial<PoolDriver>): PoolSize {
  const pools = [...(master ? [master] : []), ...slaves]
  const sum = (count: (pool: Pool) => number): number => pools.reduce((all, pool) => all + count(pool), 0)
  return {
    max: sum(({ options }) => options.max),
    size: sum(({ totalCount }) => totalCount),
    inUse: sum(({ totalCount, idleCount }) => totalCount - idleCount),
  }
}

/** Takes a client of the only pool, as the driver would; false where there is none, or one of several. */
export function obtainClient({ master, slaves = [] }: Partial<PoolDriver>, given: Given<ObtainedClient>): boolean {
  if (!master || slaves.length > 0) return false
  master.connect((error, client, release) => (error ? given(error) : given(undefined, [client, release])))
  return true
}

/**
 * Notes what a client is lost with. An error of a lost connection that nobody hears would end the process, and the pool hears
 * only those of clients that nobody has.
 */
export function watchClient(client: PoolClient): void {
  if (lostWith in client) return
  client[lostWith] = undefined
  client.on('error', (error) => {
    client[lostWith] = error
  })
}

/** Gives a client back, to be closed where it was lost or `broken` says why nobody else may have it. */
export function giveClientBack([client, release]: ObtainedClient, broken?: Error): void {
  release(client[lostWith] ?? broken)
}

/** Why nobody else may have a client that something was left undone on. */
export const unknownState = (): Error => new Error('The state of the connection is not known.')
