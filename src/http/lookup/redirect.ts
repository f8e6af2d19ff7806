import type { Exchange } from '../exchange.js'
import { Reply } from '../reply.js'
import type { Run } from '../step.js'

/** The names that rows have now, of exchanges whose routes name them as they were called before. */
const moved = new WeakMap<Exchange, string>()

/** Notes that a row is found by a name it has given up. */
export function noteMoved(exchange: Exchange, name: string): void {
  moved.set(exchange, name)
}

/**
 * Answers 308 with the address of a row where the request has a former one (RFC 9110 section 15.4.9): the client repeats
 * the request there, with its method and body. Whoever may not see the row is refused before.
 */
export const redirect: Run = (exchange) => {
  const name = moved.get(exchange)
  if (name === undefined) return
  const { path, queryString, action } = exchange
  const behind = action.route.split('/').length - 1 - action.route.split('/').indexOf(':id')
  const segments = path.replace(/\/+$/, '').split('/')
  segments[segments.length - 1 - behind] = encodeURIComponent(name)
  const location = segments.join('/') + (queryString === '' ? '' : `?${queryString}`)
  exchange.reply = Reply.empty(308, { location })
}
