import type { FieldError } from '../errors/app-exception.js'
import { ValidationError } from '../errors/exceptions.js'
import { pointerTo } from '../errors/json-pointer.js'

/** The most errors one answer lists. */
const errorLimit = 100

/** The exception for errors in a body. */
export function invalidBody(errors: readonly FieldError[]): ValidationError {
  const message =
    errors.length === 1 ? 'The body is invalid in one place.' : `The body is invalid in ${errors.length} places.`
  return new ValidationError(message, { errors: errors.slice(0, errorLimit) })
}

/** Whether a body is one JSON object. */
export function isObject(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

/** The complaint about a body that is no object. */
export function notAnObject(body: unknown): FieldError {
  return { pointer: '#', code: body === undefined ? 'required' : 'type', message: 'must be a JSON object' }
}

/** The complaint about a member nobody knows. */
export function unknownMember(name: string): FieldError {
  return { pointer: pointerTo(name), code: 'unknown_field', message: 'is not known here' }
}
