import { createHash } from 'node:crypto'
import type { Call } from '../call.js'
import { Reply } from '../reply.js'

/** Something that never changes while an application runs, with its strong entity tag. */
export interface Asset {
  readonly body: string | Uint8Array
  readonly type: string
  readonly etag: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An asset; the tag comes from its bytes. */
export function assetOf(body: string | Uint8Array, type: string, headers?: Asset['headers']): Asset {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  return { body, type, etag, ...(headers && { headers }) }
}

/** Answers with an asset, or with 304 where the caller has it already (RFC 9110 section 13.1.2). */
export function assetReply({ body, type, etag, headers: own }: Asset, call: Call): Reply {
  const headers = { etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff', ...own }
  if (knows(call.header('if-none-match'), etag)) return Reply.empty(304, headers)
  return new Reply(200, body, { 'content-type': type, ...headers })
}

function knows(given: string | undefined, etag: string): boolean {
  const known = (given ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes('*') || known.includes(etag)
}
