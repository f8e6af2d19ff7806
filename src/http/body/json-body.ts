import type { IncomingMessage } from 'node:http'
import { ValidationError } from '../../errors/exceptions.js'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { RequestLimits } from '../limits.js'
import { requireJson, type TypedRequest } from './media-type.js'
import { parseJson } from './parse-json.js'
import { announcesBody, readBytes } from './read-bytes.js'

/** What of an exchange is needed to read its body. */
export interface BodySource extends TypedRequest {
  readonly request: IncomingMessage
}

/**
 * The JSON value that was sent, or undefined where the request has no body.
 * @param keep is given the bytes, decompressed.
 * @throws {UnsupportedMediaTypeError} (415) for a body of another type or encoding.
 * @throws {PayloadTooLargeError} (413) for a body over the limit.
 * @throws {MalformedRequestError} (400) for what is no JSON, too deep, or dangerous.
 */
export async function readJsonBody(
  source: BodySource,
  limits: RequestLimits,
  keep?: (bytes: Uint8Array) => void,
): Promise<unknown> {
  return jsonBodyOf(source, limits, keep)
}

/** The same, without a promise where there is no body, and refused at once where that is known at once. */
export function jsonBodyOf(
  source: BodySource,
  limits: RequestLimits,
  keep?: (bytes: Uint8Array) => void,
): Awaitable<unknown> {
  const { request } = source
  if (!announcesBody(request)) return undefined
  requireJson(source)
  return readBytes(request, limits.body).then((bytes) => {
    keep?.(bytes)
    return bytes.length === 0 ? undefined : parseJson(bytes, limits.depth)
  })
}

/**
 * The body, where it is one JSON object.
 * @throws {ValidationError} for an array, a scalar, or no body at all.
 */
export function requireObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw bodyError(body === undefined ? 'required' : 'object', 'must be a JSON object')
}

/** A complaint about a body as a whole. */
export function bodyError(code: string, message: string): ValidationError {
  return new ValidationError(`The body ${message}.`, { errors: [{ pointer: '#', code, message }] })
}
