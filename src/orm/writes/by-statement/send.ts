import { QueryFailedError } from 'typeorm'
import type { Awaitable } from '../../../helpers/awaitable.js'
import type { ModelDataSource } from '../../data-source.js'
import { isServerError } from '../../errors/error-kind.js'
import type { RawRows, ReadStatement } from '../../reads/engines/read-engine.js'
import { ReadTemplate } from '../../reads/read-template.js'
import { runRead } from '../../reads/run-read.js'
import { templatesOf } from '../../reads/template-store.js'
import { unknownOutcome } from '../../unit-of-work/unit-of-work-error.js'

/**
 * Sends a statement that writes; undefined where the database has refused it, which then has written nothing.
 * @param single whether it gives one row at most, or nobody wants to see more.
 * @throws {ServiceUnavailableError} `OUTCOME_UNKNOWN` where the connection was lost meanwhile.
 */
export function sendWrite(
  dataSource: ModelDataSource,
  text: Pick<ReadStatement, 'sql' | 'parameters'>,
  single = true,
): Awaitable<RawRows | undefined> {
  try {
    const sent = runRead(dataSource, preparedStatement(dataSource, text, single), undefined, 'master')
    return sent instanceof Promise ? sent.catch(refused) : sent
  } catch (error) {
    return refused(error)
  }
}

function refused(error: unknown): undefined {
  if (isServerError(error)) return undefined
  throw error instanceof QueryFailedError && !isUnsent(error) ? unknownOutcome(error) : error
}

/** Whether the driver could not even write the values of a statement. */
const isUnsent = ({ driverError }: QueryFailedError): boolean =>
  driverError instanceof TypeError || driverError instanceof RangeError

/** A statement as it is sent, with the name it is prepared as once it has been sent before. */
export function preparedStatement(
  dataSource: ModelDataSource,
  { sql, parameters }: Pick<ReadStatement, 'sql' | 'parameters'>,
  single: boolean,
): ReadStatement {
  const templates = templatesOf(dataSource)
  const known = templates.get([sql])
  if (!known) templates.set([sql], new ReadTemplate(dataSource, sql, []))
  // A text that is the same object need not be compared letter by letter to be known again.
  return { sql: known?.sql ?? sql, parameters, name: known?.name, single }
}
