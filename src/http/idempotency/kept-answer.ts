import type { AppException, FieldError } from '../../errors/app-exception.js'
import { StatusError } from '../problem/status-error.js'
import { Reply, type ReplyHeaders } from '../reply.js'

const replayed = { 'idempotency-replayed': 'true' }

/** Headers that are sent again; others belong to one answer alone, as cookies do. */
const kept = [
  'cache-control',
  'content-language',
  'content-location',
  'content-type',
  'etag',
  'last-modified',
  'link',
  'location',
  'preference-applied',
  'vary',
]

/** The statuses of problems that are given again. */
export const keptRefusals: readonly number[] = [400, 404, 409, 410, 422]

/** Whether an answer is given again to whoever repeats the request; after any other the request may be tried anew. */
export function isKept(status: number): boolean {
  return (status >= 200 && status < 300) || keptRefusals.includes(status)
}

interface KeptReply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly text?: string
  readonly base64?: string
}

interface KeptProblem {
  readonly problem: {
    readonly status: number
    readonly message: string
    readonly errorCode: string
    readonly errors: readonly FieldError[]
    readonly details: Readonly<Record<string, unknown>>
    readonly headers: Readonly<Record<string, string>>
    /** Left out of what was kept by earlier versions. */
    readonly names?: readonly string[]
  }
}

/** A reply as text to be kept. */
export function keptReply({ status, headers, body }: Reply): string {
  const again = Object.entries(headers).filter(([name]) => kept.includes(name.toLowerCase()))
  const answer: KeptReply = {
    status,
    headers: Object.fromEntries(again),
    ...(typeof body === 'string' && { text: body }),
    ...(typeof body === 'object' && { base64: Buffer.from(body).toString('base64') }),
  }
  return JSON.stringify(answer)
}

/** A problem as text to be kept: what it says, not the document, which names the request. */
export function keptProblem(exception: AppException): string {
  const { statusCode: status, message, errorCode, errors, details, headers, names = [] } = exception
  const answer: KeptProblem = { problem: { status, message, errorCode, errors, details, headers, names } }
  return JSON.stringify(answer)
}

/**
 * The reply that was kept.
 * @throws {AppException} the problem that was kept.
 */
export function replyAgain(text: string): Reply {
  const answer = JSON.parse(text) as KeptReply | KeptProblem
  if ('problem' in answer) {
    const { status, message, headers, ...rest } = answer.problem
    throw new StatusError(status, message, { ...rest, headers: { ...headers, ...replayed } })
  }
  const body = answer.base64 === undefined ? answer.text : Buffer.from(answer.base64, 'base64')
  return new Reply(answer.status, body, { ...answer.headers, ...replayed })
}
