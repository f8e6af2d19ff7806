import { QueryFailedError } from 'typeorm'
import type { Awaitable } from '../../../helpers/awaitable.js'
import type { ModelDataSource } from '../../data-source.js'
import { isServerError, isTimeout } from '../../errors/error-kind.js'
import type { RawRows, ReadStatement } from '../../reads/engines/read-engine.js'
import { ReadTemplate } from '../../reads/read-template.js'
import { runWrite } from '../../reads/run-read.js'
import { templatesOf } from '../../reads/template-store.js'
import { unknownOutcome } from '../../unit-of-work/unit-of-work-error.js'

/** The savepoint of one statement. It is gone when another is sent, so it can have one name. */
const savepoint = 'plinth_statement'

/**
 * Sends a statement that writes; undefined where the database has refused it, which then has written nothing, and has ended no unit
 * of work.
 * @throws {ServiceUnavailableError} `OUTCOME_UNKNOWN` where the connection was lost meanwhile, outside of a unit of work.
 */
export function sendWrite(
  dataSource: ModelDataSource,
  text: Pick<ReadStatement, 'sql' | 'parameters'>,
): Awaitable<RawRows | undefined> {
  try {
    const statement = preparedStatement(dataSource, text)
    const sent = runWrite(dataSource, dataSource.units.outlivesRefusals ? statement : { ...statement, savepoint })
    return sent instanceof Promise ? sent.catch((error: unknown) => refused(dataSource, error)) : sent
  } catch (error) {
    return refused(dataSource, error)
  }
}

function refused({ isInUnit }: ModelDataSource, error: unknown): undefined {
  if (isTimeout(error)) throw error
  if (isServerError(error)) return undefined
  // What a unit of work has not committed is undone.
  const isOpen = error instanceof QueryFailedError && !isInUnit && !isUnsent(error)
  throw isOpen ? unknownOutcome(error) : error
}

/** Whether the driver could not even write the values of a statement. */
const isUnsent = ({ driverError }: QueryFailedError): boolean =>
  driverError instanceof TypeError || driverError instanceof RangeError

/**
 * A statement as it is sent, with the name it is prepared as once it has been sent before.
 * @param single whether it reads one row at most.
 */
export function preparedStatement(
  dataSource: ModelDataSource,
  { sql, parameters }: Pick<ReadStatement, 'sql' | 'parameters'>,
  single = false,
): ReadStatement {
  const templates = templatesOf(dataSource)
  const known = templates.get([sql])
  if (!known) templates.set([sql], new ReadTemplate(dataSource, sql, []))
  // A text that is the same object need not be compared letter by letter to be known again.
  return { sql: known?.sql ?? sql, parameters, name: known?.name, single }
}
