import type { Exchange } from '../exchange.js'

/** What an action looked at that an answer for others must not depend on. */
export interface Reads {
  /** In lower case. */
  readonly headers: Set<string>
  user: boolean
}

/**
 * Runs work that sees of its request what it always sees, and notes which headers it reads, and whether it asks who
 * makes the request. HEAD looks to it like GET, because the answer is that of GET.
 */
export async function watchReads(exchange: Exchange, work: () => void | Promise<void>): Promise<Reads> {
  const { user, method } = exchange
  const reads: Reads = { headers: new Set(), user: false }
  const header = (name: string): string | undefined => {
    reads.headers.add(name.toLowerCase())
    const value = exchange.request.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }
  const current = { user }
  Object.defineProperties(exchange, {
    method: { value: 'GET', configurable: true, enumerable: true, writable: true },
    header: { value: header, configurable: true, enumerable: false, writable: true },
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
  try {
    await work()
    return reads
  } finally {
    Reflect.deleteProperty(exchange, 'header')
    Object.defineProperties(exchange, {
      method: { value: method, configurable: true, enumerable: true, writable: true },
      user: { value: current.user, configurable: true, enumerable: true, writable: true },
    })
  }
}
