import type { AppException, FieldError } from '../../errors/app-exception.js'
import { RateLimitedError } from '../../errors/exceptions.js'
import { asDeclared, type Naming } from '../../helpers/naming.js'
import { Reply, type ReplyHeaders } from '../reply.js'
import { namedDetails } from './named-details.js'
import { originOf } from './origin.js'
import { typeOf } from './problem-type.js'
import { retryHeaders } from './retry-headers.js'

/** A problem document (RFC 9457). It has these members and no others. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  /** What went wrong this time; of 500 and above, where the exception has `told`. */
  readonly detail?: string
  /** The path of the request, without its query; absent where the request could not even be read. */
  readonly instance?: string
  readonly requestId: string
  /** What was refused, part by part; at most 100 of them. */
  readonly errors?: readonly FieldError[]
  /** The names of the limits that were exceeded, of `RATE_LIMITED` alone. */
  readonly 'violated-policies'?: readonly string[]
  /** More facts the application tells of this kind of problem. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Where in the program it went wrong, with `exposeErrors` alone. */
  readonly stack?: string
}

/** When and where a problem occurred. */
export interface Occurrence {
  readonly instance?: string
  readonly requestId: string
}

/** How an application writes its problems. */
export interface ProblemStyle {
  /** Goes before the code in lower case to make the `type` of what has no registered one: `urn:problem:` unless told. */
  readonly typeBase: string
  /** The `WWW-Authenticate` of a 401: `Bearer` unless told. */
  readonly challenge: string
  /** The status of `VALIDATION_ERROR`: 400 unless told. */
  readonly validationStatus: 400 | 422
  /** Whether problems of 500 and above have the `stack` of their cause; never where `NODE_ENV` is `production`. */
  readonly exposeErrors: boolean
}

/** `urn:problem:…`, `Bearer`, 400, and no stacks. */
export const defaultProblemStyle: ProblemStyle = Object.freeze({
  typeBase: 'urn:problem:',
  challenge: 'Bearer',
  validationStatus: 400,
  exposeErrors: false,
})

/** What every problem document is sent with. */
export const problemHeaders: ReplyHeaders = Object.freeze({
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
})

const mostErrors = 100

/** What the application has to answer for it tells its log: words for those who look after it may hold anything. */
const untold: Pick<AppException, 'message' | 'errors' | 'details'> = { message: '', errors: [], details: {} }

/** The problem document of an exception. */
export function problemOf(
  exception: AppException,
  { instance, requestId }: Occurrence,
  style: ProblemStyle,
  naming = asDeclared,
): Problem {
  const { errorCode, names = [] } = exception
  const status = statusOf(exception, style)
  const { message, errors, details } = status >= 500 && !exception.told ? untold : exception
  const stack = status >= 500 && exposesErrors(style) ? stackOf(exception) : undefined
  return {
    type: typeOf(errorCode, style.typeBase),
    title: titleOf(errorCode),
    status,
    code: errorCode,
    ...(message !== '' && { detail: naming.sentence(message, names) }),
    ...(instance !== undefined && { instance }),
    requestId,
    ...(errors.length > 0 && { errors: errors.slice(0, mostErrors).map((error) => told(error, names, naming)) }),
    ...(exception instanceof RateLimitedError &&
      exception.policies.length > 0 && { 'violated-policies': exception.policies }),
    ...(Object.keys(details).length > 0 && { details: namedDetails(errorCode, details, naming) }),
    ...(stack !== undefined && { stack }),
  }
}

/** Whether problems tell where in the program they arose. */
export function exposesErrors({ exposeErrors }: ProblemStyle): boolean {
  return exposeErrors && process.env['NODE_ENV'] !== 'production'
}

function stackOf(exception: AppException): string | undefined {
  const origin = originOf(exception)
  const { stack, cause } = origin instanceof Error ? origin : exception
  return cause instanceof Error ? `${stack}\nCaused by: ${cause.stack}` : stack
}

/** The answer that tells a caller of an exception: never stored, and with the headers its status requires. */
export function problemReply(
  exception: AppException,
  occurrence: Occurrence,
  style: ProblemStyle,
  naming = asDeclared,
): Reply {
  const status = statusOf(exception, style)
  return new Reply(status, textOf(problemOf(exception, occurrence, style, naming), naming), {
    ...problemHeaders,
    ...(status === 401 && { 'www-authenticate': style.challenge }),
    ...retryHeaders(exception),
    ...exception.headers,
  })
}

function statusOf({ statusCode, errorCode }: AppException, { validationStatus }: ProblemStyle): number {
  if (errorCode === 'VALIDATION_ERROR' && statusCode === 400) return validationStatus
  return Number.isInteger(statusCode) && statusCode >= 400 && statusCode <= 599 ? statusCode : 500
}

function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function told(error: FieldError, names: readonly string[], naming: Naming): FieldError {
  const { pointer, parameter, header, code, message, params } = error
  return {
    ...(pointer !== undefined && { pointer }),
    ...(parameter !== undefined && { parameter }),
    ...(header !== undefined && { header }),
    code,
    message: naming.sentence(message, names),
    ...(params !== undefined && { params: naming.members(params) }),
  }
}

function textOf(problem: Problem, { members }: Naming): string {
  try {
    return JSON.stringify(members({ ...problem }))
  } catch {
    // Only the free parts can hold what JSON cannot.
    const { details: _, errors = [], ...rest } = problem
    return JSON.stringify(members({ ...rest, errors: errors.map(({ params: _params, ...error }) => error) }))
  }
}
