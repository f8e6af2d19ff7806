import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { anyone, Express5Driver, type HttpDriver, NodeDriver, Reply, silentLogger, ViewSet } from 'plinth'
import { createApp } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { type Comparison, compare } from './compare.js'
import { layeredApplication } from './layered.js'

const answer = { id: '7', title: 'the same everywhere' }

@Resource('/things')
class ThingViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: 'one', allow: anyone })
  one(): Reply {
    return Reply.json(answer)
  }
}

async function application(driver: HttpDriver): Promise<RequestListener> {
  const dataSource = { type: 'sqlite', database: ':memory:' } as const
  const app = await createApp({ viewSets: [ThingViewSet], dataSource, driver, logger: silentLogger })
  return app.handler
}

const json = { 'content-type': 'application/json; charset=utf-8' }

/** Ways of answering the same request, by name. */
const servers: Readonly<Record<string, () => Promise<RequestListener>>> = {
  'bare node:http': async () => (_request, response) => {
    response.writeHead(200, json)
    response.end(JSON.stringify(answer))
  },
  'plinth, NodeDriver': () => application(new NodeDriver()),
  'plinth, NodeDriver, all layers': layeredApplication,
  'plain Express 5': async () => express().get('/things/one', (_request, response) => void response.json(answer)),
  'plinth, Express5Driver': () => application(new Express5Driver()),
}

const file = fileURLToPath(import.meta.url)

/** One request over a kept connection. Each server is a process of its own; what it spends is measured there. */
export async function servingComparison(): Promise<Comparison> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const children = await Promise.all(Object.keys(servers).map(async (name) => ({ name, ...(await start(name)) })))
  try {
    return await compare(
      'Answer a request with a small JSON document (processor time of the server)',
      Object.fromEntries(children.map(({ name, port }) => [name, () => ask(agent, port)])),
      { rounds: 7, calls: 2000, spent: (name) => spent(children.find((child) => child.name === name)!.child) },
    )
  } finally {
    agent.destroy()
    for (const { child } of children) child.kill()
  }
}

async function start(name: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(file, [name])
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

/** The processor time a server has used so far, in microseconds. */
async function spent(child: ChildProcess): Promise<number> {
  child.send('spent')
  const [microseconds] = (await once(child, 'message')) as [number]
  return microseconds
}

function ask(agent: Agent, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ agent, port, path: '/things/one' }, (response) => {
      response.resume().on('end', resolve).on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}

/** What runs in the process of a server: it tells its port, and what it has spent whenever it is asked. */
async function serve(name: string): Promise<void> {
  const server = createServer(await servers[name]!())
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send!(user + system)
  })
}

if (process.send && process.argv[1] === file) await serve(process.argv[2]!)
