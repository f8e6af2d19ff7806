import type { QueryRunner } from 'typeorm'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { Level } from './level.js'
import type { Session } from './session.js'

/** What is done with the driver's own connection, as one statement; there is no runner where the connection is of a pool. */
export type Connected<T> = (connection: object, runner?: QueryRunner) => Awaitable<T>

/** Does it when the level has its turn; without a promise, where nothing is waited for. */
export function connectedIn<T>(level: Level, work: Connected<T>): Awaitable<T> {
  const { runner, engine } = level.session
  return level.runAtOnce(() => {
    const connection = engine.connectionOf?.(runner)
    return connection ? work(connection, runner) : connect(runner).then((made) => work(made, runner))
  })
}

/** Does it in a session that nobody else knows, so that there are no turns to wait for, and gives the session back. */
export async function connectedAlone<T>(session: Session, work: Connected<T>): Promise<T> {
  const { runner } = session
  try {
    return await work(await connect(runner), runner)
  } catch (error) {
    session.statementFailed(error)
    throw error
  } finally {
    const releasing = session.release()
    if (releasing) await releasing
  }
}

const connect = (runner: QueryRunner): Promise<object> => runner.connect() as Promise<object>
