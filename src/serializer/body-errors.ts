import type { FieldError } from '../errors/app-exception.js'
import { ValidationError } from '../errors/exceptions.js'
import { pointerTo, renamedPointer } from '../errors/json-pointer.js'
import type { Naming } from '../helpers/naming.js'

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

/** Errors whose pointers begin with the name of a property, as callers know it. */
export function firstNamed(errors: readonly FieldError[], { style, outside }: Naming): readonly FieldError[] {
  if (style === 'asDeclared') return errors
  return errors.map((error) =>
    error.pointer === undefined
      ? error
      : {
          ...error,
          pointer: renamedPointer(error.pointer, (names) => names.map((name, at) => (at === 0 ? outside(name) : name))),
        },
  )
}
