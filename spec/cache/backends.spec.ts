import { AssertionError } from 'node:assert'
import { expect } from 'chai'
import { Keyv } from 'keyv'
import { type CacheBackend, KeyvBackend, memoryBackend, RedisConnection, redisBackend, silentLogger } from 'plinth'
import { checkCacheBackend } from 'plinth/testing'
import { describeWithRedis, type PrivateRedis, privateRedis } from '../support/redis.js'

describe('Cache backends', () => {
  it('keep the rules in memory', () => checkCacheBackend({ create: () => memoryBackend() }))

  it('keep the rules in any store of Keyv', async () => {
    const store = new Map<string, unknown>()
    await checkCacheBackend({
      create: (namespace) => new KeyvBackend(new Keyv({ store, namespace })),
      corrupt: async (namespace, key, text) => void store.set(`${namespace}:${key}`, JSON.stringify({ value: text })),
    })
  })

  it('hold in memory no more than they may', async () => {
    const backend = memoryBackend({ size: 10_000 })
    for (let index = 0; index < 100; index += 1) await backend.set(`key${index}`, 'x'.repeat(1000))
    const kept = await Promise.all(Array.from({ length: 100 }, (_, index) => backend.get(`key${index}`)))
    const there = kept.flatMap((value, index) => (value === undefined ? [] : [index]))
    expect(there).to.deep.equal([91, 92, 93, 94, 95, 96, 97, 98, 99])
    await backend.set('too-large', 'x'.repeat(20_000))
    expect(await backend.get('too-large')).to.equal(undefined)
  })

  it('of others are told which rule they break', async () => {
    class Forgetful implements CacheBackend {
      readonly #values = new Map<string, unknown>()
      get = async (key: string): Promise<unknown> => this.#values.get(key) ?? undefined
      set = async (key: string, value: unknown): Promise<void> => void this.#values.set(key, value)
      delete = async (key: string): Promise<void> => void this.#values.delete(key)
    }
    const error = await checkCacheBackend({ create: () => new Forgetful() }).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(AssertionError)
    expect((error as Error).message).to.contain('It gives back what it was given: null')
  })

  it('of others are told that what they have at once is not what they have', async () => {
    class Late extends KeyvBackend {
      getNow = (): unknown => undefined
    }
    const store = new Map<string, unknown>()
    const create = (namespace: string) => new Late(new Keyv({ store, namespace }))
    const error = await checkCacheBackend({ create }).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(AssertionError)
    expect((error as Error).message).to.contain('A value is there as soon as it was given.')
  })

  it('of others are told that a lease cannot be taken away from whoever died with it', async () => {
    /** Keeps leases beside values. */
    class Apart extends KeyvBackend {
      readonly #leases = new Map<string, { readonly token: string; readonly end: number }>()
      #holderOf = (key: string): string | undefined => {
        const lease = this.#leases.get(key)
        return lease && lease.end > performance.now() ? lease.token : undefined
      }
      override get = async (key: string): Promise<unknown> => this.#holderOf(key) ?? super.get(key)
      acquire = async (key: string, token: string, timeout: number): Promise<boolean> => {
        if (this.#holderOf(key) !== undefined) return false
        this.#leases.set(key, { token, end: performance.now() + timeout * 1000 })
        return true
      }
      release = async (key: string, token: string): Promise<void> => {
        if (this.#holderOf(key) === token) this.#leases.delete(key)
      }
    }
    const store = new Map<string, unknown>()
    const create = (namespace: string) => new Apart(new Keyv({ store, namespace }))
    const error = await checkCacheBackend({ create }).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(AssertionError)
    expect((error as Error).message).to.contain('Whoever sets the token of a lease takes it away.')
  })
})

describeWithRedis('The cache backend of Redis', () => {
  let redis: PrivateRedis
  let connection: RedisConnection

  before(async () => {
    redis = await privateRedis()
    await redis.start()
    connection = new RedisConnection({ url: redis.url, commandTimeout: 10_000 }, silentLogger)
  })

  after(async () => {
    connection.close()
    await redis.stop()
  })

  it('keeps the rules', () =>
    checkCacheBackend({
      create: (namespace) => redisBackend({ url: redis.url, namespace, commandTimeout: 10_000 }),
      corrupt: (namespace, key, text) =>
        connection.run(async (client) => void (await client.set(`${namespace}:${key}`, text))),
    }))

  it('shares a connection that it does not close', async () => {
    const backend = redisBackend({ connection, namespace: 'shared' })
    await backend.set('key', 'value')
    backend.close()
    expect(await connection.run((client) => client.get('shared:key'))).to.equal('svalue')
  })
})
