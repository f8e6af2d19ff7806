import { RateLimiter, RedisConnection, redisRateLimitStore, silentLogger } from 'plinth'

/** What a process is told to do: to use something so many times at once, of a limit in a minute. */
export interface Task {
  readonly key: string
  readonly limit: number
  readonly times: number
}

const [, , url = '', ahead = '0'] = process.argv
// Whoever counts by the clock of the process counts wrong.
const present = Date.now.bind(Date)
Date.now = () => present() + Number(ahead)

const connection = new RedisConnection({ url, commandTimeout: 5000 }, silentLogger)
const limiter = new RateLimiter({
  store: redisRateLimitStore({ connection, namespace: 'workers' }),
  storeLimit: 5000,
  whenDown: 'closed',
  logger: silentLogger,
})

async function run({ key, limit, times }: Task): Promise<number> {
  const attempts = Array.from({ length: times }, async () => limiter.consume({ key, limit, period: 60 }, 'all'))
  return (await Promise.all(attempts)).filter((one) => one?.allowed).length
}

if (process.send) {
  process.on('message', (task: Task) => void run(task).then((allowed) => process.send!(allowed)))
  // So that the first task finds a connection.
  await connection.run((redis) => redis.get('ready')).catch(() => {})
  process.send('ready')
}
