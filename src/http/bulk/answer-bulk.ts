import { jsonList } from '../../helpers/json-list.js'
import { quoted } from '../../helpers/quoted.js'
import { ReadRow } from '../../orm/reads/row-form.js'
import { rowsOf } from '../../orm/relations/related.js'
import { refreshTouched } from '../../orm/writes/touched-rows.js'
import { minimalHeaders } from '../conditional/prefer.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf } from '../host.js'
import { Reply } from '../reply.js'
import type { BulkOutcome, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'

interface AnswerOptions {
  /** Whether all items were written or none. */
  readonly atomic: boolean
  /** Whether the caller wants to see the rows as they are then. */
  readonly isShown: boolean
}

/**
 * 200 where all items were written or none, otherwise 207: what became of each, in the order of the items; where the caller wants no
 * representation (RFC 7240 section 4.2), of those alone that failed.
 */
export async function answerBulk(
  plan: BulkPlan,
  exchange: Exchange,
  { results, answer }: BulkOutcome,
  { atomic, isShown }: AnswerOptions,
): Promise<Reply> {
  const failed = results.filter(({ problem }) => problem)
  const summary = { total: results.length, succeeded: results.length - failed.length, failed: failed.length }
  const texts = isShown ? await resultTexts(plan, exchange, results) : failed.map((one) => resultText(one, undefined))
  const more = answer === undefined ? '' : `,"answer":${JSON.stringify(answer)}`
  const text = `{"results":${jsonList(texts)},"summary":${JSON.stringify(summary)}${more}}`
  return Reply.jsonText(text, atomic ? 200 : 207, isShown ? undefined : minimalHeaders)
}

async function resultTexts(
  plan: BulkPlan,
  exchange: Exchange,
  results: readonly BulkResult[],
): Promise<readonly string[]> {
  const entities: object[] = []
  for (const { row } of results) if (row && !(row instanceof ReadRow)) entities.push(row)
  if (entities.length > 0) await refreshTouched(rowsOf(dataSourceOf(plan.host), plan.action.entity), entities)
  const texts = (entities.length > 0 ? await plan.represent(exchange, entities) : []).values()
  return results.map((result) => {
    const { row } = result
    return resultText(result, row instanceof ReadRow ? row.text : row && texts.next().value)
  })
}

function resultText({ index, id, status, problem }: BulkResult, data: string | undefined): string {
  const known = id === undefined ? '' : `,"id":${typeof id === 'string' ? quoted(id) : id}`
  const more = problem ? `,"problem":${JSON.stringify(problem)}` : data === undefined ? '' : `,"data":${data}`
  return `{"index":${index}${known},"status":${status}${more}}`
}
