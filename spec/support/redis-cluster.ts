import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { answering, freePort, until } from './redis.js'

const execute = promisify(execFile)

/** A Redis Cluster of one spec alone, of three nodes that share the keys. */
export interface PrivateCluster {
  readonly urls: readonly string[]
  /** Kills a node; the keys that it held are lost. */
  kill(index: number): Promise<void>
  /** Starts a node again, which finds the others by what it has written down. */
  revive(index: number): void
  stop(): Promise<void>
}

async function isJoined(port: number): Promise<boolean> {
  const { stdout } = await execute('redis-cli', ['-p', String(port), 'cluster', 'info'])
  return stdout.includes('cluster_state:ok')
}

/** Starts three nodes on ports of their own and joins them. */
export async function privateCluster(): Promise<PrivateCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'plinth-cluster-'))
  const ports: number[] = []
  while (ports.length < 3) {
    const port = await freePort()
    // A node listens for the others 10,000 ports higher.
    if (port < 55_000 && !ports.includes(port)) ports.push(port)
  }
  const nodes = new Map<number, ChildProcess>()
  const start = (port: number): void => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const cluster = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--dir', join(directory, `${port}`)]
    nodes.set(port, spawn('redis-server', [...options, ...cluster], { stdio: 'ignore' }))
  }
  const kill = async (port: number): Promise<void> => {
    const node = nodes.get(port)
    nodes.delete(port)
    if (!node || node.exitCode !== null) return
    node.kill('SIGKILL')
    await once(node, 'exit')
  }
  const stop = async (): Promise<void> => {
    await Promise.all(ports.map(kill))
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await Promise.all(ports.map((port) => mkdir(join(directory, `${port}`))))
    for (const port of ports) start(port)
    await Promise.all(ports.map(answering))
    const addresses = ports.map((port) => `127.0.0.1:${port}`)
    await execute('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
    await until(async () => (await Promise.all(ports.map(isJoined))).every(Boolean))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    urls: ports.map((port) => `redis://127.0.0.1:${port}`),
    kill: (index) => kill(ports[index]!),
    revive: (index) => start(ports[index]!),
    stop,
  }
}
