import { UnsupportedMediaTypeError } from '../../errors/request-exceptions.js'

const forAll = ['application/json']
const forPatch = [...forAll, 'application/merge-patch+json']

/** What of a request decides whether its body is understood. */
export interface TypedRequest {
  /** In upper case. */
  readonly method: string
  header(name: string): string | undefined
}

/**
 * Refuses a body that is not JSON in UTF-8: `application/json`, or for PATCH also `application/merge-patch+json`.
 * @throws {UnsupportedMediaTypeError} with `Accept-Post` or `Accept-Patch` (RFC 5789 section 3.1) and `Accept`.
 */
export function requireJson(request: TypedRequest): void {
  const sent = request.header('content-type')
  if (sent === 'application/json') return
  const { method } = request
  const accepted = method === 'PATCH' ? forPatch : forAll
  const [type = '', ...parameters] = (sent ?? '').split(';').map((part) => part.trim().toLowerCase())
  if (accepted.includes(type) && parameters.every(isUtf8)) return
  throw new UnsupportedMediaTypeError(`The body must be sent as ${accepted.join(' or ')}, in UTF-8.`, {
    headers: acceptHeaders(method, accepted.join(', ')),
  })
}

function isUtf8(parameter: string): boolean {
  return !parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter)
}

function acceptHeaders(method: string, accepted: string): Readonly<Record<string, string>> {
  return {
    accept: accepted,
    ...(method === 'POST' && { 'accept-post': accepted }),
    ...(method === 'PATCH' && { 'accept-patch': accepted }),
  }
}
