import { MalformedRequestError } from '../../errors/request-exceptions.js'
import type { Call } from '../call.js'
import { type EntityTags, parseEntityTags } from './entity-tag.js'
import { parseHttpDate } from './http-date.js'

/** On which conditions a request is made (RFC 9110 section 13). */
export interface Preconditions {
  readonly ifMatch?: EntityTags
  readonly ifNoneMatch?: EntityTags
  /** In milliseconds since 1970. */
  readonly ifUnmodifiedSince?: number
  readonly ifModifiedSince?: number
}

/** The headers that say so. */
export type PreconditionHeader = 'If-Match' | 'If-None-Match' | 'If-Unmodified-Since' | 'If-Modified-Since'

/**
 * The conditions of a request; undefined where it has none. A date stands back where there is a tag, which is more exact.
 * @throws {MalformedRequestError} for what would leave a write without the protection it asks for, or a read without
 * an answer. A malformed `If-Modified-Since` is ignored: it protects nothing.
 */
export function readPreconditions(call: Pick<Call, 'header'>, at?: Date): Preconditions | undefined {
  const match = call.header('if-match')
  const noneMatch = call.header('if-none-match')
  const unmodified = call.header('if-unmodified-since')
  const modified = call.header('if-modified-since')
  if (match === undefined && noneMatch === undefined && unmodified === undefined && modified === undefined) {
    return undefined
  }
  const now = at ?? new Date()
  const since = modified === undefined ? undefined : parseHttpDate(modified, now)
  return {
    ...(match !== undefined && { ifMatch: parseEntityTags(match) ?? refuse('If-Match') }),
    ...(noneMatch !== undefined && { ifNoneMatch: parseEntityTags(noneMatch) ?? refuse('If-None-Match') }),
    ...(unmodified !== undefined && {
      ifUnmodifiedSince: parseHttpDate(unmodified, now) ?? refuse('If-Unmodified-Since'),
    }),
    ...(since !== undefined && { ifModifiedSince: since }),
  }
}

function refuse(header: PreconditionHeader): never {
  const expected = header.endsWith('Since')
    ? 'must be a date of HTTP'
    : 'must be `*` or a list of entity tags in quotes'
  throw new MalformedRequestError(`The header ${header} is not well-formed.`, {
    errorCode: 'MALFORMED_HEADER',
    errors: [{ header, code: 'syntax', message: expected }],
  })
}
