import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import {
  MalformedRequestError,
  PayloadTooLargeError,
  UnsupportedMediaTypeError,
} from '../../errors/request-exceptions.js'

const unpack = promisify(gunzip)

/** Whether a request announces a body (RFC 9112 section 6.3), be it an empty one in chunks. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/**
 * The bytes of the body, decompressed where they were sent with gzip.
 * @throws {PayloadTooLargeError} for more than `limit` bytes, before or after decompression.
 * @throws {UnsupportedMediaTypeError} for any other encoding.
 * @throws {MalformedRequestError} for a body that breaks off or does not decompress.
 */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new UnsupportedMediaTypeError(
      'The body is encoded in a way that is not understood; send it plain or as gzip.',
      {
        headers: { 'accept-encoding': 'gzip' },
      },
    )
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit)
  const sent = collect(request, limit)
  return encoding === 'gzip' ? sent.then((bytes) => (bytes.length > 0 ? decompress(bytes, limit) : bytes)) : sent
}

/**
 * Makes sure that all of a body is there to be read.
 * @throws {MalformedRequestError} where its client has left.
 * @throws {Error} where something has read of it.
 */
export function requireUnread(request: IncomingMessage): void {
  // Of a body that broke off node:http says too that it was disturbed.
  if (request.readableAborted) throw brokenOff()
  if (Readable.isDisturbed(request)) {
    throw new Error('Something read the body before plinth could; mount body parsers behind it, or for other paths.')
  }
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  requireUnread(request)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (done: () => void): void => {
      request.off('data', add).off('end', finish).off('error', breakOff).off('close', breakOff)
      done()
    }
    const add = (chunk: Buffer): void => {
      length += chunk.length
      if (length > limit) {
        request.pause()
        settle(() => reject(bodyTooLarge(limit)))
      } else chunks.push(chunk)
    }
    const finish = (): void => {
      // The only thing that still happens to what has ended.
      request.off('close', breakOff)
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    }
    const breakOff = (): void => settle(() => reject(brokenOff()))
    request.on('data', add).on('end', finish).on('error', breakOff).on('close', breakOff)
  })
}

async function decompress(bytes: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: limit })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(limit)
    throw new MalformedRequestError('The body is not valid gzip.', { errorCode: 'MALFORMED_BODY' })
  }
}

/** The body has more bytes than are taken. */
export function bodyTooLarge(limit: number): PayloadTooLargeError {
  return new PayloadTooLargeError(`The body has more than ${limit} bytes.`, { details: { limit } })
}

/** The body ended before it was complete. */
export function brokenOff(): MalformedRequestError {
  return new MalformedRequestError('The body broke off.', { errorCode: 'REQUEST_ABORTED' })
}
