import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import {
  type Consumption,
  hashString,
  memoryRateLimitStore,
  RateLimiter,
  type RateLimitStore,
  RedisConnection,
  redisRateLimitStore,
  ServiceUnavailableError,
  silentLogger,
  UsageError,
  type WhenStoreDown,
} from 'plinth'
import { describeWithRedis, type PrivateRedis, privateRedis, TcpProxy, until } from '../support/redis.js'

const limit = { key: 'api', limit: 10, period: 60 }

/** A store that answers only when it is told to. */
class FragileStore implements RateLimitStore {
  down: 'no' | 'silent' | 'failing' | 'throwing' = 'no'
  calls = 0
  readonly #memory = memoryRateLimitStore()

  consume(...given: Parameters<RateLimitStore['consume']>): Promise<Consumption> {
    this.calls += 1
    if (this.down === 'throwing') throw new Error('broken at once')
    if (this.down === 'silent') return new Promise(() => {})
    if (this.down === 'failing') return Promise.reject(new Error('broken'))
    return Promise.resolve(this.#memory.consume(...given))
  }
  forget = async (key: string): Promise<void> => this.#memory.forget(key)
}

async function answerOf(limiter: RateLimiter, who = 'ada'): Promise<'allowed' | 'refused' | 'unknown' | number> {
  try {
    const consumption = await limiter.consume(limit, who)
    if (!consumption) return 'unknown'
    return consumption.allowed ? 'allowed' : 'refused'
  } catch (error) {
    return error instanceof ServiceUnavailableError ? error.statusCode : Promise.reject(error)
  }
}

describe('A limiter whose store does not answer', () => {
  let store: FragileStore
  const limiters: RateLimiter[] = []
  const lines: string[] = []

  const limiterOf = (whenDown?: WhenStoreDown, processes = 1): RateLimiter => {
    const limiter = new RateLimiter({
      store,
      logger: { ...silentLogger, warn: (line) => void lines.push(line), info: (line) => void lines.push(line) },
      processes,
      storeLimit: 20,
      probeInterval: 20,
      ...(whenDown && { whenDown }),
    })
    limiters.push(limiter)
    return limiter
  }

  beforeEach(() => {
    store = new FragileStore()
    lines.length = 0
  })

  afterEach(async () => {
    for (const limiter of limiters.splice(0)) await limiter.close()
  })

  for (const down of ['silent', 'failing', 'throwing'] as const) {
    it(`does what is said for that case (${down})`, async () => {
      store.down = down
      expect(await answerOf(limiterOf('open'))).to.equal('unknown')
      expect(await answerOf(limiterOf('closed'))).to.equal(503)
      const insured = limiterOf()
      const answers = await Promise.all(Array.from({ length: 30 }, () => answerOf(insured)))
      expect(answers.filter((answer) => answer === 'allowed')).to.have.length(10)
    })
  }

  it('is closed with a code and a time to come back', async () => {
    store.down = 'failing'
    const error = await Promise.resolve(limiterOf('closed').consume(limit, 'ada')).catch((thrown: unknown) => thrown)
    expect(error).to.include({
      errorCode: 'RATE_LIMITS_UNAVAILABLE',
      statusCode: 503,
      message: 'It cannot be told at present how much you may use; try again.',
    })
  })

  it('lets each limit say something else', async () => {
    store.down = 'failing'
    const limiter = limiterOf('closed')
    expect(await limiter.consume({ ...limit, whenDown: 'open' }, 'ada')).to.equal(undefined)
  })

  it('allows no more than its part of the limit where several processes are insured', async () => {
    store.down = 'failing'
    const limiter = limiterOf('insurance', 4)
    const answers = await Promise.all(Array.from({ length: 30 }, () => answerOf(limiter)))
    expect(answers.filter((answer) => answer === 'allowed')).to.have.length(2)
  })

  it('leaves the store alone after some failures, says so once, and uses it when it is back', async () => {
    store.down = 'failing'
    const limiter = limiterOf('open')
    for (let call = 0; call < 3; call += 1) await answerOf(limiter)
    const calls = store.calls
    for (let call = 0; call < 50; call += 1) await answerOf(limiter)
    expect(store.calls - calls).to.be.lessThan(50)
    // It is looked at again, and stays away as long as it fails.
    const looks = store.calls
    await until(() => store.calls > looks + 1)
    expect(limiter.isStoreAway).to.equal(true)
    expect(lines).to.have.length(1)
    store.down = 'no'
    await until(async () => (await answerOf(limiter)) === 'allowed')
    expect(lines).to.deep.equal([
      'The store of rate limits does not answer; limits do what they say for that case.',
      'The store of rate limits answers again.',
    ])
  })

  it('refuses costs that no limit can have', () => {
    for (const cost of [0, -1, 1.5, 11, Number.NaN]) {
      const problem = `A use costs ${cost} of the limit "api", which is not a whole number from 1 to its limit, 10.`
      expect(() => limiterOf().consume(limit, 'ada', cost)).to.throw(UsageError, `${problem}\n[E_RATE_COST]`)
    }
  })

  it('says who is refused when to come again, in whole seconds', async () => {
    let now = 0
    const limiter = new RateLimiter({ store: memoryRateLimitStore({ clock: { now: () => new Date(now) } }) })
    await limiter.require(limit, 'ada', 10)
    for (const [elapsed, seconds] of [
      [0, 60],
      [58_000, 2],
      [58_001, 2],
      [59_999, 1],
    ] as const) {
      now = elapsed
      const error = await Promise.resolve()
        .then(() => limiter.require(limit, 'ada'))
        .catch((thrown: unknown) => thrown)
      expect(error).to.deep.include({
        statusCode: 429,
        message: `There were too many requests; try again in ${seconds} s.`,
        policies: ['api'],
        details: { retryAfter: seconds },
        headers: { 'retry-after': String(seconds) },
      })
    }
    await limiter.forget(limit, 'ada')
    await limiter.require(limit, 'ada', 10)
  })

  it('asks its store for keys that every store can have, another for each limit and each that is limited', async () => {
    const keys: string[] = []
    const memory = memoryRateLimitStore()
    const limiter = new RateLimiter({
      store: {
        consume: (key, quota, cost) => {
          keys.push(key)
          return memory.consume(key, quota, cost)
        },
        forget: (key) => void keys.push(`forgotten ${key}`),
      },
    })
    for (const who of ['u:ada', 'a/b-c.d@e_1', 'x'.repeat(80), 'x'.repeat(81), 'a b', ''])
      await limiter.consume(limit, who)
    await limiter.consume({ ...limit, period: 61 }, 'ada')
    await limiter.consume({ ...limit, key: 'x'.repeat(64) }, 'ada')
    await limiter.consume({ ...limit, key: 'x'.repeat(65) }, 'ada')
    await limiter.consume({ ...limit, key: 'my key' }, 'ada')
    await limiter.forget(limit, 'ada')
    expect(keys).to.deep.equal([
      'api:10:60:u:ada',
      'api:10:60:a/b-c.d@e_1',
      `api:10:60:${'x'.repeat(80)}`,
      `api:10:60:#${hashString('x'.repeat(81))}`,
      `api:10:60:#${hashString('a b')}`,
      `api:10:60:#${hashString('')}`,
      'api:10:61:ada',
      `${'x'.repeat(64)}:10:60:ada`,
      `#${hashString('x'.repeat(65)).slice(0, 32)}:10:60:ada`,
      `#${hashString('my key').slice(0, 32)}:10:60:ada`,
      'forgotten api:10:60:ada',
    ])
  })

  it('keeps apart whom it counts, however they are called', async () => {
    const limiter = limiterOf()
    const names = ['a', 'a b', 'a:b', 'ä', 'x'.repeat(500), `${'x'.repeat(500)}y`, '', '\u0000', '#', ' a']
    for (const name of names) {
      const consumption = await limiter.consume({ ...limit, limit: 1 }, name)
      expect(consumption?.allowed, name).to.equal(true)
    }
  })
})

describeWithRedis('A limiter whose Redis fails', () => {
  let redis: PrivateRedis
  let proxy: TcpProxy | undefined
  const opened: { close(): unknown }[] = []

  const limiterAt = (url: string, whenDown: WhenStoreDown): RateLimiter => {
    const connection = new RedisConnection({ url, probeInterval: 50 }, silentLogger)
    const store = redisRateLimitStore({ connection, namespace: 'faults' })
    const limiter = new RateLimiter({ store, whenDown, probeInterval: 50, logger: silentLogger })
    opened.push(limiter, connection)
    return limiter
  }

  beforeEach(async () => {
    redis = await privateRedis()
  })

  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
    await proxy?.close()
    proxy = undefined
    await redis?.stop()
  })

  it('answers without a server, and counts in it as soon as it is there', async () => {
    const limiter = limiterAt(redis.url, 'closed')
    expect(await answerOf(limiter)).to.equal(503)
    await redis.start()
    await until(async () => (await answerOf(limiter)) === 'allowed')
  })

  it('answers every call while the server is killed, started and frozen under load', async () => {
    await redis.start()
    const limiter = limiterAt(redis.url, 'open')
    const running = new AbortController()
    const answers = { allowed: 0, refused: 0, unknown: 0, other: 0 }
    const load = async (number: number): Promise<void> => {
      while (!running.signal.aborted) {
        const answer = await answerOf(limiter, `user${number}`)
        answers[typeof answer === 'number' ? 'other' : answer] += 1
        await wait(1)
      }
    }
    const loads = Array.from({ length: 20 }, (_, number) => load(number))
    const counts = async (): Promise<boolean> => (await answerOf(limiter, `probe${Math.random()}`)) === 'allowed'
    await until(counts)
    await redis.stop()
    await until(() => answers.unknown > 0)
    await redis.start()
    await until(counts)
    const before = answers.unknown
    redis.freeze()
    await until(() => answers.unknown > before)
    redis.thaw()
    await until(counts)
    running.abort()
    await Promise.all(loads)
    expect(answers.allowed).to.be.greaterThan(0)
    expect(answers.other).to.equal(0)
  })

  it('does without answers that are late, and with them once they are not', async () => {
    await redis.start()
    proxy = new TcpProxy(redis.port)
    const limiter = limiterAt(`redis://127.0.0.1:${await proxy.listen()}`, 'closed')
    await until(async () => (await answerOf(limiter)) === 'allowed')
    proxy.delay = 250
    expect(await answerOf(limiter)).to.equal(503)
    proxy.delay = 0
    await until(async () => (await answerOf(limiter, 'bob')) === 'allowed')
    proxy.cut()
    await until(async () => (await answerOf(limiter, 'eve')) === 'allowed')
  })
})
