import type { IncomingMessage } from 'node:http'

/** Hears what is read of a request past its exchange. */
export interface RequestReads {
  /** In lower case. */
  readonly headers: Set<string>
  /** Members of the request that tell more than answers may depend on. */
  readonly members: Set<string>
}

const watched = ['rawHeaders', 'headersDistinct', 'socket', 'client'] as const

/**
 * Notes what is read of a request of node:http itself, which steps are given, until the function that it returns is called. The
 * request stays the same object, because whatever lives as long as it does is known by it.
 */
export function watchRequest(request: IncomingMessage, { headers, members }: RequestReads): () => void {
  const own = Object.getOwnPropertyDescriptors(request)
  const inherited: unknown = Object.getPrototypeOf(request)
  const seen = watchedHeaders(request.headers, headers)
  Object.defineProperty(request, 'headers', { get: () => seen, configurable: true, enumerable: true })
  for (const name of watched) {
    const get = (): unknown => {
      members.add(name)
      return own[name] ? own[name].value : Reflect.get(inherited as object, name, request)
    }
    Object.defineProperty(request, name, { get, configurable: true, enumerable: true })
  }
  return () => {
    for (const name of ['headers', ...watched] as const) {
      if (own[name]) Object.defineProperty(request, name, own[name])
      else Reflect.deleteProperty(request, name)
    }
  }
}

function watchedHeaders(headers: IncomingMessage['headers'], read: Set<string>): IncomingMessage['headers'] {
  const note = (name: string | symbol): void => {
    if (typeof name === 'string') read.add(name)
  }
  return new Proxy(headers, {
    get: (target, name) => (note(name), Reflect.get(target, name)),
    has: (target, name) => (note(name), Reflect.has(target, name)),
    ownKeys: (target) => {
      for (const name of Reflect.ownKeys(target)) note(name)
      return Reflect.ownKeys(target)
    },
    getOwnPropertyDescriptor: (target, name) => (note(name), Reflect.getOwnPropertyDescriptor(target, name)),
  })
}
