import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { BusboyConstructor, BusboyFileStream, BusboyInstance } from '@fastify/busboy'
import { bodyTooLarge, brokenOff, requireUnread } from '../body/read-bytes.js'
import { malformed } from './refusals.js'

/** How much one body may have. */
export interface MultipartLimits {
  /** The bytes of the whole body. */
  readonly total: number
  /** The bytes of one text. */
  readonly text: number
  /** The parts of any kind. */
  readonly parts: number
}

/** Takes the parts of a body, in the order in which they come. What it throws ends the reading. */
export interface PartTaker {
  text(name: string | undefined, value: string, isCutOff: boolean): void
  /** Reads the content to its end, or fails. */
  file(name: string | undefined, content: AsyncIterable<Buffer>, fileName: string | undefined): Promise<void>
}

/**
 * Reads a `multipart/form-data` body (RFC 7578) as it arrives, no faster than its files are taken. Settles when all that
 * was begun has ended, so that nothing goes on behind an answer.
 * @throws {PayloadTooLargeError} for more than the limits allow, as soon as that has arrived.
 * @throws {MalformedRequestError} MALFORMED_BODY for what is no such body, REQUEST_ABORTED where it breaks off.
 */
export async function readMultipart(
  request: IncomingMessage,
  limits: MultipartLimits,
  taker: PartTaker,
): Promise<void> {
  requireUnread(request)
  if (Number(request.headers['content-length'] ?? 0) > limits.total) throw bodyTooLarge(limits.total)
  const reading = new MultipartReading(request, limits, taker)
  await reading.run(parserOf(request, limits))
}

class MultipartReading {
  readonly #request: IncomingMessage
  readonly #limits: MultipartLimits
  readonly #taker: PartTaker
  /** The files that are being taken. */
  readonly #taking = new Map<BusboyFileStream, Promise<void>>()
  #failure: { readonly error: unknown } | undefined
  #stop: () => void = () => {}

  constructor(request: IncomingMessage, limits: MultipartLimits, taker: PartTaker) {
    this.#request = request
    this.#limits = limits
    this.#taker = taker
  }

  async run(parser: BusboyInstance): Promise<void> {
    const request = this.#request
    let length = 0
    const count = (chunk: Buffer): void => {
      length += chunk.length
      if (length > this.#limits.total) this.#fail(bodyTooLarge(this.#limits.total))
    }
    const breakOff = (): void => {
      if (!request.readableEnded) this.#fail(brokenOff())
    }
    await new Promise<void>((resolve) => {
      this.#stop = resolve
      parser.on('file', (name, content, fileName) => this.#takeFile(name, content, fileName))
      parser.on('field', (name, value, nameCutOff, cutOff) => {
        this.#guard(() => this.#taker.text(name, value, nameCutOff || cutOff))
      })
      parser.on('partsLimit', () => this.#fail(malformed()))
      parser.on('error', () => this.#fail(malformed()))
      parser.on('finish', resolve)
      request.on('data', count).on('error', breakOff).on('close', breakOff)
      request.pipe(parser)
    })
    request.off('data', count).off('close', breakOff)
    if (this.#failure) this.#abandon(parser)
    await Promise.all(this.#taking.values())
    request.off('error', breakOff)
    // A file may have failed when the rest was read already.
    if (this.#failure) throw this.#failure.error
  }

  #takeFile(name: string | undefined, content: BusboyFileStream, fileName: string | undefined): void {
    // What the parser says of a file that breaks off, it says of the body too.
    content.on('error', () => {})
    if (this.#failure) return void content.destroy()
    const taking = this.#taker.file(name, content, fileName).catch((error: unknown) => {
      this.#fail(error)
      content.destroy()
    })
    this.#taking.set(content, taking)
  }

  #guard(work: () => void): void {
    if (this.#failure) return
    try {
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#stop()
  }

  /** Reads no more. The rest of the body is for whoever writes the answer. */
  #abandon(parser: BusboyInstance): void {
    this.#request.unpipe(parser)
    this.#request.pause()
    for (const content of this.#taking.keys()) content.destroy(new Error('The body is not read any further.'))
    parser.on('error', () => {})
    parser.destroy()
  }
}

const headers = { bytes: 8192, pairs: 16 }

function parserOf(request: IncomingMessage, { text, parts }: MultipartLimits): BusboyInstance {
  // Loaded by the first upload only: few applications take files.
  const Parser = createRequire(import.meta.url)('@fastify/busboy') as BusboyConstructor
  try {
    return new Parser({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      limits: { fieldSize: text, parts, headerSize: headers.bytes, headerPairs: headers.pairs },
      isPartAFile: (_name, _type, fileName) => fileName !== undefined,
      // The name is made safe by us, which needs all of it.
      preservePath: true,
    })
  } catch {
    // Without a boundary.
    throw malformed()
  }
}
