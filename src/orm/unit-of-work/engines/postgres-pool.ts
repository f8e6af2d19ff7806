import type { PoolSize } from '../engine.js'

/** A client of the driver, as its pool lends it. */
export interface PoolClient {
  /** `I` idle, `T` in a transaction, `E` in a failed one. */
  getTransactionStatus?(): string | null
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

type Release = (broken?: Error) => void

/** A client of a pool, and the way to give it back. */
export type ObtainedClient = readonly [client: PoolClient, release: Release]

/** How TypeORM's driver takes clients from its pools; before it is connected there are none. */
export interface PoolDriver {
  readonly master?: object
  readonly slaves?: readonly object[]
  obtainMasterConnection(): Promise<ObtainedClient>
  obtainSlaveConnection(): Promise<ObtainedClient>
}

/** What pools of the driver tell of themselves. */
interface CountedPool {
  readonly totalCount: number
  readonly idleCount: number
  readonly options: { readonly max: number }
}

/** How many clients the pools of a driver have. */
export function poolSizeOf({ master, slaves = [] }: Partial<PoolDriver>): PoolSize {
  const pools = [...(master ? [master] : []), ...slaves] as readonly CountedPool[]
  const sum = (count: (pool: CountedPool) => number): number => pools.reduce((all, pool) => all + count(pool), 0)
  return {
    max: sum(({ options }) => options.max),
    size: sum(({ totalCount }) => totalCount),
    inUse: sum(({ totalCount, idleCount }) => totalCount - idleCount),
  }
}

interface Loan {
  readonly client: PoolClient
  /** @param isClean whether somebody else may have the client. */
  giveBack(isClean: boolean): void
}

/** Takes a client, as long as one statement needs it, from where TypeORM's own runners of a mode would take it. */
export async function borrow(driver: PoolDriver, mode: 'master' | 'slave'): Promise<Loan> {
  const obtained = mode === 'slave' ? driver.obtainSlaveConnection() : driver.obtainMasterConnection()
  return loanOf(...(await obtained))
}

function loanOf(client: PoolClient, release: Release): Loan {
  let broken: Error | undefined
  // An error of a lost connection that nobody hears would end the process.
  const lost = (error: Error): void => {
    broken = error
  }
  client.on('error', lost)
  return {
    client,
    giveBack(isClean) {
      client.removeListener('error', lost)
      release(broken ?? (isClean ? undefined : new Error('The state of the connection is not known.')))
    },
  }
}
