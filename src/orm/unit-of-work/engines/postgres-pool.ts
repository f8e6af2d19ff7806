/** A client of the driver, as its pool lends it. */
export interface PoolClient {
  /** `I` idle, `T` in a transaction, `E` in a failed one. */
  getTransactionStatus?(): string | null
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

type Release = (broken?: Error) => void
type Lent = (error: Error | undefined, client?: PoolClient, release?: Release) => void

/** The pool of one server. */
export interface Pool {
  connect(lent: Lent): void
}

/** The pools of TypeORM's driver; before it is connected there are none. */
interface PoolDriver {
  readonly master?: Pool
  readonly slaves: readonly Pool[]
}

interface Loan {
  readonly client: PoolClient
  /** @param isClean whether somebody else may have the client. */
  giveBack(isClean: boolean): void
}

/** The pool that TypeORM's own runners of a mode would take a client from. */
export function poolOf({ master, slaves }: PoolDriver, mode: 'master' | 'slave'): Pool | undefined {
  return (mode === 'slave' ? slaves[Math.floor(Math.random() * slaves.length)] : undefined) ?? master
}

/** Takes a client, as long as one statement needs it. */
export function borrow(pool: Pool): Promise<Loan> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (client && release) resolve(loanOf(client, release))
      else reject(error)
    })
  })
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
