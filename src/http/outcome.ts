import type { ServiceResult } from '../service/service-result.js'
import type { Selection } from './data.js'
import type { Reply } from './reply.js'

/**
 * What an action of an entity returns: a row or rows for the serializer, a selection of rows, the result of a service,
 * nothing, or a finished reply.
 */
export type Outcome<E> =
  | E
  | readonly E[]
  | Selection<E>
  | ServiceResult<E>
  | ServiceResult<undefined>
  | Reply
  | undefined
  | void

/** Whether an outcome is a lazy query. */
export function isSelection(outcome: unknown): outcome is Selection<object> {
  const candidate = outcome as Partial<Selection<object>> | null | undefined
  return typeof candidate === 'object' && typeof candidate?.slice === 'function' && typeof candidate.rows === 'function'
}

/** Whether an outcome is the success of a service. */
export function isSuccess(outcome: unknown): outcome is { readonly success: true; readonly data: unknown } {
  return (outcome as { readonly success?: unknown }).success === true && 'data' in (outcome as object)
}
