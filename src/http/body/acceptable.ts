import Negotiator from 'negotiator'
import { NotAcceptableError } from '../../errors/request-exceptions.js'

/** JSON as requests may ask for it: a media range with parameters matches only what has the same ones. */
const json: readonly string[] = ['application/json', 'application/json; charset=utf-8']

/**
 * Refuses a request that accepts no JSON (RFC 9110 section 12.5.1). One that says nothing of what it accepts, or nothing that can
 * be read, accepts it.
 * @throws {NotAcceptableError} 406.
 */
export function requireJsonAccepted(request: { header(name: string): string | undefined }): void {
  const accept = request.header('accept')
  if (accept === undefined || accept === '*/*' || accept === 'application/json' || acceptsJson(accept)) return
  throw new NotAcceptableError('This can be answered as application/json alone.')
}

function acceptsJson(accept: string): boolean {
  return !accept.includes('/') || new Negotiator({ headers: { accept } }).mediaTypes(json).length > 0
}
