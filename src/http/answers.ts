import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import type { AppException } from '../errors/app-exception.js'
import type { Naming } from '../helpers/naming.js'
import { traceFields } from '../helpers/trace-context.js'
import type { LogFields, Logger } from '../logging/logger.js'
import type { StreamReply } from './native/native-reply.js'
import { asException, type Translate } from './problem/as-exception.js'
import { refuseClient } from './problem/client-error.js'
import { originOf } from './problem/origin.js'
import { type ProblemStyle, problemHeaders, problemReply } from './problem/problem.js'
import { UnexpectedError } from './problem/unexpected-error.js'
import { Reply } from './reply.js'
import { requestIdOf } from './request-id.js'
import { addressOf, targetOf } from './request-target.js'
import { traceOf } from './trace-of.js'
import { whenOver } from './when-over.js'
import { joinVary, writeReply } from './write-reply.js'

/** How answers are written. */
export interface AnswersOptions {
  readonly logger: Logger
  readonly style: ProblemStyle
  readonly naming: Naming
  readonly translate?: Translate
  /** The methods a path has. */
  methodsOf(path: string): readonly string[]
}

/** What is known of a request that is refused. */
export interface RefusedRequest {
  readonly requestId?: string
  /** The exception with names as callers know them, where it has others. */
  readonly renamed?: (exception: AppException) => AppException
}

/** Writes the answers of an application, in which every error is a problem document. */
export class Answers {
  /** Whether every connection is to be closed behind its next answer. */
  closing = false
  readonly #options: AnswersOptions

  constructor(options: AnswersOptions) {
    this.#options = options
  }

  /** Answers; what cannot be written becomes a problem document. */
  send(request: IncomingMessage, response: ServerResponse, reply: Reply | StreamReply, requestId: string): void {
    try {
      if (reply instanceof Reply) writeReply(request, response, reply, { requestId, closing: this.closing })
      else this.#stream(request, response, reply, requestId)
    } catch (error) {
      this.refuse(error, request, response, { requestId })
    }
  }

  /** Answers with the problem document of an error, and logs what the application has to answer for, and what callers are not told. */
  refuse(
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    { requestId = requestIdOf(request), renamed = (exception) => exception }: RefusedRequest = {},
  ): void {
    const exception = renamed(this.#exceptionOf(error))
    const { path } = targetOf(addressOf(request))
    this.#log(exception, { requestId, method: request.method, path }, request)
    if (response.headersSent) {
      // The status is gone; a body that breaks off is all that is left to say.
      if (!response.writableEnded) response.destroy()
      return
    }
    const mark = { requestId, closing: this.closing }
    const { style, naming } = this.#options
    const reply = problemReply(exception, { instance: path, requestId }, style, naming)
    try {
      writeReply(request, response, this.#withAllow(reply, path), mark)
    } catch (failure) {
      // Its own headers were such that HTTP cannot carry them.
      this.#log(new UnexpectedError(failure), { requestId, path }, request)
      writeReply(request, response, new Reply(reply.status, reply.body, problemHeaders), mark)
    }
  }

  /** Answers with the problem document of an exception of which the log was told otherwise. */
  refuseQuietly(exception: AppException, request: IncomingMessage, response: ServerResponse): void {
    const { style, naming } = this.#options
    const requestId = requestIdOf(request)
    const { path: instance } = targetOf(addressOf(request))
    const reply = problemReply(exception, { instance, requestId }, style, naming)
    writeReply(request, response, reply, { requestId, closing: this.closing })
  }

  /** Answers what never became a request: the `clientError` of a server. */
  refuseClient(error: Error, socket: Duplex): void {
    refuseClient(error, socket, this.#options.style, this.#options.naming)
  }

  #exceptionOf(error: unknown): AppException {
    try {
      return asException(error, this.#options.translate)
    } catch (failure) {
      return new UnexpectedError(failure)
    }
  }

  #withAllow(reply: Reply, path: string): Reply {
    if (reply.status !== 405 || reply.headers['allow'] !== undefined) return reply
    return reply.withHeaders({ allow: this.#options.methodsOf(path).join(', ') })
  }

  #log(exception: AppException, fields: LogFields, request: IncomingMessage): void {
    const { statusCode, errorCode: code, told } = exception
    if (statusCode < 500 && !told) return
    const error = originOf(exception)
    const all = { ...fields, ...traceFields(traceOf(request)) }
    if (statusCode >= 500) this.#options.logger.error('A request failed.', { ...all, error })
    else
      this.#options.logger.info('A request was refused, and its caller is not told why.', {
        ...all,
        code,
        reason: String(error),
      })
  }

  #stream(request: IncomingMessage, response: ServerResponse, reply: StreamReply, requestId: string): void {
    const { status, headers, stream } = reply
    if (response.headersSent || request.socket.destroyed) {
      // Nobody is going to read it.
      stream.on('error', () => {}).destroy()
      return
    }
    const all: OutgoingHttpHeaders = {
      ...headers,
      'x-request-id': requestId,
      ...(this.closing && { connection: 'close' }),
    }
    joinVary(response, all)
    response.writeHead(status, all)
    // Where the caller has left, which is nobody's fault.
    whenOver(request, response, () => stream.destroy())
    join(stream, response, (error) => {
      this.#options.logger.error('A stream broke off.', { requestId, error })
      response.destroy()
    })
  }
}

function join(stream: Readable, response: ServerResponse, broken: (error: unknown) => void): void {
  stream.on('error', broken)
  stream.pipe(response)
}
