import { AppException, type AppExceptionOptions } from './app-exception.js'

/** The input is not valid (400). */
export class ValidationError extends AppException {
  static override readonly statusCode: number = 400
  static override readonly errorCode: string = 'VALIDATION_ERROR'
}

/** Nobody is signed in, and somebody must be (401). */
export class UnauthenticatedError extends AppException {
  static override readonly statusCode: number = 401
  static override readonly errorCode: string = 'UNAUTHENTICATED'
}

/** The caller may not do this (403). */
export class PermissionDeniedError extends AppException {
  static override readonly statusCode: number = 403
  static override readonly errorCode: string = 'PERMISSION_DENIED'
}

/** There is no such thing, or the caller may not know of it (404). */
export class NotFoundError extends AppException {
  static override readonly statusCode: number = 404
  static override readonly errorCode: string = 'NOT_FOUND'
}

/** What was asked contradicts the present state, e.g. a duplicate or a stale version (409). */
export class ConflictError extends AppException {
  static override readonly statusCode: number = 409
  static override readonly errorCode: string = 'CONFLICT'
}

/** What a `RateLimitedError` tells besides. */
export interface RateLimitedErrorOptions extends AppExceptionOptions {
  /** The names of the limits that were exceeded, as `RateLimit-Policy` has them. */
  readonly policies?: readonly string[]
}

/** The caller has done this too often, and may again after a while (429). */
export class RateLimitedError extends AppException {
  static override readonly statusCode: number = 429
  static override readonly errorCode: string = 'RATE_LIMITED'

  readonly policies: readonly string[]

  constructor(message: string, { policies = [], ...options }: RateLimitedErrorOptions = {}) {
    super(message, options)
    this.policies = policies
  }
}

/** A service the application depends on failed (502). */
export class ExternalServiceError extends AppException {
  static override readonly statusCode: number = 502
  static override readonly errorCode: string = 'EXTERNAL_SERVICE_ERROR'
}

/** The application cannot answer now; the same request may succeed later (503). */
export class ServiceUnavailableError extends AppException {
  static override readonly statusCode: number = 503
  static override readonly errorCode: string = 'SERVICE_UNAVAILABLE'
}

/** A service refused, for the reason its code names: 400, unless viewsets, traits or the application say otherwise of its code. */
export class FailureError extends AppException {
  static override readonly statusCode: number = 400
  static override readonly errorCode: string = 'FAILURE'
}
