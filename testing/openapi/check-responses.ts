import { AssertionError } from 'node:assert'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OpenApiDocument } from 'plinth'
import { type AnswerChecker, answerChecker } from './check-answer.js'

/** Something that is described by a document and answers requests: an application. */
export interface Described {
  openapi(): OpenApiDocument
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void
}

/** What was looked at, and what was wrong with it. */
export interface CheckedResponses {
  /** The same handler; every answer it gives is compared with the document. */
  readonly handler: Described['handler']
  /** How many answers were looked at. */
  readonly checked: number
  /** Every answer that is not as the document says, with what is wrong. */
  readonly mistakes: readonly string[]
  /** @throws {AssertionError} with every mistake. */
  verify(): void
}

/**
 * Compares every answer of an application with its OpenAPI document: statuses, codes of problems, headers and bodies.
 * Serve `handler` in your specs, and call `verify` when they are done.
 */
export function checkResponses(application: Described): CheckedResponses {
  const check: AnswerChecker = answerChecker(application.openapi())
  const mistakes: string[] = []
  let checked = 0
  return {
    handler: (request, response, next) => {
      let isPassedOn = false
      const pass = (error?: unknown): void => {
        isPassedOn = true
        next?.(error)
      }
      watch(request, response, (answer) => {
        // Somebody else has answered.
        if (isPassedOn) return
        checked++
        const wrong = check(answer)
        if (wrong.length > 0) mistakes.push(`${answer.method} ${answer.target} ${answer.status}: ${wrong.join('; ')}`)
      })
      application.handler(request, response, next && pass)
    },
    get checked() {
      return checked
    },
    mistakes,
    verify() {
      if (mistakes.length === 0) return
      const message = [`${mistakes.length} answers are not as the document says:`, ...mistakes].join('\n  ')
      throw new AssertionError({ message, actual: mistakes.length, expected: 0, operator: 'checkResponses' })
    },
  }
}

/** Sees what is written to a response, and tells of it when all of it is. */
function watch(
  request: IncomingMessage,
  response: ServerResponse,
  tell: (answer: Parameters<AnswerChecker>[0]) => void,
): void {
  const { method = 'GET', url = '/' } = request
  const chunks: Buffer[] = []
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk))
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }
  const write = response.write.bind(response) as (...passed: readonly unknown[]) => boolean
  const end = response.end.bind(response) as (...passed: readonly unknown[]) => ServerResponse
  response.write = (...given: readonly unknown[]) => {
    keep(given[0])
    return write(...given)
  }
  response.end = (...given: readonly unknown[]) => {
    keep(given[0])
    return end(...given)
  }
  response.once('finish', () => {
    const headers = Object.fromEntries(
      Object.entries(headersOf(response)).map(([name, value]) => [name.toLowerCase(), String(value)]),
    )
    tell({ method, target: url, status: response.statusCode, headers, body: Buffer.concat(chunks).toString('utf8') })
  })
}

/** What `writeHead` was given is not among the headers that a response remembers; it is in the head that was sent. */
function headersOf(response: ServerResponse): Readonly<Record<string, unknown>> {
  const { _header: head } = response as ServerResponse & { readonly _header?: string | null }
  const lines = (head ?? '').split('\r\n').slice(1)
  return Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : []
    }),
  )
}
