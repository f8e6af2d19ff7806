import { createServer, type Server, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Described } from '../openapi/check-responses.js'
import type { FuzzedRequest } from './requests.js'

/** An answer, read to its end. */
export interface FuzzedAnswer {
  readonly status: number
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** How long an answer may take, in milliseconds. */
const patience = 20_000

/** Serves an application for requests of its own, each over a connection of its own. */
export class FuzzClient {
  readonly #server: Server

  constructor({ handler }: Pick<Described, 'handler'>) {
    this.#server = createServer((request, response) => handler(request, response))
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** @throws {Error} where there is no answer. */
  ask({ method, target, headers, body }: FuzzedRequest): Promise<FuzzedAnswer> {
    const { port } = this.#server.address() as AddressInfo
    return new Promise((resolve, reject) => {
      const request = send({ host: '127.0.0.1', port, agent: false, method, path: target, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const received = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const)
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(received), body: text })
        })
      })
      request.setTimeout(patience, () => request.destroy(new Error(`There was no answer within ${patience} ms.`)))
      request.on('error', reject)
      request.end(body)
    })
  }
}
