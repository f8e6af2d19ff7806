import { noteOutdated } from './postgres-plans.js'
import { isPreparedBy, preparedText } from './postgres-statement.js'
import type { RawRows, ReadStatement } from './read-engine.js'

/** A client of the driver, as far as statements in savepoints need it. */
export interface SavepointClient {
  query(text: string): Promise<unknown>
  query(submitted: object): void
}

/** A statement that is to be sent in a savepoint. */
type Guarded = ReadStatement & { readonly savepoint: string }

/** Errors of statements whose transactions go on as if they had not been sent. */
const undone = new WeakSet<object>()

/** Whether what a failed statement did to its transaction is undone. */
export function isUndone(error: unknown): boolean {
  const { driverError = error } = (error ?? {}) as { readonly driverError?: unknown }
  return typeof driverError === 'object' && driverError !== null && undone.has(driverError)
}

/**
 * Sends a statement in a savepoint: by one message where the connection has prepared it, and else by three. What is refused is undone
 * alone (PostgreSQL 15 documentation, SAVEPOINT).
 * @param send sends it without one.
 */
export async function sendInSavepoint(
  client: SavepointClient,
  statement: Guarded,
  send: (statement: ReadStatement) => Promise<RawRows>,
): Promise<RawRows> {
  const { savepoint, ...plain } = statement
  try {
    const sent = sendTogether(client, statement)
    if (sent) return await sent
    await client.query(`SAVEPOINT ${savepoint}`)
    const rows = await send(plain)
    await client.query(`RELEASE SAVEPOINT ${savepoint}`)
    return rows
  } catch (error) {
    const undoing = client.query(`ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`)
    const isDone = await undoing.then(
      () => true,
      () => false,
    )
    if (isDone && typeof error === 'object' && error !== null) undone.add(error)
    throw error
  }
}

/** Sends it by one message; undefined where it cannot be sent so. */
function sendTogether(client: SavepointClient, statement: Guarded): Promise<RawRows> | undefined {
  if (!isPreparedBy(client, statement)) return undefined
  let isSent = false
  const sent = new Promise<RawRows>((resolve, reject) => {
    const prepared = preparedText(client, statement, (error, rows) => {
      if (!error) resolve(rows!)
      else {
        noteOutdated(client, statement.name!, error)
        reject(error)
      }
    })
    if (!prepared) return
    isSent = true
    client.query(prepared)
  })
  return isSent ? sent : undefined
}
