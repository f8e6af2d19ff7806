import { AssertionError } from 'node:assert'
import { expect } from 'chai'
import {
  type Consumption,
  FlexibleRateLimitStore,
  memoryRateLimitStore,
  type Quota,
  type RateLimitStore,
  RedisConnection,
  redisRateLimitStore,
  silentLogger,
} from 'plinth'
import { checkRateLimitStore } from 'plinth/testing'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { describeWithRedis, type PrivateRedis, privateRedis, until } from '../support/redis.js'

describe('Stores of rate limits', () => {
  it('keep the rules in memory', () => checkRateLimitStore({ create: () => memoryRateLimitStore() }))

  it('keep the rules in any limiter of rate-limiter-flexible', function () {
    this.timeout(20_000)
    return checkRateLimitStore({
      create: () =>
        new FlexibleRateLimitStore(({ limit, period }) => new RateLimiterMemory({ points: limit, duration: period })),
      shortest: 1,
      fixedPeriods: true,
    })
  })

  it('of others are told which rule they break', async () => {
    class Racing implements RateLimitStore {
      readonly #used = new Map<string, number>()
      async consume(key: string, { limit }: Quota, cost: number): Promise<Consumption> {
        const used = this.#used.get(key) ?? 0
        await Promise.resolve()
        const allowed = used + cost <= limit
        if (allowed) this.#used.set(key, used + cost)
        return { allowed, remaining: limit - used - (allowed ? cost : 0), resetAfter: 1, retryAfter: allowed ? 0 : 1 }
      }
      forget = async (key: string): Promise<void> => void this.#used.delete(key)
    }
    const error = await checkRateLimitStore({ create: () => new Racing() }).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(AssertionError)
    expect((error as Error).message).to.contain('Of many at once exactly the limit is allowed.')
  })
})

describe('A store of rate limits in memory', () => {
  const quota = { limit: 10, period: 60 }
  let now: number
  const store = (size?: number) =>
    memoryRateLimitStore({ clock: { now: () => new Date(now) }, ...(size !== undefined && { size }) })

  beforeEach(() => {
    now = 1_000_000
  })

  it('allows no more than the limit around the end of a period', () => {
    const counted = store()
    const allowed = (): number =>
      Array.from({ length: 20 }, () => counted.consume('key', quota, 1)).filter((one) => one.allowed).length
    now += 59_900
    expect(allowed()).to.equal(10)
    now += 200
    expect(allowed()).to.equal(0)
    now += 59_800
    expect(allowed()).to.equal(10)
  })

  it('gives back what was used in the order of its use, each at its time', () => {
    const counted = store()
    for (let step = 0; step < 10; step += 1) {
      counted.consume('key', quota, 1)
      now += 3000
    }
    const refused = counted.consume('key', quota, 1)
    expect(refused).to.deep.equal({ allowed: false, remaining: 0, resetAfter: 57_000, retryAfter: 30_000 })
    expect(counted.consume('key', quota, 3).retryAfter).to.equal(36_000)
    now += 29_999
    expect(counted.consume('key', quota, 1).allowed).to.equal(false)
    now += 1
    expect(counted.consume('key', quota, 1)).to.deep.equal({
      allowed: true,
      remaining: 0,
      resetAfter: 60_000,
      retryAfter: 0,
    })
  })

  it('forgets what has ended, without a timer', () => {
    const counted = store()
    for (let key = 0; key < 1000; key += 1) counted.consume(`key${key}`, quota, 1)
    expect(counted.size).to.equal(1000)
    now += 60_000
    counted.consume('another', quota, 1)
    expect(counted.size).to.equal(1)
  })

  it('holds no more keys than it may, and forgets those that end first', () => {
    const counted = store(100)
    for (let key = 0; key < 150; key += 1) counted.consume(`key${key}`, { limit: 1, period: 60 }, 1)
    counted.consume('other', { limit: 1, period: 1 }, 1)
    expect(counted.size).to.equal(100)
    expect(counted.consume('key149', { limit: 1, period: 60 }, 1).allowed).to.equal(false)
    expect(counted.consume('other', { limit: 1, period: 1 }, 1).allowed).to.equal(false)
    expect(counted.consume('key0', { limit: 1, period: 60 }, 1).allowed).to.equal(true)
  })
})

describeWithRedis('The store of rate limits in Redis', () => {
  let redis: PrivateRedis
  let connection: RedisConnection

  before(async () => {
    redis = await privateRedis()
    await redis.start()
    connection = new RedisConnection({ url: redis.url, commandTimeout: 10_000 }, silentLogger)
  })

  after(async () => {
    connection?.close()
    await redis?.stop()
  })

  it('keeps the rules', () =>
    checkRateLimitStore({
      create: (namespace) => redisRateLimitStore({ url: redis.url, namespace, commandTimeout: 10_000 }),
    }))

  it('leaves nothing behind that does not end', async () => {
    const store = redisRateLimitStore({ connection, namespace: 'ends' })
    await store.consume('key', { limit: 5, period: 3 }, 1)
    const left = await connection.run((client) =>
      client.eval(`return redis.call('PTTL', KEYS[1])`, { keys: ['ends:limit:key'], arguments: [] }),
    )
    expect(left).to.be.within(1, 3000)
  })

  it('takes what cannot be read for nothing', async () => {
    const store = redisRateLimitStore({ connection, namespace: 'broken' })
    for (const text of ['', 'x', '{"a":1}']) {
      await connection.run((client) => client.set('broken:limit:key', text))
      expect((await store.consume('key', { limit: 5, period: 60 }, 2)).remaining).to.equal(3)
    }
  })

  it('shares a connection that it does not close', async () => {
    const store = redisRateLimitStore({ connection, namespace: 'shared' })
    await store.consume('key', { limit: 5, period: 60 }, 1)
    store.close()
    expect(await connection.run((client) => client.get('shared:limit:key'))).to.be.a('string')
  })

  it('counts on where the server has forgotten the script', async () => {
    const store = redisRateLimitStore({ connection, namespace: 'flushed' })
    await store.consume('key', { limit: 5, period: 60 }, 1)
    await redis.stop()
    await redis.start()
    let counted: Consumption | undefined
    await until(async () => {
      counted = await store.consume('key', { limit: 5, period: 60 }, 1).catch(() => undefined)
      return counted !== undefined
    })
    expect(counted?.remaining).to.equal(4)
  })
})
