import type { ActionModel } from '../action-model.js'
import { requireJsonAccepted } from '../body/acceptable.js'
import { requireForm, requireJson } from '../body/media-type.js'
import { announcesBody } from '../body/read-bytes.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'

/** Whether an action reads a body. */
export const takesBody = ({ body, upload, input, verb, contract, method }: ActionModel): boolean =>
  method !== 'get' && method !== 'delete' && Boolean(body ?? upload ?? input ?? verb ?? contract)

/** Whether an action is known to answer JSON where it succeeds. */
export function answersJson(
  { method, paginated, input, answers, contract, verb }: ActionModel,
  model: CompiledModel | undefined,
): boolean {
  if (typeof answers === 'object') return true
  if (!model || method === 'delete') return false
  if (paginated === true || answers === 'row' || answers === 'rows' || input || contract) return true
  // Of rows that are removed there is nothing to answer.
  return verb !== undefined && model.entity.verbs[verb]?.hard !== true
}

/** Refuses a request that accepts no JSON where there is no other answer, and a body of another media type, unread. */
export function negotiate(action: ActionModel, model: CompiledModel | undefined): Run | undefined {
  const requireType = !takesBody(action) ? undefined : action.upload ? requireForm : requireJson
  const answers = answersJson(action, model)
  if (!requireType && !answers) return undefined
  return (exchange) => {
    if (requireType && announcesBody(exchange.request)) requireType(exchange)
    if (answers && exchange.request.headers.accept !== undefined) requireJsonAccepted(exchange)
  }
}
