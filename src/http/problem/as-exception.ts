import { HttpError } from 'routing-controllers'
import { AppException } from '../../errors/app-exception.js'
import { RateLimitedError, UnauthenticatedError, ValidationError } from '../../errors/exceptions.js'
import { areComplaints, fieldErrorsOf, type Origin } from './field-errors.js'
import { retryHeaders } from './retry-headers.js'
import { StatusError } from './status-error.js'
import { UnexpectedError } from './unexpected-error.js'

/** Turns errors of one kind into exceptions, and leaves others alone. */
export type Translate = (error: unknown) => AppException | undefined

/** The exception that stands for whatever was thrown. What is not known to be meant for callers tells them nothing. */
export function asException(error: unknown, translate?: Translate): AppException {
  if (error instanceof AppException) return forCallers(error)
  const meant = translate?.(error) ?? ofValidation(error) ?? ofHttpError(error) ?? ofMiddleware(error)
  return meant ? forCallers(meant) : new UnexpectedError(error)
}

/** The exception with what it has for its callers in place of its message and details. */
function forCallers(exception: AppException): AppException {
  if (!exception.told) return exception
  const { told, statusCode, errorCode, errors, names = [] } = exception
  const { message = exception.message, details = {} } = told
  const headers = { ...retryHeaders(exception), ...exception.headers }
  const options = { errorCode, errors, details, headers, told, names, cause: exception }
  // The limits are known to callers by the headers of every answer.
  if (exception instanceof RateLimitedError && statusCode === RateLimitedError.statusCode) {
    return new RateLimitedError(message, { ...options, policies: exception.policies })
  }
  return new StatusError(statusCode, message, options)
}

function ofValidation(error: unknown): AppException | undefined {
  return areComplaints(error) ? invalid(fieldErrorsOf(error, 'body')) : undefined
}

function ofHttpError(error: unknown): AppException | undefined {
  if (!(error instanceof HttpError)) return undefined
  return ofParameter(error) ?? new StatusError(error.httpCode, messageOf(error), { cause: error })
}

// The messages of these repeat the address or the value that was sent, or are words for programmers.
const saysTooMuch =
  /^(AuthorizationRequired|AccessDenied|ParamRequired|AuthorizationCheckerNotDefined|CurrentUserCheckerNotDefined)Error$/

function messageOf({ name, httpCode, message }: HttpError): string {
  return httpCode >= 500 || saysTooMuch.test(name) ? '' : message
}

/** What routing-controllers itself complains about in parameters. */
function ofParameter(error: HttpError): AppException | undefined {
  const { errors, paramName } = error as HttpError & { errors?: unknown; paramName?: string }
  const [, type] = /^Invalid ([a-z-]+), check 'errors'/.exec(error.message) ?? []
  if (type && areComplaints(errors)) {
    const above = type === 'body-param' && paramName !== undefined ? [paramName] : []
    return invalid(fieldErrorsOf(errors, originOf(type), above))
  }
  if (error.name === 'AuthorizationRequiredError') return new UnauthenticatedError('Sign in first.')
  if (error.name === 'ParamNormalizationError' || error.name === 'ParameterParseJsonError') {
    const [, parameter = ''] = /^Given parameter (\S+) is invalid/.exec(error.message) ?? []
    return invalid([{ parameter, code: 'syntax', message: 'cannot be read' }])
  }
  return undefined
}

function originOf(type: string): Origin {
  if (type.startsWith('body')) return 'body'
  return type.startsWith('header') ? 'header' : 'parameter'
}

/** Errors of connect middlewares carry a status; one that is a caller's fault is kept, its message is not. */
function ofMiddleware(error: unknown): AppException | undefined {
  if (!(error instanceof Error)) return undefined
  const { status, statusCode = status } = error as { status?: unknown; statusCode?: unknown }
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined
  return new StatusError(statusCode, '', { cause: error })
}

function invalid(errors: AppException['errors']): ValidationError {
  const count = errors.length === 1 ? '1 value is' : `${errors.length} values are`
  return new ValidationError(`${count} not valid.`, { errors })
}
