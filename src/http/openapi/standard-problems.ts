import { type ExceptionCode, exceptionCodes } from '../../errors/exception-codes.js'
import type { ActionModel } from '../action-model.js'
import type { DescribedScene, ProblemDescription } from '../description/action-description.js'
import type { PipelineHost } from '../host.js'
import { answersJson, takesBody } from '../pipeline/negotiate.js'
import { fieldRefusals, scopeRefusals } from './declared-refusals.js'
import { modelsAround, refusalsOf } from './trait-refusals.js'

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

/** What the rules of every entity and the database may refuse of a write. */
const ofWrites: readonly ExceptionCode[] = [
  'INVALID_ID',
  'MANAGED',
  'IMMUTABLE',
  'REFERENCE_HIDDEN',
  'DUPLICATE',
  'DUPLICATE_ID',
  'REFERENCED',
  'RESTRICTED',
  'STALE',
  'NOT_DELETED',
  'PARENT_DELETED',
  'OUTCOME_UNKNOWN',
]

/** What calls are refused that only the code of an application makes. */
const ofOwnCode: readonly ExceptionCode[] = [
  'INVALID_PATH',
  'INVALID_PATCH',
  'INVALID_INCREMENT',
  'INVALID_OPERAND',
  'INVALID_INSTANT',
  'INVALID_CRITERIA',
  'IDENTITY_MISSING',
  'NO_IDS',
  'NOT_AN_OBJECT',
  'NOT_A_NUMBER',
]

/** The problems that an action may answer because of what it is. */
export function standardProblems(
  scene: DescribedScene,
  { authenticate, dataSource, overload }: Pick<PipelineHost, 'authenticate' | 'dataSource' | 'overload'>,
): readonly ProblemDescription[] {
  const { permission, on, writes, entity, model } = scene.action
  const own = isOwn(scene.action) || model?.service !== undefined
  const refused = () => {
    if (!dataSource || !entity) return []
    // An action of one's own may write rows of any entity.
    const models = own ? dataSource.registry.models : modelsAround(dataSource, entity)
    return [...refusalsOf(models), ...scopeRefusals(scene.action, models)]
  }
  return [
    ...always,
    ...(overload ? (['OVERLOADED'] as const) : []),
    ...(permission.open && !authenticate ? [] : ofCallers.slice(0, 1)),
    ...(permission.open && !writes ? [] : ofCallers),
    ...(takesBody(scene.action) ? ofBodies : []),
    ...(answersJson(scene.action, scene.model) ? (['NOT_ACCEPTABLE'] as const) : []),
    ...(entity ? ofDatabases : []),
    ...(on === 'row' || scene.model?.parent ? (['NOT_FOUND'] as const) : []),
    ...(scene.model?.parent?.permission ? ofCallers : []),
    ...(writes || model?.service ? ofServices : []),
    ...(writes && entity ? [...ofWrites, ...(own ? ofOwnCode : []), ...refused()] : []),
    ...(writes && takesFields(scene.action) ? fieldRefusals(scene) : []),
  ]
}

/** Whether an action may write fields of a body; what writes many rows says of itself whether it does. */
const takesFields = (action: ActionModel): boolean => action.input !== undefined || isOwn(action)

/** Whether the code of an application says what an action does, rather than what it is declared as. */
function isOwn({ input, verb, contract, name, method }: ActionModel): boolean {
  const removes = method === 'delete' && name === 'destroy'
  return input === undefined && verb === undefined && contract === undefined && !removes
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
