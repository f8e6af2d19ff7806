import type { QueryRunner } from 'typeorm'
import { BroadcasterResult } from 'typeorm/subscriber/BroadcasterResult.js'
import type { RawRows, ReadStatement } from './engines/read-engine.js'
import { logged, type Send } from './logged.js'

/** Sends a statement while a subscriber of TypeORM hears of statements. */
export async function told(runner: QueryRunner, statement: ReadStatement, send: Send): Promise<RawRows> {
  const { sql } = statement
  const parameters = statement.parameters as unknown[]
  const { broadcaster } = runner
  const result = new BroadcasterResult()
  await broadcaster.broadcast('BeforeQuery', sql, parameters)
  const start = Date.now()
  try {
    const raw = await logged({ dataSource: runner.dataSource, runner }, statement, send)
    broadcaster.broadcastAfterQueryEvent(result, sql, parameters, true, Date.now() - start, raw.rows, undefined)
    return raw
  } catch (error) {
    broadcaster.broadcastAfterQueryEvent(result, sql, parameters, false, undefined, undefined, error)
    throw error
  } finally {
    await result.wait()
  }
}
