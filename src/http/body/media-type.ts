import { UnsupportedMediaTypeError } from '../../errors/request-exceptions.js'

const formType = 'multipart/form-data'
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

/**
 * Refuses a body that is no form with files, or that is compressed.
 * @throws {UnsupportedMediaTypeError} with `Accept-Post` and `Accept`.
 */
export function requireForm(request: TypedRequest): void {
  const [type = ''] = (request.header('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== formType) {
    throw new UnsupportedMediaTypeError(`The body must be sent as ${formType}.`, {
      headers: acceptHeaders(request.method, formType),
    })
  }
  if ((request.header('content-encoding')?.trim().toLowerCase() ?? 'identity') !== 'identity') {
    throw new UnsupportedMediaTypeError('A form with files must be sent plain, not compressed.', {
      headers: { 'accept-encoding': 'identity' },
    })
  }
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
