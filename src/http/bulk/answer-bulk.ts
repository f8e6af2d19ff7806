import { quoted } from '../../helpers/quoted.js'
import { ReadRow } from '../../orm/reads/row-form.js'
import { rowsOf } from '../../orm/relations/related.js'
import { refreshTouched } from '../../orm/writes/touched-rows.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf } from '../host.js'
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
  const entities: object[] = []
  for (const { row } of results) if (row && !(row instanceof ReadRow)) entities.push(row)
  if (entities.length > 0) await refreshTouched(rowsOf(dataSourceOf(plan.host), plan.action.entity), entities)
  const texts = (entities.length > 0 ? await plan.represent(exchange, entities) : []).values()
  let written = ''
  let failed = 0
  for (const result of results) {
    const { row, problem } = result
    if (problem) failed += 1
    const data = row instanceof ReadRow ? row.text : row && texts.next().value
    written += `${written === '' ? '' : ','}${resultText(result, data)}`
  }
  const summary = { total: results.length, succeeded: results.length - failed, failed }
  const more = answer === undefined ? '' : `,"answer":${JSON.stringify(answer)}`
  const text = `{"results":[${written}],"summary":${JSON.stringify(summary)}${more}}`
  return Reply.jsonText(text, atomic ? 200 : 207)
}

function resultText({ index, id, status, problem }: BulkResult, data: string | undefined): string {
  const known = id === undefined ? '' : `,"id":${typeof id === 'string' ? quoted(id) : id}`
  const more = problem ? `,"problem":${JSON.stringify(problem)}` : data === undefined ? '' : `,"data":${data}`
  return `{"index":${index}${known},"status":${status}${more}}`
}
