import { setTimeout as wait } from 'node:timers/promises'
import { Cache, RedisConnection, redisBackend, silentLogger } from 'plinth'

/** What a process is told to do. */
export type Task =
  /** To ask for a value at once so many times; making it takes so long and is counted in Redis. */
  | { readonly ask: string; readonly times: number; readonly takes: number }
  /** To begin to make a value and never end. */
  | { readonly hang: string }
  | { readonly invalidate: string }

const [, , url = '', ahead = '0'] = process.argv
const clock = { now: () => new Date(Date.now() + Number(ahead)) }
// Long enough for a machine that has other things to do: what is looked at here is not how long it takes.
const backend = redisBackend({ url, namespace: 'workers', logger: silentLogger, commandTimeout: 5000 })
const cache = new Cache({ backend, clock, logger: silentLogger, backendLimit: 5000, waitLimit: 4000 })
const counts = new RedisConnection({ url, commandTimeout: 5000 }, silentLogger)

async function run(task: Task): Promise<unknown> {
  if ('invalidate' in task) return cache.invalidate(task.invalidate)
  if ('hang' in task) {
    return cache.cached(task.hang, { timeout: 60 }, () => {
      process.send!('hanging')
      return new Promise<number>(() => {})
    })
  }
  const make = async (): Promise<number> => {
    const count = await counts.run((redis) =>
      redis.eval(`return redis.call('INCR', KEYS[1])`, { keys: [`count:${task.ask}`], arguments: [] }),
    )
    await wait(task.takes)
    return Number(count)
  }
  const options = { timeout: 60, tags: [task.ask] }
  return Promise.all(Array.from({ length: task.times }, () => cache.cached(task.ask, options, make)))
}

if (process.send) {
  process.on('message', (task: Task) => void run(task).then((result) => process.send!(result ?? null)))
  // So that the first task finds a connection.
  await counts.run((redis) => redis.get('ready')).catch(() => {})
  await cache.cached('ready', { timeout: 60 }, () => 1)
  process.send('ready')
}
