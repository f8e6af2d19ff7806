import { expect } from 'chai'
import { type RateLimitStore, redisBackend, redisRateLimitStore, silentLogger } from 'plinth'
import { checkCacheBackend, checkRateLimitStore } from 'plinth/testing'
import { describeWithRedis, until } from '../support/redis.js'
import { type PrivateCluster, privateCluster } from '../support/redis-cluster.js'

describe('A Redis Cluster', () => {
  describeWithRedis('of three nodes', () => {
    let cluster: PrivateCluster
    const shared = () => ({ cluster: cluster.urls, commandTimeout: 5000, probeInterval: 50, logger: silentLogger })

    before(async () => {
      cluster = await privateCluster()
    })

    after(() => cluster?.stop())

    it('keeps the rules of caches', () =>
      checkCacheBackend({ create: (namespace) => redisBackend({ ...shared(), namespace }) }))

    it('keeps the rules of stores of rate limits', () =>
      checkRateLimitStore({ create: (namespace) => redisRateLimitStore({ ...shared(), namespace }) }))

    it('counts many keys, which stand on several nodes, exactly for all who ask at once', async () => {
      const stores = [1, 2].map(() => redisRateLimitStore({ ...shared(), namespace: 'many' }))
      const allowed = async (key: string): Promise<number> => {
        const ask = async (store: RateLimitStore) => store.consume(key, { limit: 5, period: 600 }, 1)
        const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(stores[index % 2]!)))
        return answers.filter((answer) => answer.allowed).length
      }
      const counts = await Promise.all(Array.from({ length: 12 }, (_, index) => allowed(`key${index}`)))
      expect(counts).to.deep.equal(Array.from({ length: 12 }, () => 5))
      for (const store of stores) store.close()
    })

    it('that loses a node answers failures, and is used again when the node is back', async () => {
      const backend = redisBackend({ ...shared(), commandTimeout: 200, namespace: 'lost' })
      const keys = Array.from({ length: 12 }, (_, index) => `key${index}`)
      const kept = async (): Promise<number> => {
        for (const key of keys) await backend.set(key, key).catch(() => {})
        const values = await Promise.all(keys.map((key) => backend.get(key).catch(() => undefined)))
        return values.filter((value, index) => value === keys[index]).length
      }
      await until(async () => (await kept()) === keys.length)
      await cluster.kill(2)
      await until(async () => (await kept()) < keys.length)
      cluster.revive(2)
      await until(async () => (await kept()) === keys.length)
      backend.close()
    })
  })
})
