import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Traced } from '../helpers/trace-context.js'
import type { HeldPlace } from '../rate-limit/concurrency-limiter.js'
import type { ActionModel } from './action-model.js'
import type { Call, User } from './call.js'
import type { Preconditions } from './conditional/preconditions.js'
import type { RowTest } from './permission.js'
import type { Reply } from './reply.js'
import type { UploadedFile } from './uploads/uploaded-file.js'

/** A call in the course of being answered: what the steps of the pipeline read and fill in. */
export interface Exchange extends Call, Traced {
  readonly action: ActionModel
  /** For steps only; actions cannot reach it. */
  readonly request: IncomingMessage
  /** For steps only; actions cannot reach it. */
  readonly response: ServerResponse
  /** The raw query string, without the question mark. */
  readonly queryString: string
  /** Set when the exchange is made, and sent back as `X-Request-Id` with every answer. */
  id: string
  user: User | null
  query: unknown
  body: unknown
  files: unknown
  /** The files that came so far; those that are not stored are removed with the exchange. */
  received?: readonly UploadedFile[]
  /** What the permission still has to see of the row; set by `permit`, asked by `permitRow`. */
  rowTest?: RowTest<never>
  /** Whether the row was found under what the permission asks of it. */
  rowAllowed?: boolean
  row?: unknown
  /** What rows have in common because of the row above that the route names; set before rows are looked for. */
  parent?: Readonly<Record<string, unknown>>
  /** On which conditions the request is made; set by `precondition`, met when the action runs or its answer is sent. */
  preconditions?: Preconditions
  /** What makes repetitions of the request one request; set before the body is read. */
  idempotencyKey?: string
  /** The bytes of the body, decompressed; kept where they make a fingerprint. */
  bodyBytes?: Uint8Array
  /** What counts against limits of concurrency until the request is over. */
  places?: readonly HeldPlace[]
  /** What the action returned. */
  outcome?: unknown
  /** The answer; a step that sets it ends the pipeline early. */
  reply?: Reply
}
