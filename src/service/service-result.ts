import { AppException, type FieldError } from '../errors/app-exception.js'
import { FailureError } from '../errors/exceptions.js'
import type { Failure } from '../errors/failure.js'
import { UsageError } from '../errors/usage-error.js'

/** What went right. Frozen; its JSON is `{ success, data }`. */
class Success<out T> {
  readonly success = true
  readonly data: T

  constructor(data: T) {
    this.data = data
    Object.freeze(this)
  }

  /** The data. */
  unwrap(): T {
    return this.data
  }
}

/** What a failure tells besides its message and code. */
export interface FailureOptions {
  /** What was refused, part by part. */
  readonly errors?: readonly FieldError[]
  /** The properties that the message, or one of an error, mentions: see `AppException`. They are not in the JSON. */
  readonly names?: readonly string[]
  /** What led to it. Kept for logs and for `unwrap()`; it is not in the JSON. */
  readonly cause?: unknown
}

/** What went wrong, as a value. Frozen; its JSON is `{ success, error, errorCode, errors? }`. */
class ServiceFailure implements Failure {
  readonly success = false
  readonly error: string
  readonly errorCode: string
  declare readonly errors?: readonly FieldError[]
  readonly #names: readonly string[]
  readonly #cause: unknown

  constructor(error: string, errorCode: string, { errors, names = [], cause }: FailureOptions) {
    this.error = error
    this.errorCode = errorCode
    if (errors && errors.length > 0) this.errors = Object.freeze([...errors])
    this.#names = Object.freeze([...names])
    this.#cause = cause
    Object.freeze(this)
  }

  /** The properties that it mentions as they are declared. */
  get names(): readonly string[] {
    return this.#names
  }

  /** What led to it, when that is known. */
  get cause(): unknown {
    return this.#cause
  }

  /** @throws {AppException} the cause when it is one; otherwise one with this message, code, these errors and names. */
  unwrap(): never {
    if (this.#cause instanceof AppException) throw this.#cause
    const { error, errorCode, errors = [], names } = this
    throw new FailureError(error, { errorCode, errors, names, cause: this.#cause })
  }
}

export type { ServiceFailure, Success }

/**
 * What a service answers: data, or a failure with a message and a stable code. Look at `success` before reading `data`,
 * or call `unwrap()`.
 */
export type ServiceResult<T> = Success<T> | ServiceFailure

function success(): Success<undefined>
function success<T>(data: T): Success<T>
function success(data?: unknown): Success<unknown> {
  return new Success(data)
}

function failure(error: string, errorCode = 'FAILURE', options: FailureOptions = {}): ServiceFailure {
  if (error === '') throw new UsageError('E_FAILURE', 'A failure needs a message: say what went wrong.')
  if (errorCode === '')
    throw new UsageError('E_FAILURE', `The failure "${error}" needs a code, or none at all for "FAILURE".`)
  return new ServiceFailure(error, errorCode, options)
}

function from(exception: unknown): ServiceFailure {
  if (!(exception instanceof AppException)) throw exception
  const { message, errorCode, errors, names = [] } = exception
  return failure(message || errorCode, errorCode, { errors, names, cause: exception })
}

/** Makes results. */
export const ServiceResult = Object.freeze({
  /** A success with data; without an argument, one with nothing to say. */
  success,
  /**
   * A failure: what went wrong for people, a stable code for programs (`FAILURE` unless told).
   * @throws {UsageError} when either is empty.
   */
  failure,
  /**
   * The failure an exception stands for.
   * @throws the exception itself when it is not an AppException: nobody has decided what callers may know of it.
   */
  from,
})
