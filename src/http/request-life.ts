import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { Awaitable } from '../helpers/awaitable.js'
import type { Instances } from './instances.js'
import type { AnsweredRequests } from './measurements/measurements.js'
import { whenOver } from './when-over.js'

/** How many requests of a connection are being answered: kept at the connection, where it costs nothing to look it up. */
const answering = Symbol('answering')

interface Connection extends Duplex {
  [answering]?: number
}

/** Knows which requests are being answered, and disposes of what was made for each when its connection is done with it. */
export class RequestLife {
  readonly #instances: Instances
  readonly #waiting: (() => void)[] = []
  readonly #answered = [0, 0, 0, 0, 0, 0]
  #active = 0
  #probes = 0
  #abandoned = 0

  constructor(instances: Instances) {
    this.#instances = instances
  }

  /** How many requests are being answered. */
  get active(): number {
    return this.#active
  }

  /** The same without probes. */
  get load(): number {
    return this.#active - this.#probes
  }

  /** How many requests were answered with statuses of each class. */
  get answered(): AnsweredRequests {
    const [, info = 0, success = 0, redirect = 0, client = 0, server = 0] = this.#answered
    return Object.freeze({ '1xx': info, '2xx': success, '3xx': redirect, '4xx': client, '5xx': server })
  }

  /** How many callers left before anything was answered. */
  get abandoned(): number {
    return this.#abandoned
  }

  /** Counts an answer that has ended, or was never begun. */
  count({ headersSent, statusCode }: ServerResponse): void {
    if (!headersSent) this.#abandoned++
    else {
      const kind = Math.floor(statusCode / 100)
      this.#answered[kind] = (this.#answered[kind] ?? 0) + 1
    }
  }

  /**
   * Whether a client has sent a request before it has read the answer in front, which it waits for: otherwise few bytes would make as
   * many answers as fit into them, all of them in memory.
   */
  hasToWait(request: IncomingMessage, response: ServerResponse): boolean {
    return response.socket === null && this.isBusy(request.socket)
  }

  /** Does what answers a request that has to wait, when the answer in front is over. */
  inTurn(response: ServerResponse, work: () => Awaitable<void>): void {
    // What runs then is not what has sent the answer in front.
    response.once(
      'socket',
      AsyncResource.bind(() => void work()),
    )
  }

  /** Whether anybody still waits for the answer of a request; where nobody does, nothing is to be done for it. */
  begin(request: IncomingMessage, response: ServerResponse, isProbe = false): boolean {
    const socket: Connection = request.socket
    if (response.closed || socket.destroyed) return false
    this.#active++
    if (isProbe) this.#probes++
    socket[answering] = (socket[answering] ?? 0) + 1
    whenOver(request, response, () => {
      this.#active--
      if (isProbe) this.#probes--
      this.count(response)
      socket[answering] = (socket[answering] ?? 1) - 1
      this.#instances.end(request)
      if (this.#active === 0) for (const done of this.#waiting.splice(0)) done()
    })
    return true
  }

  /** Whether an answer is under way on a connection, into which nothing else may be written. */
  isBusy(socket: Connection): boolean {
    return (socket[answering] ?? 0) > 0
  }

  /** Settles when no request is being answered, those among them that have arrived on open connections by now. */
  async idle(): Promise<void> {
    // They are read within a turn of the event loop.
    await setImmediate()
    await setImmediate()
    if (this.#active > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
