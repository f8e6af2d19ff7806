import { AssertionError } from 'node:assert'
import { expect } from 'chai'
import {
  type Consumption,
  FlexibleRateLimitStore,
  memoryRateLimitStore,
  type PlacesStore,
  type Quota,
  type RateLimitStore,
  RedisConnection,
  redisRateLimitStore,
  silentLogger,
} from 'plinth'
import { checkRateLimitStore } from 'plinth/testing'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { describeWithRedis, type PrivateRedis, privateRedis, until } from '../support/redis.js'

/** The methods of a store, which others may stand in for. */
const boundTo = (store: PlacesStore): PlacesStore => ({
  consume: store.consume.bind(store),
  forget: store.forget.bind(store),
  enter: store.enter.bind(store),
  leave: store.leave.bind(store),
})

function storeWith(change: (places: PlacesStore) => Partial<PlacesStore>): PlacesStore {
  const own = boundTo(memoryRateLimitStore())
  return { ...own, ...change(own) }
}

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

  let calls = 0
  const brokenPlaces: Readonly<Record<string, Parameters<typeof storeWith>[0]>> = {
    'It tells how many places are left.': (places) => ({
      enter: async (key, token, bounds) => ({ ...(await places.enter(key, token, bounds)), remaining: 2 }),
    }),
    'Whoever enters again is counted once.': (places) => ({
      enter: (key, token, bounds) => places.enter(key, `${token}-${(calls += 1)}`, bounds),
    }),
    'Without a limit everybody enters.': (places) => ({
      enter: (key, token, { limit = 2, lease }) => places.enter(key, token, { limit, lease }),
    }),
    'Whoever is not in has no place to give.': (places) => ({ leave: (key) => places.leave(key, 'one') }),
    'Whoever leaves gives one place, however often.': () => ({ leave: () => {} }),
    'Keys are counted apart.': (places) => ({
      enter: (key, token, bounds) => places.enter(key.startsWith('places-a') ? 'same' : key, token, bounds),
    }),
    'A place is free when its lease has ended.': (places) => ({
      enter: (key, token, bounds) => places.enter(key, token, { ...bounds, lease: 60_000 }),
    }),
    'A lease that was renewed goes on.': (places) => ({
      enter: (key, token, bounds) => places.enter(key, token, { ...bounds, lease: Math.min(bounds.lease, 200) }),
    }),
  }
  for (const [rule, broken] of Object.entries(brokenPlaces)) {
    it(`that count places are told where they break the rule "${rule}"`, async () => {
      const error = await checkRateLimitStore({ create: () => storeWith(broken) }).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(AssertionError)
      expect((error as Error).message).to.contain(rule)
    })
  }
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

  it('counts what is used within a twentieth of the period as one, which ends with its last part', () => {
    const counted = store()
    const pair = { limit: 2, period: 60 }
    counted.consume('together', pair, 1)
    counted.consume('apart', pair, 1)
    now += 2999
    expect(counted.consume('together', pair, 1)).to.deep.equal({
      allowed: true,
      remaining: 0,
      resetAfter: 60_000,
      retryAfter: 0,
    })
    now += 1
    counted.consume('apart', pair, 1)
    now += 57_000
    expect(counted.consume('apart', pair, 1).allowed).to.equal(true)
    expect(counted.consume('apart', pair, 1)).to.deep.equal({
      allowed: false,
      remaining: 0,
      resetAfter: 60_000,
      retryAfter: 3000,
    })
    now += 2998
    expect(counted.consume('together', pair, 1)).to.deep.equal({
      allowed: false,
      remaining: 0,
      resetAfter: 1,
      retryAfter: 1,
    })
    now += 1
    expect(counted.consume('together', pair, 1)).to.deep.equal({
      allowed: true,
      remaining: 1,
      resetAfter: 60_000,
      retryAfter: 0,
    })
  })

  it('counts nothing that it refuses', () => {
    const counted = store()
    expect(counted.consume('key', quota, 8).remaining).to.equal(2)
    now += 10_000
    expect(counted.consume('key', quota, 3)).to.deep.equal({
      allowed: false,
      remaining: 2,
      resetAfter: 50_000,
      retryAfter: 50_000,
    })
    expect(counted.consume('key', quota, 2).remaining).to.equal(0)
    expect(counted.size).to.equal(1)
  })

  it('forgets what it is told to, and is no larger or smaller for what it does not know', () => {
    const counted = store()
    for (const key of ['one', 'two']) counted.consume(key, quota, 10)
    counted.consume('one', { limit: 10, period: 1 }, 10)
    for (const key of ['one', 'one', 'three']) counted.forget(key)
    expect(counted.size).to.equal(1)
    expect(counted.consume('one', quota, 1).remaining).to.equal(9)
    expect(counted.consume('two', quota, 1).allowed).to.equal(false)
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

  it('takes what was used last for what ends last', () => {
    const counted = store(2)
    for (const key of ['one', 'two', 'one', 'three']) counted.consume(key, { limit: 2, period: 60 }, 1)
    expect(counted.size).to.equal(2)
    expect(counted.consume('one', { limit: 2, period: 60 }, 1).allowed).to.equal(false)
    expect(counted.consume('two', { limit: 2, period: 60 }, 1).remaining).to.equal(1)
  })
})

describe('A store of rate limits of rate-limiter-flexible', () => {
  it('has one limiter for each quota, in all of which a key is forgotten', async () => {
    const made: Quota[] = []
    const store = new FlexibleRateLimitStore((quota) => {
      made.push(quota)
      return new RateLimiterMemory({ points: quota.limit, duration: quota.period, keyPrefix: String(quota.limit) })
    })
    const quotas = [
      { limit: 1, period: 60 },
      { limit: 2, period: 60 },
      { limit: 1, period: 600 },
    ]
    for (const quota of [...quotas, ...quotas]) await store.consume('key', quota, 1)
    expect(made).to.deep.equal(quotas)
    const refused = await store.consume('key', quotas[0]!, 1)
    expect([refused.allowed, refused.remaining]).to.deep.equal([false, 0])
    expect(refused.retryAfter).to.equal(refused.resetAfter).and.to.be.within(1, 60_000)
    await store.forget('key')
    const again = await store.consume('key', quotas[1]!, 1)
    expect([again.allowed, again.remaining, again.retryAfter]).to.deep.equal([true, 1, 0])
  })

  it('fails where its limiter does', async () => {
    for (const thrown of [new Error('broken'), 'broken', null, { msBeforeNext: '5' }]) {
      const failing = async (): Promise<never> => Promise.reject(thrown)
      const store = new FlexibleRateLimitStore(() => ({ consume: failing, delete: failing }))
      const error = await store.consume('key', { limit: 1, period: 1 }, 1).catch((caught: unknown) => caught)
      expect(error).to.equal(thrown)
    }
    const late = new FlexibleRateLimitStore(() => ({
      consume: async () => ({ remainingPoints: 3, msBeforeNext: -1 }),
      delete: async () => true,
    }))
    expect(await late.consume('key', { limit: 4, period: 1 }, 1)).to.deep.equal({
      allowed: true,
      remaining: 3,
      resetAfter: 1,
      retryAfter: 0,
    })
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
