import type { FieldError } from '../errors/app-exception.js'
import { ValidationError } from '../errors/exceptions.js'
import { namesOf, pointerTo, renamedPointer } from '../errors/json-pointer.js'
import type { Naming } from '../helpers/naming.js'

/** The most errors one answer lists. */
export const errorLimit = 100

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

/** Errors of a part, as the whole has them. */
export function below(pointer: string, errors: readonly FieldError[]): readonly FieldError[] {
  return errors.map((error) => ({ ...error, pointer: `${pointer}${(error.pointer ?? '#').slice(1)}` }))
}

/** The complaint about a member nobody knows. */
export function unknownMember(name: string): FieldError {
  return { pointer: pointerTo(name), code: 'unknown_field', message: 'is not known here' }
}

/** Errors whose pointers begin with the name of a property, as callers know it, and so does what is said of the property itself. */
export function firstNamed(errors: readonly FieldError[], naming: Naming): readonly FieldError[] {
  const { style, outside } = naming
  if (style === 'asDeclared') return errors
  return errors.map((error) =>
    error.pointer === undefined
      ? error
      : {
          ...error,
          message: naming.sentence(error.message, propertiesOf(error.pointer)),
          pointer: renamedPointer(error.pointer, (names) => names.map((name, at) => (at === 0 ? outside(name) : name))),
        },
  )
}

/** The property that an error is about; what is inside of one is called as it is. */
function propertiesOf(pointer: string): readonly string[] {
  const names = namesOf(pointer.slice(1))
  return names.length === 1 ? names : []
}
