import { errorKindOf } from '../errors/error-kind.js'
import type { PoolQueue } from './pool-queue.js'
import type { Session } from './session.js'

/**
 * Asks the database for an answer, in a session of its own. Where `signal` says that it takes too long, a connection that does
 * not answer is closed; whoever waits for one goes on waiting, unless others were given some meanwhile: then the database is busy,
 * and not away.
 * @throws what the driver throws, or the reason of the signal.
 */
export async function reach(session: Session, signal: AbortSignal, queues: readonly PoolQueue[]): Promise<void> {
  const { runner, engine } = session
  if (engine.ask) return engine.ask(runner)
  const moves = movesOf(queues)
  const late = lateOf(signal)
  const connecting = runner.connect()
  const first = await Promise.race([connecting, late])
  if (first === 'late' && movesOf(queues) > moves) {
    void connecting.then(
      () => session.release(),
      () => {},
    )
    return
  }
  await connecting
  if (signal.aborted) {
    await session.release()
    throw signal.reason
  }
  await asked(session, late)
}

async function asked(session: Session, late: Promise<'late'>): Promise<void> {
  const { runner, engine } = session
  const asking = runner.query('SELECT 1')
  let outcome: unknown
  try {
    outcome = await Promise.race([asking, late])
  } catch (error) {
    session.damaged = errorKindOf(error) === 'unavailable'
    await session.release()
    throw error
  }
  if (outcome !== 'late') return session.release()
  // It has been closed, so what it would have answered is for nobody.
  asking.catch(() => {})
  await engine.discard(runner)
  throw new Error('The database has not answered in time.')
}

const movesOf = (queues: readonly PoolQueue[]): number =>
  queues.reduce((all, { measurements }) => all + measurements.given, 0)

function lateOf(signal: AbortSignal): Promise<'late'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('late')
    else signal.addEventListener('abort', () => resolve('late'), { once: true })
  })
}
