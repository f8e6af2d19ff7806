import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import express from 'express'
import {
  createHttpApplication,
  Express5Driver,
  type HttpApplication,
  type HttpApplicationOptions,
  NodeDriver,
  silentLogger,
} from 'plinth'
import { Container } from 'plinth/container'
import { checkResponses } from 'plinth/testing'
import { headerCheck } from './described-headers.js'

/** What a spec says of an application; the rest is filled in. */
export type Served = Partial<HttpApplicationOptions> & Pick<HttpApplicationOptions, 'viewSets'>

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON. */
  readonly json: unknown
}

/** An application that listens on a port of its own. */
export interface Service {
  readonly application: HttpApplication
  readonly port: number
  readonly url: string
  ask(method: string, path: string, init?: RequestInit): Promise<Answer>
  /** Sends JSON. */
  send(method: string, path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Sends bytes over a socket of their own, and resolves with all that comes back until it closes. */
  raw(text: string | Buffer): Promise<string>
  socket(): Socket
  close(): Promise<void>
}

/** One way of serving an application. */
export interface Serving {
  readonly name: string
  /** Whether what no route takes is passed on to an application around it. */
  readonly mounted: boolean
  readonly serve: (options: Served) => Promise<Service>
}

/** Makes an application whose instances come from a container of its own. */
export function applicationOf(options: Served): HttpApplication {
  return createHttpApplication({ instances: new Container(), logger: silentLogger, ...options })
}

export const servings: readonly Serving[] = [
  {
    name: 'NodeDriver',
    mounted: false,
    serve: (options) => {
      const application = applicationOf({ ...options, driver: new NodeDriver() })
      return listenChecked(application, (handler) => createServer(handler))
    },
  },
  {
    name: 'NodeDriver in Express',
    mounted: true,
    serve: (options) => {
      const application = applicationOf({ ...options, driver: new NodeDriver() })
      return listenChecked(application, (handler) => {
        const around = express().use(handler)
        around.use((_request, response) => void response.status(404).send('passed on'))
        return createServer(around)
      })
    },
  },
  {
    name: 'Express5Driver',
    mounted: false,
    serve: (options) => {
      const application = applicationOf({ ...options, driver: new Express5Driver() })
      return listenChecked(application, (handler) => createServer(handler))
    },
  },
]

/** Serves an application whose every answer must be as its document says; `close` tells of those that are not. */
async function listenChecked(
  application: HttpApplication,
  serverOf: (handler: HttpApplication['handler']) => Server,
): Promise<Service> {
  const checked = checkResponses(application)
  const headers = headerCheck(application)
  const service = await listen(application, serverOf(checked.handler))
  const ask: Service['ask'] = async (method, path, init) => {
    const answer = await service.ask(method, path, init)
    headers.look(method, path, answer)
    return answer
  }
  return {
    ...service,
    ask,
    send: sending(ask),
    close: async () => {
      await service.close()
      checked.verify()
      headers.verify()
    },
  }
}

/** Declares the same specs for every way of serving an application. */
export function describeOnDrivers(title: string, declare: (serving: Serving) => void): void {
  for (const serving of servings) describe(`${title} (${serving.name})`, () => declare(serving))
}

/** Starts a server for an application on a free port. */
export async function listen(application: HttpApplication, server: Server): Promise<Service> {
  server.on('clientError', (error, socket) => application.clientError(error, socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const ask: Service['ask'] = async (method, path, init = {}) => {
    const response = await fetch(url + path, { method, redirect: 'manual', ...init })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text) as unknown
      },
    }
  }
  const socket = (): Socket => connect(port, '127.0.0.1')
  return {
    application,
    port,
    url,
    ask,
    socket,
    send: sending(ask),
    raw: (text) => exchangeRaw(socket(), text),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sending(ask: Service['ask']): Service['send'] {
  return (method, path, body, headers = {}) =>
    ask(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
}

function exchangeRaw(socket: Socket, text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('error', () => {}).on('close', () => resolve(received))
    socket.write(text)
  })
}
