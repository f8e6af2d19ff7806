import type { FieldError } from './app-exception.js'

/** A failure that is returned rather than thrown. Inside a unit of work it rolls back like a thrown one. */
export interface Failure {
  readonly success: false
  readonly error: string
  readonly errorCode: string
  readonly errors?: readonly FieldError[]
  readonly names?: readonly string[]
}

/** Whether a returned value is a failure. */
export function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Partial<Failure>).success === false &&
    typeof (value as Partial<Failure>).errorCode === 'string'
  )
}
