import { UsageError } from '../errors/usage-error.js'
import { isThenable } from '../helpers/awaitable.js'
import { copied } from '../helpers/copied.js'

/** Headers by name; a list is sent as several lines. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>

const jsonType = 'application/json; charset=utf-8'

/** The headers of an answer of JSON that needs no others. */
export const jsonHeaders: ReplyHeaders = Object.freeze({ 'content-type': jsonType })

/** A finished answer: status, headers and the bytes or text of the body. */
export class Reply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly body: string | Uint8Array | undefined

  constructor(status: number, body?: string | Uint8Array, headers: ReplyHeaders = {}) {
    this.status = status
    this.body = body
    this.headers = headers
  }

  /**
   * An answer with any JSON value: the one explicit way around the serializer.
   * @throws {UsageError} `E_REPLY` for what JSON cannot hold, and would be answered as `{}` or not at all: a promise, a Map, a Set, a
   * function or a symbol; for a bigint anywhere inside of it.
   */
  static json(value: unknown, status = 200, headers?: ReplyHeaders): Reply {
    if (isThenable(value)) throw new UsageError('E_REPLY', 'A promise is no JSON; await it: Reply.json(await …).')
    if (isNoJson(value)) {
      const what = typeof value === 'object' ? `a ${value.constructor.name}` : `a ${typeof value}`
      throw new UsageError(
        'E_REPLY',
        `${what} is no JSON; make a list or an object of it: [...set], Object.fromEntries(map).`,
      )
    }
    return Reply.jsonText(textOf(value), status, headers)
  }

  /** An answer with text that is JSON already. */
  static jsonText(text: string, status = 200, headers?: ReplyHeaders): Reply {
    return new Reply(status, text, headers ? { 'content-type': jsonType, ...headers } : jsonHeaders)
  }

  /** An answer without a body. */
  static empty(status = 204, headers: ReplyHeaders = {}): Reply {
    return new Reply(status, undefined, headers)
  }

  /** The same answer with more headers. */
  withHeaders(headers: ReplyHeaders): Reply {
    return new Reply(this.status, this.body, joinedHeaders(this.headers, headers))
  }
}

function isNoJson(value: unknown): value is symbol | object {
  return typeof value === 'function' || typeof value === 'symbol' || value instanceof Map || value instanceof Set
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const problem = `An answer cannot be made of it: ${cause.message}. Give what JSON holds; of a bigint its text, String(…).`
    throw new UsageError('E_REPLY', problem, { cause })
  }
}

/** A copy of headers, and of others that win, to which more may be added: whoever sends it walks through all of it. */
export function joinedHeaders(
  headers: ReplyHeaders,
  others?: ReplyHeaders,
): Record<string, string | readonly string[]> {
  return copied(headers, others)
}
