import type { FieldError } from '../../errors/app-exception.js'
import { MalformedRequestError } from '../../errors/request-exceptions.js'

/** Whether callers may, must or cannot make an action idempotent by an `Idempotency-Key`. */
export type IdempotencyMode = 'off' | 'optional' | 'required'

/** The name of the header, as problems name it. */
export const idempotencyHeader = 'Idempotency-Key'

const longest = 255
const string = /^ *"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)" *$/
const token = /^ *([\w*!#$%&'+.^`|~:/=-]+) *$/

/**
 * The text of a string of RFC 9651; a token without quotes is taken as well.
 * @returns undefined where it is malformed, empty or has more than 255 characters.
 */
export function parseIdempotencyKey(header: string): string | undefined {
  // Each escape is two characters; nothing longer can be a key.
  if (header.length > 2 * longest + 64) return undefined
  const key = string.exec(header)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? token.exec(header)?.[1]
  return key === undefined || key === '' || key.length > longest ? undefined : key
}

/**
 * The key of a request; undefined where it has none and needs none.
 * @throws {MalformedRequestError} `IDEMPOTENCY_KEY_REQUIRED`, or `MALFORMED_HEADER`.
 */
export function readIdempotencyKey(header: string | undefined, mode: IdempotencyMode): string | undefined {
  if (header === undefined) {
    if (mode === 'required') throw refusal({ errorCode: 'IDEMPOTENCY_KEY_REQUIRED' }, 'required', 'is required')
    return undefined
  }
  const key = parseIdempotencyKey(header)
  if (key !== undefined) return key
  throw refusal({ errorCode: 'MALFORMED_HEADER' }, 'syntax', `must be a string in quotes of 1 to ${longest} characters`)
}

function refusal(options: { readonly errorCode: string }, code: string, message: string): MalformedRequestError {
  const errors: readonly FieldError[] = [{ header: idempotencyHeader, code, message }]
  return new MalformedRequestError(`The header ${idempotencyHeader} ${message}.`, { ...options, errors })
}
