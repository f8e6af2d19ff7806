import type { IncomingMessage } from 'node:http'
import { AddressTooLongError, MalformedRequestError } from '../errors/request-exceptions.js'

/** The address of a request, in its two parts as the client sent them. */
export interface RequestTarget {
  readonly path: string
  /** Without the question mark. */
  readonly query: string
}

/** The address as the client sent it, also where a middleware above has cut off a prefix. */
export function addressOf(request: IncomingMessage): string {
  return (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/'
}

/** The path and query of an address, which may be absolute (RFC 9112 section 3.2.2). */
export function targetOf(address: string): RequestTarget {
  const relative = address.startsWith('/') ? address : afterAuthority(address)
  const end = relative.indexOf('?')
  return end < 0 ? { path: relative, query: '' } : { path: relative.slice(0, end), query: relative.slice(end + 1) }
}

function afterAuthority(address: string): string {
  const [, rest = address] = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*(.*)$/i.exec(address) ?? []
  return rest.startsWith('?') || rest === '' ? `/${rest}` : rest
}

/**
 * Refuses an address that no route may see.
 * @throws {AddressTooLongError} for more than `limit` characters.
 * @throws {MalformedRequestError} for a fragment, and for percent-encoding that is broken or no UTF-8, in the path or the query.
 */
export function screenAddress(address: string, limit: number): void {
  if (address.length > limit) {
    throw new AddressTooLongError(`The address has more than ${limit} characters.`, { details: { limit } })
  }
  if (address.includes('#')) {
    // Some routers cut it off, and whoever stands in front may see another address than this one (RFC 9112 section 3.2).
    throw new MalformedRequestError('The address has a fragment, which is for clients alone.', {
      errorCode: 'MALFORMED_ADDRESS',
    })
  }
  if (!address.includes('%')) return
  try {
    decodeURIComponent(address)
  } catch {
    throw new MalformedRequestError('The address is not valid percent-encoded UTF-8.', {
      errorCode: 'MALFORMED_ADDRESS',
    })
  }
}
