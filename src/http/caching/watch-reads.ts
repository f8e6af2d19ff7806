import { actingAs } from '../../helpers/actor.js'
import { type ContextVariable, hearReads } from '../../helpers/context-variable.js'
import type { Exchange } from '../exchange.js'
import { traceOf } from '../trace-of.js'
import { type RequestReads, watchRequest } from './watch-request.js'

/** What an action looked at that an answer for others must not depend on. */
export interface Reads extends RequestReads {
  readonly variables: Set<ContextVariable<unknown>>
  user: boolean
}

/**
 * Runs work that sees of its request what it always sees, and notes which headers and context variables it reads, and whether
 * it asks who makes the request. HEAD looks to it like GET, because the answer is that of GET.
 */
export async function watchReads(exchange: Exchange, work: () => void | Promise<void>): Promise<Reads> {
  const { user, method, id } = exchange
  const reads: Reads = { headers: new Set(), members: new Set(), variables: new Set(), user: false }
  const sent = exchange.request.headers
  const header = (name: string): string | undefined => {
    reads.headers.add(name.toLowerCase())
    const value = sent[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }
  const current = { user }
  const unwatched = Object.create(exchange, { user: { get: () => current.user }, id: { value: id } }) as Exchange
  const logFields = exchange.logFields.bind(unwatched)
  Object.defineProperties(exchange, {
    method: { value: 'GET', configurable: true, enumerable: true, writable: true },
    header: { value: header, configurable: true, enumerable: false, writable: true },
    logFields: { value: logFields, configurable: true, enumerable: false, writable: true },
    // It is what the client says it is.
    id: {
      get: () => {
        reads.headers.add('x-request-id')
        return id
      },
      configurable: true,
      enumerable: true,
    },
    user: {
      get: () => {
        reads.user = true
        return current.user
      },
      set: (given: Exchange['user']) => {
        current.user = given
      },
      configurable: true,
      enumerable: true,
    },
  })
  // The trace is no matter of the answer: its header is read before anybody hears of that.
  traceOf(exchange.request)
  const release = watchRequest(exchange.request, reads)
  try {
    await hearReads((variable) => {
      if (variable === actingAs) reads.user = true
      else reads.variables.add(variable)
    }, work)
    return reads
  } finally {
    release()
    Reflect.deleteProperty(exchange, 'header')
    Reflect.deleteProperty(exchange, 'logFields')
    Object.defineProperties(exchange, {
      method: { value: method, configurable: true, enumerable: true, writable: true },
      id: { value: id, configurable: true, enumerable: true, writable: true },
      user: { value: current.user, configurable: true, enumerable: true, writable: true },
    })
  }
}
