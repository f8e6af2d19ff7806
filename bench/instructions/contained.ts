import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pathToFileURL } from 'node:url'
import type { Contender } from '../contenders/contender.js'
import type { Answered } from '../contenders/running.js'
import type { Sent } from '../contenders/scenarios.js'
import { listening } from '../contenders/serve.js'
import { MemoryConnection } from './memory-connection.js'

/** A contender that runs in this process and is asked over a connection in memory, one request at a time. */
export class Contained {
  readonly contender: Contender
  readonly #connection = new MemoryConnection()
  #answered: (status: number) => void = () => {}

  private constructor(contender: Contender, server: Server) {
    this.contender = contender
    subscribe('http.server.response.finish', (message) => {
      this.#answered((message as { readonly response: ServerResponse }).response.statusCode)
    })
    server.emit('connection', this.#connection)
  }

  /** Runs a contender; the first argument of this process tells it where its rows are. */
  static async run(contender: Contender): Promise<Contained> {
    await import(pathToFileURL(contender.program).href)
    return new Contained(contender, await serverAt(await listening))
  }

  async send(what: Sent): Promise<Answered> {
    const status = await this.ask(wired(what))
    const answer = this.#connection.taken()
    return { status, text: answer.toString('utf8', answer.indexOf('\r\n\r\n') + 4) }
  }

  /** Sends a request as it is on the wire, and gives the status of its answer once that is written. */
  ask(bytes: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve
      this.#connection.receive(bytes)
    })
  }
}

/** A request as it is on the wire. */
export function wired({ method, path, body, headers = {} }: Sent): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body)
  const described = text && `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n${own.join('')}${described}\r\n${text}`,
  )
}

/** The server of this process that answers at a port: Node.js names it to those who watch requests. */
async function serverAt(port: number): Promise<Server> {
  let server: Server | undefined
  const seen = (message: unknown): void => {
    server = (message as { readonly server: Server }).server
  }
  subscribe('http.server.request.start', seen)
  const [response] = (await once(get({ port, agent: false }), 'response')) as [IncomingMessage]
  await once(response.resume(), 'end')
  unsubscribe('http.server.request.start', seen)
  return server!
}
