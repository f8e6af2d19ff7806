import { RateLimiter, RedisConnection, redisRateLimitStore, silentLogger } from 'plinth'

// Begins three of two things that may run at the same time, and ends none.
const [, , url = '', namespace = ''] = process.argv
const connection = new RedisConnection({ url, commandTimeout: 5000 }, silentLogger)
const store = redisRateLimitStore({ connection, namespace })
const limiter = new RateLimiter({ store, storeLimit: 5000, whenDown: 'closed', lease: 1, logger: silentLogger })

if (process.send) {
  await connection.run((redis) => redis.get('ready')).catch(() => {})
  const entered: boolean[] = []
  for (let time = 0; time < 3; time += 1) entered.push((await limiter.enter({ key: 'jobs', limit: 2 }, 'ada')).entered)
  process.send(entered)
  // A process lives as long as somebody listens to it.
  process.on('message', () => {})
}
