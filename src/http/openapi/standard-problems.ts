import { type ExceptionCode, exceptionCodes } from '../../errors/exception-codes.js'
import type { ActionModel } from '../action-model.js'
import type { ProblemDescription } from '../description/action-description.js'
import { takesBody } from '../pipeline/negotiate.js'

/** What every request may be answered, whatever it asks for. */
const always: readonly ExceptionCode[] = [
  'VALIDATION_ERROR',
  'MALFORMED_REQUEST',
  'MALFORMED_ADDRESS',
  'ADDRESS_TOO_LONG',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
]

const ofBodies: readonly ExceptionCode[] = [
  'MALFORMED_BODY',
  'BODY_TOO_DEEP',
  'FORBIDDEN_MEMBER',
  'REQUEST_ABORTED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
]

const ofCallers: readonly ExceptionCode[] = ['UNAUTHENTICATED', 'PERMISSION_DENIED']

const ofDatabases: readonly ExceptionCode[] = [
  'CONTEXT_MISSING',
  'DATABASE_BUSY',
  'DATABASE_UNAVAILABLE',
  'STATEMENT_TIMEOUT',
  'CONTENTION',
  'LOCK_TIMEOUT',
]

const ofServices: readonly ExceptionCode[] = ['FAILURE', 'NOT_FOUND', 'CONFLICT', 'EXTERNAL_SERVICE_ERROR']

/** Codes that no action has by itself; what brings them in says so. */
const elsewhere: readonly ExceptionCode[] = [
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'FILE_REFUSED',
  'PASSWORD_LENGTH',
  'PASSWORD_MALFORMED',
  'PASSWORDS_BUSY',
  'RATE_LIMITS_UNAVAILABLE',
]

/** What rules, verbs and the database may refuse of a write: every other code of a caller's mistake or a conflict. */
const ofWrites = (Object.keys(exceptionCodes) as ExceptionCode[]).filter((code) => {
  const [status] = exceptionCodes[code]
  const isOther = [always, ofBodies, ofCallers, ofDatabases, ofServices, elsewhere].some((codes) =>
    codes.includes(code),
  )
  return !isOther && [400, 403, 404, 409, 503].includes(status)
})

/** The problems that an action may answer because of what it is. */
export function standardProblems(action: ActionModel, authenticates: boolean): readonly ProblemDescription[] {
  const { permission, on, writes, entity, model } = action
  return [
    ...always,
    ...(permission.open && !authenticates ? [] : ofCallers.slice(0, 1)),
    ...(permission.open && !writes ? [] : ofCallers),
    ...(takesBody(action) ? ofBodies : []),
    ...(entity ? ofDatabases : []),
    ...(on === 'row' ? (['NOT_FOUND'] as const) : []),
    ...(writes || model?.service ? ofServices : []),
    ...(writes && entity ? ofWrites : []),
  ]
}

/** Codes by their statuses, both in order. */
export function problemsByStatus(problems: readonly ProblemDescription[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, Set<string>>()
  for (const problem of problems) {
    const { status, code } =
      typeof problem === 'string' ? { status: exceptionCodes[problem][0], code: problem } : problem
    found.set(status, (found.get(status) ?? new Set()).add(code))
  }
  return new Map(
    [...found].toSorted(([a], [b]) => a - b).map(([status, codes]) => [status, [...codes].toSorted()] as const),
  )
}
