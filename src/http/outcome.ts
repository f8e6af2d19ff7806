import type { EntityRow } from '../orm/entity-row.js'
import { Selection } from '../orm/selection.js'
import type { ServiceResult } from '../service/service-result.js'
import type { Reply } from './reply.js'

/** A row or rows for the serializer, as they are, lazily, or as the result of a service. */
type RowOutcome<E> = [unknown] extends [E]
  ? never
  : E extends EntityRow
    ? E | readonly E[] | Selection<E> | ServiceResult<E>
    : never

/**
 * What an action returns: a row or rows of the viewset's entity, a selection of them, the result of a service, nothing,
 * or a finished reply.
 */
export type Outcome<E> = RowOutcome<E> | ServiceResult<undefined> | Reply | undefined | void

/** Whether an outcome is a lazy query. */
export function isSelection(outcome: unknown): outcome is Selection<EntityRow> {
  return outcome instanceof Selection
}

/** Whether an outcome is the success of a service. */
export function isSuccess(outcome: unknown): outcome is { readonly success: true; readonly data: unknown } {
  return (outcome as { readonly success?: unknown }).success === true && 'data' in (outcome as object)
}
