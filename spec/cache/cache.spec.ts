import { expect } from 'chai'
import { Keyv } from 'keyv'
import { Cache, type CacheBackend, KeyvBackend, memoryBackend, silentLogger } from 'plinth'
import { until } from '../support/redis.js'

class City {}
class Capital extends City {}
class River {}

/** A cache in memory, and a clock that stands. */
function cacheOf(options: { readonly backend?: CacheBackend; readonly waitLimit?: number } = {}) {
  const time = { now: 1_000_000 }
  const clock = { now: () => new Date(time.now) }
  return { time, cache: new Cache({ clock, logger: silentLogger, ...options }) }
}

/** Counts how often it was called, and gives the count. */
function counter() {
  const made = { times: 0, make: () => (made.times += 1) }
  return made
}

const broken = async (): Promise<never> => Promise.reject(new Error('broken'))
const hanging = (): Promise<never> => new Promise(() => {})
const code = (work: Promise<unknown>) => work.catch((error: { readonly code?: string }) => error.code)

describe('Cache', () => {
  it('makes a value once, until it is too old', async () => {
    const { cache } = cacheOf()
    const { make } = counter()
    expect(await cache.cached('n', { timeout: 60 }, make)).to.equal(1)
    expect(await cache.cached('n', { timeout: 60 }, make)).to.equal(1)
    expect(await cache.cached('m', { timeout: 60 }, make)).to.equal(2)
  })

  it('takes a null for a value, and keeps no undefined', async () => {
    const { cache } = cacheOf()
    const made = counter()
    const nothing = (value: null | undefined) => () => {
      made.make()
      return value
    }
    for (let times = 0; times < 2; times += 1) await cache.cached('null', { timeout: 60 }, nothing(null))
    expect(made.times).to.equal(1)
    for (let times = 0; times < 2; times += 1) {
      expect(await cache.cached('undefined', { timeout: 60 }, nothing(undefined))).to.equal(undefined)
    }
    expect(made.times).to.equal(3)
  })

  it('lets all who ask at once wait for one', async () => {
    const { cache } = cacheOf()
    const made = counter()
    const slow = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return made.make()
    }
    const found = await Promise.all(Array.from({ length: 50 }, () => cache.cached('n', { timeout: 60 }, slow)))
    expect(new Set(found)).to.deep.equal(new Set([1]))
  })

  it('waits for another no longer than it may', async () => {
    const { cache } = cacheOf({ waitLimit: 20 })
    let finish: ((value: string) => void) | undefined
    const first = cache.cached('n', { timeout: 60 }, () => new Promise<string>((resolve) => (finish = resolve)))
    expect(await cache.cached('n', { timeout: 60 }, () => 'second')).to.equal('second')
    finish?.('first')
    expect(await first).to.equal('first')
  })

  it('throws what went wrong to whoever made it; those who waited try for themselves', async () => {
    const { cache } = cacheOf()
    const made = counter()
    const failing = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (made.make() === 1) throw new Error('the first time')
      return made.times
    }
    const settled = await Promise.allSettled(
      Array.from({ length: 3 }, () => cache.cached('n', { timeout: 60 }, failing)),
    )
    expect(settled.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled', 'fulfilled'])
    expect(made.times).to.equal(3)
  })

  it('makes invalid what an entity, a row or a name is part of', async () => {
    const { cache } = cacheOf()
    const tags = { cities: [City], one: [{ entity: City, id: 1 }], two: [{ entity: City, id: 2 }], name: ['name'] }
    const look = async (): Promise<readonly string[]> => {
      const anew: string[] = []
      for (const [key, given] of Object.entries(tags)) {
        await cache.cached(key, { timeout: 60, tags: given }, () => anew.push(key))
      }
      return anew
    }
    expect(await look()).to.deep.equal(['cities', 'one', 'two', 'name'])
    expect(await look()).to.deep.equal([])
    await cache.invalidate({ entity: City, id: 1 })
    expect(await look()).to.deep.equal(['cities', 'one'])
    await cache.invalidate(City)
    expect(await look()).to.deep.equal(['cities', 'one', 'two'])
    await cache.invalidate(River, 'name')
    expect(await look()).to.deep.equal(['name'])
    await cache.clear()
    expect(await look()).to.deep.equal(['cities', 'one', 'two', 'name'])
  })

  it('hears of writes, also of entities that extend one another', async () => {
    const { cache } = cacheOf()
    let write: ((committed: { entity: typeof City; ids: readonly unknown[] | 'many' }) => Promise<void>) | undefined
    const events = { onCommitted: (listener: NonNullable<typeof write>) => ((write = listener), () => {}) }
    const stop = cache.follow({ events, isInUnit: false, afterCommit: () => {} }, [City, Capital, River])
    const look = async (): Promise<readonly string[]> => {
      const anew: string[] = []
      for (const entity of [City, Capital, River]) {
        for (const tag of [entity, { entity, id: 7 }]) {
          const key = `${entity.name}${tag === entity ? '' : ' 7'}`
          await cache.cached(key, { timeout: 60, tags: [tag] }, () => anew.push(key))
        }
      }
      return anew
    }
    await look()
    await write?.({ entity: Capital, ids: [7] })
    expect(await look()).to.deep.equal(['City', 'City 7', 'Capital', 'Capital 7'])
    await write?.({ entity: City, ids: [8] })
    expect(await look()).to.deep.equal(['City', 'Capital'])
    await write?.({ entity: River, ids: 'many' })
    expect(await look()).to.deep.equal(['River', 'River 7'])
    stop()
  })

  it('keeps nothing that was made while it was written', async () => {
    const { cache } = cacheOf()
    const made = counter()
    await cache.cached('n', { timeout: 60, tags: [City] }, async () => {
      await cache.invalidate(City)
      return made.make()
    })
    expect(await cache.cached('n', { timeout: 60, tags: [City] }, made.make)).to.equal(2)
  })

  it('gives what is stale to all but the one who makes it anew', async () => {
    const { cache, time } = cacheOf()
    const options = { timeout: 60, stale: 60, tags: [City] }
    await cache.cached('n', options, () => 'old')
    time.now += 61_000
    let finish: ((value: string) => void) | undefined
    const anew = cache.cached('n', options, () => new Promise<string>((resolve) => (finish = resolve)))
    // The value is looked up before the flight begins.
    await until(() => finish !== undefined)
    expect(await cache.cached('n', options, () => 'another')).to.equal('old')
    finish?.('new')
    expect(await anew).to.equal('new')
    expect(await cache.cached('n', options, () => 'another')).to.equal('new')
    time.now += 61_000
    await cache.invalidate(City)
    expect(await cache.cached('n', options, () => 'after a write')).to.equal('after a write')
  })

  it('says how old it is, also where the clock that made it was ahead', async () => {
    const { cache, time } = cacheOf()
    const request = { key: 'n', timeout: 60, tags: [] }
    const filling = { make: async () => 'x', write: (text: string) => text, read: (value: string) => ({ value }) }
    expect(await cache.fetch(request, filling)).to.deep.equal({ value: 'x', from: 'made', age: 0 })
    time.now += 2500
    expect(await cache.fetch(request, filling)).to.deep.equal({ value: 'x', from: 'cache', age: 2 })
    time.now -= 3500
    expect(await cache.fetch(request, filling)).to.deep.equal({ value: 'x', from: 'cache', age: 0 })
  })

  it('gives what is in the memory of this process at once, as long as it counts', async () => {
    const { cache, time } = cacheOf()
    const { make } = counter()
    const filling = {
      make: async () => String(make()),
      write: (text: string) => text,
      read: (value: string) => ({ value }),
    }
    const fetch = () => cache.fetch({ key: 'n', timeout: 60, stale: 60, tags: ['City', 'other'] }, filling)
    expect(fetch()).to.be.instanceOf(Promise)
    expect(await fetch()).to.include({ value: '1' })
    expect(fetch()).to.deep.equal({ value: '1', from: 'cache', age: 0 })
    // A write need not be waited for: nothing that it made invalid is given any more.
    const invalidated = cache.invalidate('other')
    const second = fetch()
    expect(second).to.be.instanceOf(Promise)
    expect(await second).to.deep.equal({ value: '2', from: 'made', age: 0 })
    await invalidated
    expect(fetch()).to.deep.equal({ value: '2', from: 'cache', age: 0 })
    time.now += 70_000
    const stale = fetch()
    expect(stale).to.be.instanceOf(Promise)
    expect(await stale).to.deep.equal({ value: '3', from: 'made', age: 0 })
    await cache.clear()
    expect(await fetch()).to.include({ value: '4' })
    const shared = cacheOf({ backend: new KeyvBackend(new Keyv()) }).cache
    const there = () => shared.fetch({ key: 'n', timeout: 60, tags: [] }, filling)
    await there()
    expect(there()).to.be.instanceOf(Promise)
    expect(await there()).to.include({ value: '5', from: 'cache' })
  })

  it('does without a backend that fails, hangs or gives back nonsense', async () => {
    const memory = memoryBackend()
    const nonsense: CacheBackend = {
      get: async (key) => ((await memory.get(key)) === undefined ? undefined : '{"nonsense":'),
      set: (key, value, timeout) => memory.set(key, value, timeout),
      delete: (key) => memory.delete(key),
    }
    const backends = [
      { get: broken, set: broken, delete: broken },
      { get: hanging, set: hanging, delete: hanging },
    ]
    for (const backend of [...backends, nonsense]) {
      const { cache } = cacheOf({ backend })
      const { make } = counter()
      await cache.invalidate(City)
      expect(await cache.cached('n', { timeout: 60, tags: [City] }, make)).to.equal(1)
      expect(await cache.cached('n', { timeout: 60, tags: [City] }, make)).to.equal(2)
    }
  })

  it('takes nothing from a backend before it could tell it what was written', async () => {
    const memory = memoryBackend()
    let away = false
    const guarded = <A extends readonly unknown[], R>(work: (...given: A) => Promise<R>) => {
      return async (...given: A): Promise<R> => (away ? Promise.reject(new Error('away')) : work(...given))
    }
    const backend: CacheBackend = {
      get: (key) => memory.get(key),
      set: guarded((key: string, value: unknown, timeout?: number) => memory.set(key, value, timeout)),
      delete: guarded((key: string) => memory.delete(key)),
    }
    const { cache } = cacheOf({ backend })
    const another = cacheOf({ backend }).cache
    const { make } = counter()
    const look = (from: Cache) => from.cached('n', { timeout: 60, tags: [City] }, make)
    expect(await look(cache)).to.equal(1)
    away = true
    await cache.invalidate(City)
    expect(await look(cache)).to.equal(2)
    away = false
    expect(await look(cache)).to.equal(3)
    expect(await look(another)).to.equal(3)
  })

  it('refuses values that would come back as something else, and times that are none', async () => {
    const { cache } = cacheOf()
    expect(await code(cache.cached('date', { timeout: 60 }, () => new Date()))).to.equal('E_CACHE_VALUE')
    for (const timeout of [0, -1, NaN, Infinity]) {
      expect(await code(cache.cached('n', { timeout }, () => 1))).to.equal('E_CACHE_TIMEOUT')
    }
    for (const stale of [-1, NaN, Infinity]) {
      expect(await code(cache.cached('n', { timeout: 1, stale }, () => 1))).to.equal('E_CACHE_TIMEOUT')
    }
  })
})
