import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { RawRows, ReadStatement } from './engines/read-engine.js'

/** Sends a statement. */
export type Send = () => Awaitable<RawRows>

/** Who sends a statement. */
interface Sender {
  readonly dataSource: DataSource
  /** Absent where the connection is of a pool. */
  readonly runner: QueryRunner | undefined
}

/** Sends a statement as TypeORM would: whoever logs statements hears of it, and errors are TypeORM's. */
export function logged(
  { dataSource, runner }: Sender,
  { sql, parameters }: ReadStatement,
  send: Send,
): Awaitable<RawRows> {
  const {
    logger,
    options: { maxQueryExecutionTime },
  } = dataSource
  const values = parameters as unknown[]
  logger.logQuery(sql, values, runner)
  const start = maxQueryExecutionTime ? Date.now() : 0
  const done = (rows: RawRows): RawRows => {
    const time = Date.now() - start
    if (time > maxQueryExecutionTime!) logger.logQuerySlow(time, sql, values, runner)
    return rows
  }
  const failed = (error: unknown): never => {
    logger.logQueryError(error as Error, sql, values, runner)
    throw new QueryFailedError(sql, values, error as Error)
  }
  let sent: Awaitable<RawRows>
  try {
    sent = send()
  } catch (error) {
    return failed(error)
  }
  if (!maxQueryExecutionTime) return sent instanceof Promise ? sent.catch(failed) : sent
  return sent instanceof Promise ? sent.then(done, failed) : done(sent)
}
