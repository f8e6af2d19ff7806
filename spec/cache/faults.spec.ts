import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { Cache, redisBackend, silentLogger } from 'plinth'
import { describeWithRedis, type PrivateRedis, privateRedis, TcpProxy, until } from '../support/redis.js'

describeWithRedis('A cache in Redis that fails', function () {
  let redis: PrivateRedis
  let proxy: TcpProxy | undefined
  const caches: Cache[] = []

  const cacheAt = (url = redis.url): Cache => {
    const backend = redisBackend({ url, namespace: 'faults', probeInterval: 50, logger: silentLogger })
    const cache = new Cache({ backend, logger: silentLogger })
    caches.push(cache)
    return cache
  }
  const made = { times: 0 }
  const look = (cache: Cache): Promise<number> =>
    cache.cached('n', { timeout: 60, tags: ['tag'] }, () => (made.times += 1))
  /** Whether two looks, one after another, find the same. */
  const keeps = async (cache: Cache): Promise<boolean> => (await look(cache)) === (await look(cache))

  beforeEach(async () => {
    redis = await privateRedis()
    made.times = 0
  })

  afterEach(async () => {
    for (const cache of caches.splice(0)) await cache.close()
    await proxy?.close()
    proxy = undefined
    await redis.stop()
  })

  it('answers without a server, and uses it as soon as it is there', async () => {
    const cache = cacheAt()
    expect([await look(cache), await look(cache)]).to.deep.equal([1, 2])
    await redis.start()
    await until(() => keeps(cache))
  })

  it('answers every call while the server is killed, started and frozen under load', async () => {
    await redis.start()
    const cache = cacheAt()
    const running = new AbortController()
    let calls = 0
    const load = async (): Promise<void> => {
      while (!running.signal.aborted) {
        await look(cache)
        await cache.invalidate('another')
        calls += 1
        await wait(1)
      }
    }
    const loads = Array.from({ length: 20 }, load)
    const answered = (): Promise<void> => {
      const wanted = calls + 20
      return until(() => calls >= wanted)
    }
    for (let round = 0; round < 2; round += 1) {
      await answered()
      await redis.stop()
      await answered()
      await redis.start()
      await until(() => keeps(cache))
      redis.freeze()
      await answered()
      redis.thaw()
      await until(() => keeps(cache))
    }
    running.abort()
    await Promise.all(loads)
  })

  it('tells what was written while it was away before it takes anything again', async () => {
    await redis.start()
    proxy = new TcpProxy(redis.port)
    const cut = cacheAt(`redis://127.0.0.1:${await proxy.listen()}`)
    const other = cacheAt()
    await until(async () => (await look(cut)) === (await look(other)))
    const stored = await look(other)
    proxy.silent = true
    await cut.invalidate('tag')
    const before = made.times
    expect(await look(cut)).to.equal(before + 1)
    proxy.silent = false
    // The cache tells it by itself as soon as its connection is back.
    await until(async () => (await look(other)) > stored)
    // It may tell it twice, where it did not hear whether it was told.
    await until(async () => (await look(cut)) === (await look(other)))
  })

  it('does without answers that are late, and with them once they are not', async () => {
    await redis.start()
    proxy = new TcpProxy(redis.port)
    const cache = cacheAt(`redis://127.0.0.1:${await proxy.listen()}`)
    await look(cache)
    proxy.delay = 250
    const before = made.times
    expect(await look(cache)).to.equal(before + 1)
    proxy.delay = 0
    await until(() => keeps(cache))
    proxy.cut()
    await until(() => keeps(cache))
  })
})
