import type { ActionModel } from '../action-model.js'
import { requireForm, requireJson } from '../body/media-type.js'
import { announcesBody } from '../body/read-bytes.js'
import type { Run } from '../step.js'

/** Whether an action reads a body. */
export const takesBody = ({ body, upload, input, verb, contract, method }: ActionModel): boolean =>
  method !== 'get' && method !== 'delete' && Boolean(body ?? upload ?? input ?? verb ?? contract)

/** Refuses a body of another media type, before it is read. */
export function negotiate({ upload }: Pick<ActionModel, 'upload'>): Run {
  const requireType = upload ? requireForm : requireJson
  return (exchange) => {
    if (announcesBody(exchange.request)) requireType(exchange)
  }
}
