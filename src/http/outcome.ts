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
