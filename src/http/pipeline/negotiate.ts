import type { ActionModel } from '../action-model.js'
import { requireJson } from '../body/media-type.js'
import { announcesBody } from '../body/read-bytes.js'
import type { Run } from '../step.js'

/** Whether an action reads a body. */
export const takesBody = ({ body, input, verb, contract, method }: ActionModel): boolean =>
  method !== 'get' && method !== 'delete' && Boolean(body ?? input ?? verb ?? contract)

/** Refuses a body of another media type, before it is read. */
export const negotiate: Run = (exchange) => {
  if (announcesBody(exchange.request)) requireJson(exchange)
}
