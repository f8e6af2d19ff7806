import { QueryFailedError } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import { isServerError } from '../../errors/error-kind.js'
import type { RawRows } from '../../reads/engines/read-engine.js'
import { ReadTemplate } from '../../reads/read-template.js'
import { runRead } from '../../reads/run-read.js'
import { templatesOf } from '../../reads/template-store.js'
import { unknownOutcome } from '../../unit-of-work/unit-of-work-error.js'
import type { StatementText } from './statement-text.js'

/**
 * Sends a statement that writes; undefined where the database has refused it, which then has written nothing.
 * @param single whether it gives one row at most, or nobody wants to see more.
 * @throws {ServiceUnavailableError} `OUTCOME_UNKNOWN` where the connection was lost meanwhile.
 */
export async function sendWrite(
  dataSource: ModelDataSource,
  text: StatementText,
  single = true,
): Promise<RawRows | undefined> {
  const { sql, parameters } = text
  const name = statementName(dataSource, sql)
  const statement = { sql, parameters, ...(name !== undefined && { name }), single }
  try {
    return await runRead(dataSource, statement, undefined, 'master')
  } catch (error) {
    if (isServerError(error)) return undefined
    throw error instanceof QueryFailedError ? unknownOutcome(error) : error
  }
}

/** What a statement is prepared as, once it has been sent before. */
export function statementName(dataSource: ModelDataSource, sql: string): string | undefined {
  const templates = templatesOf(dataSource)
  const known = templates.get(sql)
  if (!known) templates.set(sql, new ReadTemplate(dataSource, sql, []))
  return known?.name
}
