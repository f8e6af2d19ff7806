import type { QueryRunner, ReplicationMode } from 'typeorm'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import type { Connected } from '../unit-of-work/connected.js'
import { useConnection } from '../unit-of-work/runner-state.js'
import { readEngineOf } from './engines/engines.js'
import type { RawRows, ReadStatement } from './engines/read-engine.js'
import { hearsStatements, needsRunner } from './heard.js'
import { logged, type Send } from './logged.js'
import { told } from './told.js'

/**
 * Sends a statement past TypeORM's own way: by the connection of the running unit of work, or one of the pool. Whoever hears
 * of statements hears of this one, and errors are TypeORM's.
 * @param own the runner of whoever has one; it is not released.
 * @param mode which server is asked outside of units of work, where there are several: that of `replication.defaultMode`
 * unless told.
 */
export function runRead(
  dataSource: ModelDataSource,
  statement: ReadStatement,
  own: QueryRunner | undefined,
  mode: ReplicationMode = dataSource.defaultReplicationModeForReads(),
): Awaitable<RawRows> {
  if (own || needsRunner(dataSource)) return sendByRunner(dataSource, statement, own ?? mode)
  return dataSource.units.connected(sending(dataSource, statement), mode)
}

/** The same for a statement that writes, and is one of its own unless a unit of work is running. */
export function runWrite(dataSource: ModelDataSource, statement: ReadStatement): Awaitable<RawRows> {
  if (needsRunner(dataSource)) return sendByRunner(dataSource, statement, 'master')
  return dataSource.units.writing(sending(dataSource, statement))
}

function sending(dataSource: ModelDataSource, statement: ReadStatement): Connected<RawRows> {
  const engine = readEngineOf(dataSource.options.type as EngineType)
  return (connection, runner) => {
    const send = () => logged({ dataSource, runner }, statement, () => engine.read(connection, statement))
    return withSavepoint(statement, (sql) => dataSource.logger.logQuery(sql, undefined, runner), send)
  }
}

/** Tells of the savepoint that a statement is sent in, if it is, as of statements before and behind it. */
function withSavepoint({ savepoint }: ReadStatement, tell: (sql: string) => unknown, send: Send): Awaitable<RawRows> {
  return savepoint === undefined ? send() : toldWithSavepoint(savepoint, tell, send)
}

async function toldWithSavepoint(savepoint: string, tell: (sql: string) => unknown, send: Send): Promise<RawRows> {
  await tell(`SAVEPOINT ${savepoint}`)
  try {
    const rows = await send()
    await tell(`RELEASE SAVEPOINT ${savepoint}`)
    return rows
  } catch (error) {
    await tell(`ROLLBACK TO SAVEPOINT ${savepoint}`)
    throw error
  }
}

async function sendByRunner(
  dataSource: ModelDataSource,
  statement: ReadStatement,
  given: QueryRunner | ReplicationMode,
): Promise<RawRows> {
  const engine = readEngineOf(dataSource.options.type as EngineType)
  // What subscribers are given must not lead around the turns of units: a runner knows them.
  const runner = typeof given === 'string' ? dataSource.createQueryRunner(given) : given
  try {
    return await useConnection(runner, async (connection: object) => {
      const send = () => engine.read(connection, statement)
      const isTold = hearsStatements(dataSource)
      const tell = (sql: string) => {
        dataSource.logger.logQuery(sql, undefined, runner)
        return isTold ? runner.broadcaster.broadcast('BeforeQuery', sql, undefined) : undefined
      }
      return withSavepoint(statement, tell, () =>
        isTold ? told(runner, statement, send) : logged({ dataSource, runner }, statement, send),
      )
    })
  } finally {
    if (runner !== given) await runner.release()
  }
}
