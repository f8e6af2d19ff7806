import type { FieldError } from '../../errors/app-exception.js'
import { ValidationError } from '../../errors/exceptions.js'
import { shortName } from '../../errors/json-pointer.js'
import { AddressTooLongError } from '../../errors/request-exceptions.js'

/** The longest query string that is read, in characters; a query string is ASCII. */
const queryLimit = 8192

/** The parameters of a query string, in order; of one that is given several times, all its values. */
export type QueryParameters = ReadonlyMap<string, string | readonly string[]>

const none: QueryParameters = new Map()

/**
 * Parses a raw query string (application/x-www-form-urlencoded; names are never taken apart).
 * @throws {AddressTooLongError} beyond 8 KiB.
 * @throws {ValidationError} for a NUL or malformed percent-encoding: all of them at once.
 */
export function parseQueryString(text: string): QueryParameters {
  if (text === '') return none
  if (text.length > queryLimit) throw new AddressTooLongError(`The query has more than ${queryLimit} characters.`)
  const parameters = new Map<string, string | string[]>()
  const errors: FieldError[] = []
  for (const part of text.split('&')) {
    if (part === '') continue
    const [name, value] = pairOf(part)
    const problem = problemOf(name, value)
    if (problem) errors.push({ parameter: shortName(name ?? part), ...problem })
    else add(parameters, name!, value!)
  }
  if (errors.length > 0) throw invalidQuery(errors)
  return parameters
}

/** The exception for errors in a query: at most 100 of them. */
export function invalidQuery(errors: readonly FieldError[]): ValidationError {
  const message =
    errors.length === 1 ? 'A query parameter is invalid.' : `${errors.length} query parameters are invalid.`
  return new ValidationError(message, { errors: errors.slice(0, 100) })
}

type Problem = Omit<FieldError, 'parameter'>

/** What is given once stays a text, because nearly everything is. */
function add(parameters: Map<string, string | string[]>, name: string, value: string): void {
  const before = parameters.get(name)
  if (before === undefined) parameters.set(name, value)
  else if (typeof before === 'string') parameters.set(name, [before, value])
  else before.push(value)
}

function problemOf(name: string | undefined, value: string | undefined): Problem | undefined {
  if (name === undefined || value === undefined) return { code: 'encoding', message: 'is not percent-encoded UTF-8' }
  return `${name}${value}`.includes('\0') ? { code: 'nul', message: 'must not contain the character NUL' } : undefined
}

function pairOf(part: string): readonly [name: string | undefined, value: string | undefined] {
  const equals = part.indexOf('=')
  return equals === -1 ? [decoded(part), ''] : [decoded(part.slice(0, equals)), decoded(part.slice(equals + 1))]
}

const encoded = /[%+]/

function decoded(text: string): string | undefined {
  if (!encoded.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
