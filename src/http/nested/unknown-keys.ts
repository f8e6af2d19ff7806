import type { FieldError } from '../../errors/app-exception.js'
import type { ValidationError } from '../../errors/exceptions.js'
import { invalidBody } from '../../serializer/body-errors.js'

const raised = new WeakSet<object>()

/** The exception for keys in a body that are of no row. Which of the others are wrong is asked where it is caught. */
export function unknownKeys(errors: readonly FieldError[]): ValidationError {
  const error = invalidBody(errors)
  raised.add(error)
  return error
}

/** Whether an error says that keys in a body are of no row. */
export function isUnknownKeys(error: unknown): boolean {
  return typeof error === 'object' && error !== null && raised.has(error)
}
