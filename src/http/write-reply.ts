import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { announcesBody } from './body/read-bytes.js'
import { keepToCaller } from './keep-to-caller.js'
import { forgetRest } from './limiting/limit-headers.js'
import { joinedHeaders, type Reply } from './reply.js'

const mostDrained = 1_048_576
const longestLinger = 1000

/** What every answer of a request has in common. */
export interface ReplyMark {
  readonly requestId: string
  /** Whether the connection is to be closed because the application is about to end. */
  readonly closing: boolean
}

/**
 * Writes a whole answer at once; does nothing where one was begun already. A connection whose request body nobody read
 * stays open as long as no more than 1 MB of it has to be thrown away.
 * @throws {TypeError} for headers that HTTP cannot carry; nothing was written then.
 */
export function writeReply(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Reply,
  { requestId, closing }: ReplyMark,
): void {
  if (response.headersSent || response.destroyed) return
  const unread = announcesBody(request) && !request.readableEnded
  const lingering = unread && Number(request.headers['content-length'] ?? 0) > mostDrained
  const all = joinedHeaders(headers) as OutgoingHttpHeaders
  all['x-request-id'] = requestId
  if (status !== 204 && status !== 304) all['content-length'] = body === undefined ? 0 : Buffer.byteLength(body)
  if (closing || lingering) all['connection'] = 'close'
  joinVary(response, all)
  keepToCaller(response, all)
  // A 304 and a redirect stand for another answer, with which they may be kept.
  if (status >= 300 && status < 400) forgetRest(response)
  response.writeHead(status, all)
  if (lingering) endAfterDraining(request, response, body)
  else {
    endWith(response, body)
    if (unread) drain(request)
  }
}

/**
 * Ends an answer by one write to its connection. `end(body)` makes two, whose second is empty and costs the kernel's gathering
 * of buffers.
 */
function endWith(response: ServerResponse, body: Reply['body']): void {
  const { socket } = response
  // What waits, behind other answers or for a slow client, is not written now.
  const isNext = socket !== null && socket.writableLength === 0
  if (body === undefined || !isNext) {
    response.end(body)
    return
  }
  socket.cork()
  response.write(body)
  socket.uncork()
  response.end()
}

/** Lets headers tell all that an answer depends on: by what middlewares have said of it, too. */
export function joinVary(response: ServerResponse, headers: OutgoingHttpHeaders): void {
  const said = response.getHeader('vary')
  // Most requests pass no middleware that says something of its own.
  if (said === undefined) return
  const names = [said, headers['vary']]
    .flatMap((value) => (value === undefined ? [] : String(value).split(',')))
    .map((name) => name.trim())
  headers['vary'] = [...new Map(names.map((name) => [name.toLowerCase(), name])).values()].join(', ')
}

/**
 * Throws the rest of a body away; of one that has more than 1 MB what comes within a second, and then the connection.
 * A connection that is closed while the client still sends is reset, and the client may never see the answer.
 */
function drain(request: IncomingMessage): void {
  let length = 0
  let timer: NodeJS.Timeout | undefined
  request.on('error', () => {})
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > mostDrained) timer ??= setTimeout(() => request.destroy(), longestLinger).unref()
  })
  request.on('close', () => clearTimeout(timer))
  // Whoever refused the body may have paused it.
  request.resume()
}

/** Writes an answer whole, and ends it, and the connection with it, only when the client stops or a second is over. */
function endAfterDraining(request: IncomingMessage, response: ServerResponse, body: Reply['body']): void {
  if (body !== undefined) response.write(body)
  const timer = setTimeout(() => response.end(), longestLinger).unref()
  const end = (): void => {
    clearTimeout(timer)
    response.end()
  }
  request.on('end', end).on('close', end)
  drain(request)
}
