import { expect } from 'chai'
import { RedisConnection, RedisRateLimitStore, silentLogger } from 'plinth'
import { describeWithRedis, type PrivateRedis, privateRedis } from '../support/redis.js'

const quota = { limit: 5, period: 60 }

/** What may stand under a key, as the commands of a Lua script that leave it there. */
const strange: Readonly<Record<string, string>> = {
  'a list': `redis.call('RPUSH', KEYS[1], 'x')`,
  'a hash': `redis.call('HSET', KEYS[1], 'x', 'y')`,
  'a text': `redis.call('SET', KEYS[1], 'x')`,
  nothing: `redis.call('SET', KEYS[1], '')`,
  'a number': `redis.call('SET', KEYS[1], cmsgpack.pack(7))`,
  'lists of other lengths': `redis.call('SET', KEYS[1], cmsgpack.pack({{1, 2}, {}, {1}}))`,
  'other things than bursts': `redis.call('SET', KEYS[1], cmsgpack.pack({'x', 7, {'a', 'b', 'c'}}))`,
}

describeWithRedis('Rate limits in a Redis where something else stands under their keys', () => {
  let redis: PrivateRedis
  let connection: RedisConnection
  let store: RedisRateLimitStore

  before(async () => {
    redis = await privateRedis()
    await redis.start()
    connection = new RedisConnection({ url: redis.url, commandTimeout: 5000 }, silentLogger)
    store = new RedisRateLimitStore({ connection, namespace: 'strange' })
  })
  after(async () => {
    connection?.close()
    await redis?.stop()
  })

  const put = (key: string, commands: string): Promise<unknown> =>
    connection.run((commanded) => commanded.eval(commands, { keys: [`strange:limit:${key}`], arguments: [] }))

  for (const [what, commands] of Object.entries(strange)) {
    it(`count as if nothing were there where there is ${what}`, async () => {
      const key = what.replaceAll(' ', '-')
      await put(key, commands)
      const allowed: boolean[] = []
      for (let use = 0; use < 6; use += 1) allowed.push((await store.consume(key, quota, 1)).allowed)
      expect(allowed).to.deep.equal([true, true, true, true, true, false])
    })
  }

  it('keep nobody out for longer than a period where the clock of the server was set back', async () => {
    const day = 86_400_000
    await put(
      'ahead',
      `local now = redis.call('TIME')[1] * 1000
       redis.call('SET', KEYS[1], cmsgpack.pack({{now - 10000, now - 10000, 1}, {now + ${day}, now + ${day}, 4}}))`,
    )
    const refused = await store.consume('ahead', quota, 1)
    expect(refused).to.include({ allowed: false, remaining: 0 })
    expect(refused.retryAfter).to.be.at.most(60_000)
    expect(refused.resetAfter).to.be.at.most(60_000)
    await put(
      'ahead-and-free',
      `local now = redis.call('TIME')[1] * 1000
       redis.call('SET', KEYS[1], cmsgpack.pack({{now + ${day}, now + ${day}, 4}}))`,
    )
    const allowed = await store.consume('ahead-and-free', quota, 1)
    expect(allowed).to.include({ allowed: true, remaining: 0 })
    expect(allowed.resetAfter).to.be.at.most(60_000)
    expect(
      await connection.run((commanded) =>
        commanded.eval(`return redis.call('PTTL', KEYS[1]) <= 60000`, {
          keys: ['strange:limit:ahead-and-free'],
          arguments: [],
        }),
      ),
    ).to.equal(1)
  })
})
