import { createHash } from 'node:crypto'
import { Reply, type ReplyHeaders } from '../reply.js'

/** What an answer may say of itself and still be the same for the next who asks. */
const kept: readonly string[] = [
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'etag',
  'last-modified',
  'link',
  'vary',
  'x-content-type-options',
]

/** Said of one answer, and said anew of the next. */
const passing = /^(?:age|date|x-request-id|(?:x-)?ratelimit(?:-.*)?|server-timing)$/

/** An answer that is known by a tag, so that whoever has it need not be sent it again. */
export function tagged(reply: Reply): Reply {
  if (reply.headers['etag'] !== undefined || reply.body === undefined) return reply
  const digest = createHash('sha256').update(reply.body).digest('base64url').slice(0, 22)
  return reply.withHeaders({ etag: `"${digest}"` })
}

/** A whole answer as a text; undefined where it is not to be kept. */
export function writeCachedReply({ status, headers, body }: Reply, maxSize: number): string | undefined {
  if (status !== 200 || body === undefined || body.length > maxSize) return undefined
  const lasting = Object.entries(headers).filter(([name]) => !passing.test(name))
  if (lasting.some(([name, value]) => !kept.includes(name) || forbids(name, String(value)))) return undefined
  const bytes = typeof body !== 'string'
  const text = bytes ? Buffer.from(body).toString('base64') : body
  return `${JSON.stringify([Object.fromEntries(lasting), bytes])}\n${text}`
}

/** Reads an answer; undefined where the text is none. */
export function readCachedReply(text: string): { readonly value: Reply } | undefined {
  const end = text.indexOf('\n')
  try {
    const [headers, bytes] = JSON.parse(text.slice(0, end)) as readonly [ReplyHeaders, boolean]
    const body = text.slice(end + 1)
    return { value: new Reply(200, bytes ? Buffer.from(body, 'base64') : body, headers) }
  } catch {
    return undefined
  }
}

function forbids(name: string, value: string): boolean {
  if (name === 'cache-control') return /\b(?:no-store|no-cache|private)\b/i.test(value)
  return name === 'vary' && value.includes('*')
}
