import { ReadRow } from '../../orm/reads/row-form.js'
import type { Exchange } from '../exchange.js'
import { Reply } from '../reply.js'
import type { BulkOutcome, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'

/** 200 where all items were written or none, otherwise 207: what became of each, in the order of the items. */
export async function answerBulk(
  plan: BulkPlan,
  exchange: Exchange,
  { results, answer }: BulkOutcome,
  atomic: boolean,
): Promise<Reply> {
  const rows = results.flatMap(({ row }) => (row && !(row instanceof ReadRow) ? row : []))
  const texts = (rows.length > 0 ? await plan.represent(exchange, rows) : []).values()
  const textOf = ({ row }: BulkResult) => (row instanceof ReadRow ? row.text : row && texts.next().value)
  const written = results.map((result) => resultText(result, textOf(result)))
  const failed = results.filter(({ problem }) => problem).length
  const summary = { total: results.length, succeeded: results.length - failed, failed }
  const more = answer === undefined ? '' : `,"answer":${JSON.stringify(answer)}`
  const text = `{"results":[${written.join(',')}],"summary":${JSON.stringify(summary)}${more}}`
  return Reply.jsonText(text, atomic ? 200 : 207)
}

function resultText({ index, id, status, problem }: BulkResult, data: string | undefined): string {
  const known = id === undefined ? '' : `,"id":${JSON.stringify(id)}`
  const more = problem ? `,"problem":${JSON.stringify(problem)}` : data === undefined ? '' : `,"data":${data}`
  return `{"index":${index}${known},"status":${status}${more}}`
}
