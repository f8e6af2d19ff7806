import { expect } from 'chai'
import { Cache, type Logger, RedisConnection, redisBackend, silentLogger } from 'plinth'
import { describeWithRedis, type PrivateRedis, privateRedis, until } from '../support/redis.js'

/** What may stand under a key, as the command of a Lua script that leaves it there. */
const strange: Readonly<Record<string, string>> = {
  'a list': `redis.call('RPUSH', key, 'x')`,
  'a text': `redis.call('SET', key, 'x')`,
}

describeWithRedis('A cache in a Redis that is not its own', () => {
  let redis: PrivateRedis
  let connection: RedisConnection
  let cache: Cache
  let made = 0
  const lines: string[] = []

  beforeEach(async () => {
    redis = await privateRedis()
    await redis.start()
    connection = new RedisConnection({ url: redis.url, commandTimeout: 5000 }, silentLogger)
    const logger: Logger = { ...silentLogger, warn: (line) => void lines.push(line), child: () => logger }
    cache = new Cache({ backend: redisBackend({ connection, namespace: 'strange' }), logger, backendLimit: 5000 })
    lines.length = 0
    made = 0
  })
  afterEach(async () => {
    await cache?.close()
    connection?.close()
    await redis?.stop()
  })

  const run = (commands: string): Promise<unknown> =>
    connection.run((commanded) => commanded.eval(commands, { keys: [], arguments: [] }))
  const look = (key = 'n'): Promise<number> => cache.cached(key, { timeout: 60, tags: ['tag'] }, () => (made += 1))

  for (const kind of ['entry', 'tag'] as const) {
    for (const [what, command] of Object.entries(strange)) {
      it(`puts its own there where ${what} stands under the key of ${kind === 'entry' ? 'an entry' : 'a mark'}`, async () => {
        expect([await look(), await look()]).to.deep.equal([1, 1])
        await run(
          `for _, key in ipairs(redis.call('KEYS', 'strange:${kind}:*')) do redis.call('DEL', key) ${command} end`,
        )
        expect([await look(), await look(), await look()]).to.deep.equal([2, 2, 2])
        expect(lines).to.deep.equal([])
      })
    }
  }

  it('makes everything anew where the server is full, and says so once', async () => {
    expect([await look(), await look()]).to.deep.equal([1, 1])
    await redis.configure('maxmemory', '1')
    // What is there is found, and what was written is heard of.
    expect(await look()).to.equal(1)
    for (let time = 2; time < 12; time += 1) expect(await look('other')).to.equal(time)
    await cache.invalidate('tag')
    expect([await look(), await look()]).to.deep.equal([12, 13])
    expect(lines).to.deep.equal(['The cache does not answer; it is done without.'])
    await redis.configure('maxmemory', '0')
    await until(async () => (await look()) === (await look()))
  })
})
