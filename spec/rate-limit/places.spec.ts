import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import {
  type ConcurrencyLimit,
  type Consumption,
  FlexibleRateLimitStore,
  type Logger,
  memoryRateLimitStore,
  type PlacesStore,
  type Presence,
  RateLimitedError,
  RateLimiter,
  RedisConnection,
  redisRateLimitStore,
  ServiceUnavailableError,
  silentLogger,
  UsageError,
} from 'plinth'
import { describeWithRedis, type PrivateRedis, privateRedis, until } from '../support/redis.js'
import { refusal } from '../support/refusal.js'

const limit = { key: 'jobs', limit: 2 }
const long = { limit: 2, lease: 60_000 }

/** What every store of places keeps. */
function keepsTheRules(storeOf: () => PlacesStore): void {
  it('lets in as many as the limit says, and others once somebody leaves', async () => {
    const store = storeOf()
    expect(await store.enter('a', 'one', long)).to.deep.equal({ entered: true, remaining: 1 })
    expect(await store.enter('a', 'two', long)).to.deep.equal({ entered: true, remaining: 0 })
    expect(await store.enter('a', 'three', long)).to.deep.equal({ entered: false, remaining: 0 })
    expect(await store.enter('b', 'three', long)).to.deep.equal({ entered: true, remaining: 1 })
    await store.leave('a', 'four')
    expect((await store.enter('a', 'three', long)).entered).to.equal(false)
    await store.leave('a', 'one')
    await store.leave('a', 'one')
    expect(await store.enter('a', 'three', long)).to.deep.equal({ entered: true, remaining: 0 })
  })

  it('counts whoever enters again once, and without a limit always', async () => {
    const store = storeOf()
    for (let time = 0; time < 3; time += 1) await store.enter('again', 'one', long)
    expect(await store.enter('again', 'two', long)).to.deep.equal({ entered: true, remaining: 0 })
    expect((await store.enter('again', 'three', { lease: 60_000 })).entered).to.equal(true)
    expect((await store.enter('again', 'two', long)).entered).to.equal(true)
    expect((await store.enter('again', 'four', long)).entered).to.equal(false)
  })

  it('lets exactly as many in as the limit says, however many ask at once', async () => {
    const store = storeOf()
    const asked = Array.from({ length: 50 }, async (_, one) => store.enter('many', `token${one}`, long))
    expect((await Promise.all(asked)).filter(({ entered }) => entered)).to.have.length(2)
  })

  it('forgets whose lease has ended', async () => {
    const store = storeOf()
    await store.enter('ends', 'one', { limit: 1, lease: 20 })
    await until(async () => (await store.enter('ends', 'two', { limit: 1, lease: 60_000 })).entered)
    expect((await store.enter('ends', 'one', { limit: 1, lease: 20 })).entered).to.equal(false)
  })

  it('lets nobody in again beyond the limit once the lease has ended', async () => {
    const store = storeOf()
    await store.enter('late', 'one', { limit: 1, lease: 20 })
    await store.enter('late', 'two', { lease: 60_000 })
    await wait(50)
    expect(await store.enter('late', 'one', { limit: 1, lease: 20 })).to.deep.equal({ entered: false, remaining: 0 })
  })

  it('lets somebody out where nobody has been in', async () => {
    const store = storeOf()
    await store.leave('empty', 'one')
    expect(await store.enter('empty', 'one', long)).to.deep.equal({ entered: true, remaining: 1 })
  })
}

/** A store of an application, which can fail, and remembers what it was asked. */
class RemarkablePlaces implements PlacesStore {
  down: 'no' | 'failing' | 'throwing' | 'silent' = 'no'
  closed = 0
  readonly asked: (readonly [what: string, key: string, token: string])[] = []

  async consume(): Promise<Consumption> {
    return Promise.reject(new Error('broken'))
  }
  forget(): void {}
  enter(key: string, token: string): Promise<Presence> {
    this.asked.push(['enter', key, token])
    if (this.down === 'throwing') throw new Error('broken at once')
    if (this.down === 'failing') return Promise.reject(new Error('broken'))
    return this.down === 'silent' ? new Promise(() => {}) : Promise.resolve({ entered: true, remaining: 1 })
  }
  async leave(key: string, token: string): Promise<void> {
    this.asked.push(['leave', key, token])
  }
  close(): void {
    this.closed += 1
  }
}

describe('What runs at the same time, in memory', () => {
  keepsTheRules(() => memoryRateLimitStore())

  it('is limited until it ends, however it does', async () => {
    const limiter = new RateLimiter({ logger: silentLogger })
    let end: (() => void) | undefined
    const running = limiter.among(limit, 'ada', () => new Promise<void>((resolve) => (end = resolve)))
    await limiter.among(limit, 'ada', () => Promise.reject(new Error('failed'))).catch(() => {})
    expect(await limiter.among(limit, 'ada', () => 7)).to.equal(7)
    const second = await limiter.enter(limit, 'ada')
    expect([second.entered, second.remaining]).to.deep.equal([true, 0])
    const refused = await limiter.among(limit, 'ada', () => 7).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(RateLimitedError)
    expect(refused).to.deep.include({ policies: ['jobs'], headers: { 'retry-after': '1' } })
    expect((await limiter.enter(limit, 'bob')).entered).to.equal(true)
    second.leave()
    second.leave()
    const third = await limiter.enter(limit, 'ada')
    expect(third.entered).to.equal(true)
    expect((await limiter.enter(limit, 'ada')).entered).to.equal(false)
    end?.()
    await running
    expect((await limiter.enter(limit, 'ada')).entered).to.equal(true)
    await limiter.close()
  })

  it('stays in for longer than its lease, as long as it runs', async () => {
    const limiter = new RateLimiter({ logger: silentLogger, lease: 1 })
    const place = limiter.enter({ ...limit, limit: 1 }, 'ada')
    expect(place).to.not.be.instanceOf(Promise)
    await wait(1500)
    expect((await limiter.enter({ ...limit, limit: 1 }, 'ada')).entered).to.equal(false)
    ;(await place).leave()
    expect((await limiter.enter({ ...limit, limit: 1 }, 'ada')).entered).to.equal(true)
    await limiter.close()
  })

  it('is in until its lease ends, and not for longer', () => {
    let now = 0
    const store = memoryRateLimitStore({ clock: { now: () => new Date(now) } })
    store.enter('a', 'one', { limit: 1, lease: 100 })
    now = 99
    expect(store.enter('a', 'two', { limit: 1, lease: 100 })).to.deep.equal({ entered: false, remaining: 0 })
    now = 100
    expect(store.enter('a', 'two', { limit: 1, lease: 100 })).to.deep.equal({ entered: true, remaining: 0 })
  })

  it('is never refused by a limit that is only tried', async () => {
    const limiter = new RateLimiter({ logger: silentLogger })
    const places = await Promise.all([1, 2, 3, 4].map(async () => limiter.enter({ ...limit, shadow: true }, 'ada')))
    expect(places.map(({ entered, remaining }) => [entered, remaining])).to.deep.equal(
      Array.from({ length: 4 }, () => [true, undefined]),
    )
    expect(limiter.counters).to.include({ wouldRefuse: 2, allowed: 0, refused: 0 })
    for (const place of places) place.leave()
    expect((await limiter.enter(limit, 'ada')).remaining).to.equal(1)
    await limiter.close()
  })

  it('is not counted by stores that cannot, nor with leases that are none', () => {
    const limiter = new RateLimiter({ store: new FlexibleRateLimitStore(() => ({}) as never), logger: silentLogger })
    expect(limiter.countsPlaces).to.equal(false)
    expect(refusal('E_RATE_PLACES', () => limiter.enter(limit, 'ada'))).to.equal(
      'The store of rate limits cannot count what runs at once ("jobs").',
    )
    for (const lease of [0, -1, 0.5, 3601, Number.NaN, '10']) {
      expect(() => new RateLimiter({ lease: lease as number })).to.throw(UsageError, 'E_RATE_LEASE')
    }
  })
})

describe('What runs at the same time, in a store of an application', () => {
  const lines: unknown[] = []
  const logger: Logger = { ...silentLogger, info: (...line) => void lines.push(line), child: () => logger }
  let store: RemarkablePlaces
  let limiter: RateLimiter

  beforeEach(() => {
    lines.length = 0
    store = new RemarkablePlaces()
    limiter = new RateLimiter({ store, storeLimit: 20, probeInterval: 1_000_000, whenDown: 'closed', logger })
  })

  const refused = (asked: ConcurrencyLimit): Promise<unknown> =>
    Promise.resolve()
      .then(() => limiter.enter(asked, 'ada'))
      .catch((error: unknown) => error)

  it('is let out once, however often it leaves', async () => {
    const place = await limiter.enter(limit, 'ada')
    place.leave()
    place.leave()
    expect(store.asked.map(([what]) => what)).to.deep.equal(['enter', 'leave'])
    await limiter.close()
    expect(store.closed).to.equal(1)
  })

  it('is let out where the store may have let it in and did not say so in time', async () => {
    store.down = 'silent'
    expect(await refused(limit)).to.be.instanceOf(ServiceUnavailableError)
    const [[, key, token]] = store.asked as unknown as [readonly [string, string, string]]
    expect(store.asked).to.deep.equal([
      ['enter', key, token],
      ['leave', key, token],
    ])
    await limiter.close()
  })

  it('is not told to a store that does not answer, whether it rejects or throws', async () => {
    const place = await limiter.enter(limit, 'ada')
    for (const down of ['failing', 'throwing', 'failing'] as const) {
      store.down = down
      expect(await refused(limit)).to.be.instanceOf(ServiceUnavailableError)
    }
    expect(limiter.isStoreAway).to.equal(true)
    const { length } = store.asked
    expect(await refused(limit)).to.be.instanceOf(ServiceUnavailableError)
    place.leave()
    expect(store.asked).to.have.length(length)
    expect(limiter.counters).to.include({ allowed: 1, storeErrors: 3, closed: 4 })
    await limiter.close()
  })

  it('is begun where a limit is only tried and its store fails, whatever is said for that case', async () => {
    store.down = 'failing'
    for (let time = 0; time < 4; time += 1) {
      expect(await limiter.enter({ ...limit, shadow: true }, 'ada')).to.include({ entered: true, remaining: undefined })
    }
    expect(limiter.counters).to.include({ storeErrors: 3, opened: 0, closed: 0, insured: 0, wouldRefuse: 0 })
    await limiter.close()
  })

  it('is told of where a limit that is only tried would have refused it', async () => {
    const tried = new RateLimiter({ logger })
    for (let time = 0; time < 3; time += 1) await tried.enter({ ...limit, shadow: true }, 'ada')
    expect(lines).to.deep.equal([['A limit that is tried would have refused.', { limit: 'jobs', caller: 'ada' }]])
    await tried.close()
  })
})

describeWithRedis('What runs at the same time, in Redis', () => {
  let redis: PrivateRedis
  let connection: RedisConnection
  const opened: { close(): unknown }[] = []
  let round = 0

  const storeOf = (namespace = `places${(round += 1)}`) => redisRateLimitStore({ connection, namespace })
  const limiterOf = (options: ConstructorParameters<typeof RateLimiter>[0]): RateLimiter => {
    const limiter = new RateLimiter({ storeLimit: 10_000, logger: silentLogger, ...options })
    opened.push(limiter)
    return limiter
  }

  before(async () => {
    redis = await privateRedis()
    await redis.start()
    connection = new RedisConnection({ url: redis.url, commandTimeout: 5000, probeInterval: 50 }, silentLogger)
  })
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
  })
  after(async () => {
    connection?.close()
    await redis?.stop()
  })

  const run = (commands: string, key: string): Promise<unknown> =>
    connection.run((commanded) => commanded.eval(commands, { keys: [key], arguments: [] }))

  keepsTheRules(() => storeOf())

  it('counts nothing that somebody else has put under its keys, and nothing that ends later than any lease', async () => {
    const store = storeOf('strange')
    for (const [key, commands] of [
      ['list', `redis.call('RPUSH', KEYS[1], 'x')`],
      ['text', `redis.call('SET', KEYS[1], 'x')`],
      ['ahead', `redis.call('ZADD', KEYS[1], redis.call('TIME')[1] * 1000 + 86400000, 'x')`],
    ] as const) {
      await run(commands, `strange:limit:${key}`)
      if (key !== 'ahead') await store.leave(key, 'one')
      expect(await store.enter(key, 'one', long), key).to.deep.equal({ entered: true, remaining: 1 })
    }
    expect(await run(`return redis.call('PTTL', KEYS[1]) > 0`, 'strange:limit:ahead')).to.equal(1)
  })

  it('is counted together by several limiters, and again where the server has forgotten it', async () => {
    const store = storeOf()
    const [one, other] = [limiterOf({ store, lease: 1 }), limiterOf({ store, lease: 1 })]
    await one.enter(limit, 'ada')
    const second = await other.enter(limit, 'ada')
    expect((await one.enter(limit, 'ada')).entered).to.equal(false)
    await run(`redis.call('FLUSHALL')`, 'x')
    // Whoever runs renews its lease.
    await until(async () => {
      const place = await one.enter(limit, 'ada')
      place.leave()
      return !place.entered
    })
    second.leave()
    await until(async () => (await one.enter(limit, 'ada')).entered)
  })

  it('is counted by this process where Redis does not answer, or refused, or not counted', async () => {
    const away = new RedisConnection({ url: 'redis://127.0.0.1:1' }, silentLogger)
    opened.push(away)
    const store = redisRateLimitStore({ connection: away, namespace: 'away' })
    const insured = limiterOf({ store, processes: 2 })
    const first = await insured.enter({ ...limit, limit: 4 }, 'ada')
    await insured.enter({ ...limit, limit: 4 }, 'ada')
    expect((await insured.enter({ ...limit, limit: 4 }, 'ada')).entered).to.equal(false)
    first.leave()
    expect((await insured.enter({ ...limit, limit: 4 }, 'ada')).entered).to.equal(true)
    expect(insured.counters).to.include({ insured: 4, allowed: 3, refused: 1 })
    const open = limiterOf({ store, whenDown: 'open' })
    for (let time = 0; time < 5; time += 1) {
      expect(await open.enter(limit, 'ada')).to.include({ entered: true, remaining: undefined })
    }
    const closed = limiterOf({ store, whenDown: 'closed' })
    const refused = await Promise.resolve(closed.enter(limit, 'ada')).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(ServiceUnavailableError)
    expect([open.counters.opened, closed.counters.closed]).to.deep.equal([5, 1])
  })

  it('is free again once the lease of a process has ended that was killed', async () => {
    const file = fileURLToPath(new URL('./support/holder.js', import.meta.url))
    const holder: ChildProcess = fork(file, [redis.url, 'killed'])
    const [entered] = (await once(holder, 'message')) as [readonly boolean[]]
    expect(entered).to.deep.equal([true, true, false])
    const limiter = limiterOf({ store: storeOf('killed'), lease: 1 })
    expect((await limiter.enter(limit, 'ada')).entered).to.equal(false)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await until(async () => (await limiter.enter(limit, 'ada')).entered)
  })
})
