import type { ActionModel } from '../action-model.js'
import { parseEntityTag } from '../conditional/entity-tag.js'
import { isUnchanged } from '../conditional/evaluate.js'
import { parseHttpDate } from '../conditional/http-date.js'
import { minimalHeaders, prefersMinimal } from '../conditional/prefer.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { joinedHeaders, jsonHeaders, Reply, type ReplyHeaders } from '../reply.js'
import type { Run } from '../step.js'

type Finishing = Pick<PipelineHost, 'authenticate'>

/** Who may keep what an action answers, where its answer does not say so itself. */
export function keepingHeaders({ method }: ActionModel, { authenticate }: Finishing): ReplyHeaders {
  if (method !== 'get') return {}
  return authenticate
    ? { 'cache-control': 'private, no-cache', vary: 'Authorization, Cookie' }
    : { 'cache-control': 'no-cache' }
}

/** Completes the answer of an action: who may keep it, and less of it where the caller needs no more. */
export function finish(action: ActionModel, host: Finishing): Run | undefined {
  if (action.method !== 'get') return action.input ? asPreferred : undefined
  const keeping = keepingHeaders(action, host)
  const names = Object.keys(keeping)
  const ofJson: ReplyHeaders = Object.freeze({ ...keeping, ...jsonHeaders })
  const completed = (headers: ReplyHeaders): ReplyHeaders => {
    if (headers === jsonHeaders) return ofJson
    return names.every((name) => Object.hasOwn(headers, name)) ? headers : joinedHeaders(keeping, headers)
  }
  return (exchange) => {
    const { reply } = exchange
    if (!reply || reply.status >= 300) return
    const headers = completed(reply.headers)
    const whole = headers === reply.headers ? reply : new Reply(reply.status, reply.body, headers)
    exchange.reply = asAsked(exchange, whole)
  }
}

/** What a 304 repeats of the headers it stands for (RFC 9110 section 15.4.5). */
const repeated = ['cache-control', 'content-location', 'etag', 'expires', 'vary']

/** The representation, or that the caller has it already. */
function asAsked({ preconditions }: Exchange, reply: Reply): Reply {
  if (!preconditions || reply.status !== 200) return reply
  const { etag, 'last-modified': modified } = reply.headers
  const tag = typeof etag === 'string' ? parseEntityTag(etag) : undefined
  const instant = typeof modified === 'string' ? parseHttpDate(modified, new Date()) : undefined
  const current = { tag, lastModified: instant === undefined ? undefined : new Date(instant) }
  if (!isUnchanged(preconditions, current)) return reply
  const names = tag ? repeated : [...repeated, 'last-modified']
  return Reply.empty(304, Object.fromEntries(Object.entries(reply.headers).filter(([name]) => names.includes(name))))
}

/** Leaves the representation of what was written out where the caller prefers that (RFC 7240 section 4.2). */
const asPreferred: Run = (exchange) => {
  const { reply } = exchange
  if (!reply || (reply.status !== 200 && reply.status !== 201) || !prefersMinimal(exchange.header('prefer'))) return
  const { 'content-type': _, ...headers } = reply.headers
  exchange.reply = Reply.empty(reply.status === 201 ? 201 : 204, { ...headers, ...minimalHeaders })
}
