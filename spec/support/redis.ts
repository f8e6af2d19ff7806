import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A Redis of one spec alone, which it may stop, freeze and kill. */
export interface PrivateRedis {
  readonly port: number
  readonly url: string
  start(): Promise<void>
  /** Kills the server; what it held is lost. */
  stop(): Promise<void>
  freeze(): void
  thaw(): void
  /** Changes a setting of the running server. */
  configure(name: string, value: string): Promise<void>
}

/** A port that nothing listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Makes a Redis on a port of its own, not started yet. */
export async function privateRedis(): Promise<PrivateRedis> {
  const port = await freePort()
  let child: ChildProcess | undefined
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = spawn(
        'redis-server',
        ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'],
        {
          stdio: 'ignore',
        },
      )
      await answering(port)
    },
    async stop() {
      const running = child
      child = undefined
      if (!running || running.exitCode !== null) return
      running.kill('SIGCONT')
      running.kill('SIGKILL')
      await once(running, 'exit')
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async configure(name, value) {
      const socket = connect(port, '127.0.0.1').end(`CONFIG SET ${name} ${value}\r\n`)
      const [answer] = (await once(socket, 'data')) as [Buffer]
      socket.destroy()
      if (!answer.toString().startsWith('+OK')) throw new Error(answer.toString())
    },
  }
}

/** Waits until a server answers. */
export async function answering(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const pong = await new Promise<boolean>((resolve) => {
      socket.on('error', () => resolve(false)).on('data', () => resolve(true))
      socket.on('connect', () => socket.write('PING\r\n'))
    })
    socket.destroy()
    if (pong) return
    await wait(20)
  }
}

/** Runs a suite where there is a `redis-server` to start; elsewhere it shows as pending, or fails where engines are required. */
export function describeWithRedis(title: string, suite: () => void): void {
  describe(title, () => {
    before(async function () {
      const found = await new Promise<boolean>((resolve) => {
        spawn('redis-server', ['--version'], { stdio: 'ignore' })
          .on('error', () => resolve(false))
          .on('exit', (code) => resolve(code === 0))
      })
      if (found) return
      if (process.env['PLINTH_REQUIRE_ENGINES'] === '1') throw new Error('redis-server is required.')
      this.test!.parent!.title += ' (pending: there is no redis-server)'
      this.skip()
    })
    suite()
  })
}

/** Stands between a client and a server, and can be slow, silent, or cut what is connected. */
export class TcpProxy {
  /** Milliseconds that every answer is held back. */
  delay = 0
  /** Whether what arrives is thrown away, and nobody told. */
  silent = false
  readonly #target: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(target: number) {
    this.#target = target
    this.#server = createServer((client) => this.#join(client))
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Ends every connection at once, by a reset. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      from.on('data', (bytes) => {
        if (this.silent) return
        if (this.delay > 0 && from === server) setTimeout(() => to.writable && to.write(bytes), this.delay)
        else to.write(bytes)
      })
    }
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(10)
}
