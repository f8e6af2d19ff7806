import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { asDeclared } from '../../helpers/naming.js'
import { type ProblemStyle, problemReply } from './problem.js'
import { StatusError } from './status-error.js'

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers with a problem document what is no HTTP, too slow or too long to become a request, and closes the connection. */
export function refuseClient(error: Error, socket: Duplex, style: ProblemStyle, naming = asDeclared): void {
  const { code = '' } = error as { readonly code?: string }
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = statuses[code] ?? 400
  const requestId = randomUUID()
  const { headers, body = '' } = problemReply(new StatusError(status), { requestId }, style, naming)
  const lines = Object.entries({
    ...headers,
    'x-request-id': requestId,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${String(value)}`)
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'))
}
