import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Comparison, compare } from './compare.js'

/** Ways of answering the same request, by name. The first is what the others are compared with. */
export type Servers = Readonly<Record<string, () => RequestListener | Promise<RequestListener>>>

interface Served {
  readonly child: ChildProcess
  readonly port: number
}

/**
 * Compares what servers spend on one request over a kept connection. Each is a process of its own, in which `module` is run
 * alone: there it must call `serveChosen`.
 * @param paths what each is asked for.
 */
export async function compareServers(
  title: string,
  module: string,
  paths: Readonly<Record<string, string>>,
): Promise<Comparison> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const names = Object.keys(paths)
  const served = new Map<string, Served>()
  try {
    for (const name of names) served.set(name, await start(fileURLToPath(module), name))
    const asking = names.map((name) => [name, () => ask(agent, served.get(name)!.port, paths[name]!)] as const)
    return await compare(title, Object.fromEntries(asking), {
      rounds: 7,
      calls: 2000,
      settling: 500,
      spent: (name) => spent(served.get(name)!.child),
    })
  } finally {
    agent.destroy()
    for (const { child } of served.values()) child.kill()
  }
}

async function start(file: string, name: string): Promise<Served> {
  const child = fork(file, [name])
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

/** The processor time that a server in a process of its own has used so far, in microseconds. */
export async function spent(child: ChildProcess): Promise<number> {
  child.send('spent')
  const [microseconds] = (await once(child, 'message')) as [number]
  return microseconds
}

function ask(agent: Agent, port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ agent, port, path }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path} was answered with ${response.statusCode}.`))
      response.resume().on('end', resolve).on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}

/** What runs in the process of a server: it tells its port, and what it has spent whenever it is asked. Elsewhere it does nothing. */
export async function serveChosen(module: string, servers: Servers): Promise<void> {
  const [, file, name = ''] = process.argv
  if (!process.send || file !== fileURLToPath(module)) return
  const server = createServer(await servers[name]!())
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send!(user + system)
  })
}
