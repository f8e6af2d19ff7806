import { Readable } from 'node:stream'
import type { ActionMetadata } from 'routing-controllers'
import { isFailure } from '../../errors/failure.js'
import { exceptionOf } from '../problem/failure-exception.js'
import { StatusError } from '../problem/status-error.js'
import { Reply, type ReplyHeaders } from '../reply.js'

/** A body that is sent as it comes. */
export interface StreamReply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly stream: Readable
}

/**
 * The answer for what an action that routing-controllers executed returned. Nothing is 204 unless `@OnUndefined` or
 * `@OnNull` say otherwise; a status from 400 up becomes a problem document. A string of a JSON controller is JSON, that
 * of another one is plain text unless `@ContentType` says otherwise.
 * @throws {Error} what `@OnUndefined` or `@OnNull` ask for, and what a failure of a service means.
 */
export function nativeReply(result: unknown, metadata: ActionMetadata): Reply | StreamReply {
  const headers = declaredHeaders(metadata)
  if (isFailure(result)) throw exceptionOf(result)
  if (result instanceof Reply) return result.withHeaders(headers)
  const status = statusOf(metadata) ?? 200
  if (metadata.redirect !== undefined) return redirect(result, metadata, headers)
  if (result === undefined) return nothing(metadata.undefinedResultCode ?? statusOf(metadata), headers)
  if (result === null) return nothing(metadata.nullResultCode, headers)
  if (result instanceof Readable)
    return { status, headers: { ...typed('application/octet-stream'), ...headers }, stream: result }
  if (result instanceof Uint8Array)
    return new Reply(status, result, { ...typed('application/octet-stream'), ...headers })
  if (typeof result === 'string' && !metadata.isJsonTyped) {
    return new Reply(status, result, { ...typed('text/plain; charset=utf-8'), ...headers })
  }
  return Reply.jsonText(jsonOf(result), status, headers)
}

type Code = number | ((...passed: never[]) => unknown) | undefined

function nothing(code: unknown, headers: ReplyHeaders): Reply {
  const wanted = code as Code
  if (typeof wanted === 'function') throw new (wanted as unknown as new () => Error)()
  if (wanted === undefined) return Reply.empty(204, headers)
  if (wanted >= 400) throw new StatusError(wanted)
  return Reply.empty(wanted, headers)
}

function redirect(result: unknown, metadata: ActionMetadata, headers: ReplyHeaders): Reply {
  const { redirect: template } = metadata
  const location =
    typeof result === 'string'
      ? result
      : template.replace(/:(\w+)/g, (text, name: string) => {
          const value = (result as Record<string, string | number> | null | undefined)?.[name]
          return value === undefined ? text : encodeURIComponent(String(value))
        })
  return Reply.empty(statusOf(metadata) ?? 302, { ...headers, location })
}

/** What `@Header`, `@ContentType` and `@Location` say, by names in lower case, so that one replaces another. */
function declaredHeaders({ headers }: ActionMetadata): ReplyHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

/** Undefined where no `@HttpCode` stands above the action, whatever the types of routing-controllers say. */
function statusOf({ successHttpCode }: { readonly successHttpCode: number | undefined }): number | undefined {
  return successHttpCode
}

function typed(type: string): ReplyHeaders {
  return { 'content-type': type }
}

function jsonOf(value: unknown): string {
  // JSON has no integers of any length; as text they lose nothing.
  return JSON.stringify(value, (_name, member: unknown) => (typeof member === 'bigint' ? member.toString() : member))
}
