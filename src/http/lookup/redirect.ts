import type { Exchange } from '../exchange.js'
import { Reply } from '../reply.js'
import type { Run } from '../step.js'

/** The names that rows have now by the parameters of routes, of exchanges that name them as they were called before. */
const moved = new WeakMap<Exchange, ReadonlyMap<string, string>>()

/** Notes that the row that a parameter of a route names is found by a name it has given up. */
export function noteMoved(exchange: Exchange, parameter: string, name: string): void {
  moved.set(exchange, new Map([...(moved.get(exchange) ?? []), [parameter, name]]))
}

/** Whether a row was found by a name it has given up. */
export const hasMoved = (exchange: Exchange): boolean => moved.has(exchange)

/**
 * Answers 308 with the address that rows have now where the request has a former one (RFC 9110 section 15.4.9): the client
 * repeats the request there, with its method and body. Whoever may not see the rows is refused before.
 */
export const redirect: Run = (exchange) => {
  const names = moved.get(exchange)
  if (!names) return
  const { path, queryString, action } = exchange
  const route = action.route.split('/')
  const segments = path.replace(/\/+$/, '').split('/')
  // A prefix of the application stands before the route.
  const first = segments.length - route.length
  for (const [parameter, name] of names) segments[first + route.indexOf(`:${parameter}`)] = encodeURIComponent(name)
  const location = segments.join('/') + (queryString === '' ? '' : `?${queryString}`)
  exchange.reply = Reply.empty(308, { location })
}
