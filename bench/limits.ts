import { createHash, randomUUID } from 'node:crypto'
import {
  memoryRateLimitStore,
  RateLimiter,
  type RedisCommands,
  RedisConnection,
  RedisUnavailableError,
  redisRateLimitStore,
  silentLogger,
} from 'plinth'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import { type Comparison, compare } from './compare.js'

const limit = { key: 'api', limit: 100_000, period: 3600 }

/** What a limit in memory costs a request, beside that of rate-limiter-flexible by hand. */
export async function memoryLimitComparison(): Promise<Comparison> {
  const limiter = new RateLimiter({ store: memoryRateLimitStore(), logger: silentLogger })
  const flexible = new RateLimiterMemory({ points: limit.limit, duration: limit.period })
  const users = Array.from({ length: 100 }, (_, index) => `u:${index}`)
  let next = 0
  const user = (): string => users[next++ % users.length]!
  return compare(
    'A limit for 100 users in memory',
    {
      'rate-limiter-flexible': () => flexible.consume(user(), 1),
      plinth: async () => limiter.consume(limit, user()),
    },
    { rounds: 9, calls: 20_000 },
  )
}

/** The least that a counter in Redis can do. */
const counter = `local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n`

/**
 * What a limit in Redis costs a request, beside that of rate-limiter-flexible by hand over the same connection and a bare
 * EVALSHA that counts. By processor time of this process; the server's is not in it. Undefined where there is no Redis.
 */
export async function redisLimitComparison(): Promise<Comparison | undefined> {
  const connection = new RedisConnection({ commandTimeout: 2000 }, silentLogger)
  const namespace = `bench-${randomUUID()}`
  try {
    const loaded = { keys: [`${namespace}:first`], arguments: ['1000'] }
    await connection.run((redis) => redis.eval(counter, loaded))
    const digest = createHash('sha1').update(counter).digest('hex')
    const store = redisRateLimitStore({ connection, namespace })
    const limiter = new RateLimiter({ store, logger: silentLogger })
    const storeClient = {
      eval: (...given: Parameters<RedisCommands['eval']>) => connection.run((redis) => redis.eval(...given)),
    }
    const flexible = new RateLimiterRedis({
      storeClient,
      useRedisPackage: true,
      points: limit.limit,
      duration: limit.period,
      keyPrefix: namespace,
    })
    const bare = { keys: [`${namespace}:bare`], arguments: ['3600000'] }
    return await compare(
      'A limit in Redis',
      {
        'bare EVALSHA': () => connection.run((redis) => redis.evalSha(digest, bare)),
        'rate-limiter-flexible': () => flexible.consume('ada', 1),
        plinth: async () => limiter.consume(limit, 'u:ada'),
      },
      { rounds: 7, calls: 1000 },
    )
  } catch (error) {
    if (error instanceof RedisUnavailableError) return undefined
    throw error
  } finally {
    connection.close()
  }
}
