import { expect } from 'chai'
import { Keyv } from 'keyv'
import {
  Cache,
  type CacheBackend,
  type ImmediateBackend,
  KeyvBackend,
  type Logger,
  memoryBackend,
  silentLogger,
} from 'plinth'

const year = 31_536_000

/** Something that a spec lets happen. */
function gate() {
  let open: (() => void) | undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open?.() }
}

const fail = (): never => {
  throw new Error('down')
}

const lookIn = (cache: Cache, value: string): Promise<string> =>
  cache.cached('n', { timeout: 60, tags: ['tag'] }, () => value)

const backends: Readonly<Record<string, () => CacheBackend>> = {
  'in memory': () => memoryBackend(),
  'in a store of Keyv': () => new KeyvBackend(new Keyv()),
}

for (const [where, backend] of Object.entries(backends)) {
  describe(`What a cache keeps ${where}`, () => {
    let cache: Cache

    beforeEach(() => {
      cache = new Cache({ backend: backend(), logger: silentLogger })
    })

    const cached = <T>(key: string, value: T, tags: readonly string[] = []): Promise<T> =>
      cache.cached(key, { timeout: 60, tags }, () => value)

    it('is not replaced by what was begun before a write', async () => {
      const making = gate()
      const may = gate()
      const slow = cache.cached('n', { timeout: 60, tags: ['tag'] }, async () => {
        making.open()
        await may.opened
        return 'old'
      })
      await making.opened
      await cache.invalidate('tag')
      expect(await cached('n', 'new', ['tag'])).to.equal('new')
      may.open()
      expect(await slow).to.equal('old')
      expect(await cached('n', 'another', ['tag'])).to.equal('new')
    })

    it('is told apart by keys and tags that are no well-formed text, too', async () => {
      expect(await cached('\ud800', 'one')).to.equal('one')
      expect(await cached('\ud801', 'two')).to.equal('two')
      expect(await cached('\ufffd', 'three')).to.equal('three')
      expect(await cached('a', 'first', ['\ud800'])).to.equal('first')
      await cache.invalidate('\ud801')
      expect(await cached('a', 'second', ['\ud800'])).to.equal('first')
      await cache.invalidate('\ud800')
      expect(await cached('a', 'second', ['\ud800'])).to.equal('second')
    })

    it('comes back as it was, -0 as well', async () => {
      for (const value of [-0, [0, -0], { deep: [{ a: -0, 'b"': 'c', d: null, e: true }] }]) {
        const key = JSON.stringify([Object.is(value, -0), value])
        await cached(key, value)
        const found = await cached(key, value)
        expect(found).to.deep.equal(value)
      }
    })

    it('is kept for a year at most, with the time in which it is stale', async () => {
      expect(await cache.cached('n', { timeout: year - 60, stale: 60 }, () => 1)).to.equal(1)
      expect(await cache.cached('m', { timeout: year, stale: 0 }, () => 2)).to.equal(2)
      for (const times of [
        { timeout: year, stale: 1 },
        { timeout: year, stale: year },
      ]) {
        const error = await cache.cached('o', times, () => 3).catch((thrown: unknown) => thrown)
        expect(error).to.include({ code: 'E_CACHE_TIMEOUT' })
      }
    })
  })
}

describe('What a cache keeps', () => {
  it('is not pushed out by writes of rows that nobody has read', async () => {
    const cache = new Cache({ backend: memoryBackend({ size: 10_000 }), logger: silentLogger })
    const look = (value: string): Promise<string> => cache.cached('n', { timeout: 60, tags: ['read'] }, () => value)
    expect(await look('first')).to.equal('first')
    for (let row = 0; row < 1000; row += 1) await cache.invalidate(`Row:${row}`)
    expect(await look('second')).to.equal('first')
  })

  it('is not taken from a backend that is just being told of a write', async () => {
    const memory = memoryBackend()
    const told = gate()
    const backend: CacheBackend = {
      get: (key) => memory.get(key),
      set: (key, value, timeout) => told.opened.then(() => memory.set(key, value, timeout)),
      delete: (key) => told.opened.then(() => memory.delete(key)),
    }
    const before = new Cache({ backend: memory, logger: silentLogger })
    const cache = new Cache({ backend, logger: silentLogger, backendLimit: 60_000 })
    expect(await lookIn(before, 'old')).to.equal('old')
    const telling = cache.invalidate('tag')
    const found = lookIn(cache, 'new')
    await new Promise((resolve) => setImmediate(resolve))
    told.open()
    expect(await found).to.equal('new')
    await telling
  })

  it('is done without where a backend of this process throws', async () => {
    const warnings: string[] = []
    const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message), child: () => logger }
    const failing: ImmediateBackend = { get: fail, set: fail, delete: fail, getNow: fail }
    const none = new Cache({ backend: failing, logger })
    expect(await none.cached('n', { timeout: 60, tags: ['tag'] }, () => 1)).to.equal(1)
    expect(await none.cached('n', { timeout: 60, tags: ['tag'] }, () => 2)).to.equal(2)
    await none.invalidate('tag')
    await none.close()
    expect(warnings).to.deep.equal(['The cache does not answer; it is done without.'])

    const memory = memoryBackend()
    const half: ImmediateBackend = {
      get: (key) => memory.get(key),
      set: (key, value, timeout) => memory.set(key, value, timeout),
      delete: (key) => memory.delete(key),
      getNow: fail,
    }
    const slower = new Cache({ backend: half, logger: silentLogger })
    expect(await slower.cached('n', { timeout: 60 }, () => 1)).to.equal(1)
    expect(await slower.cached('n', { timeout: 60 }, () => 2)).to.equal(1)
  })

  it('has a size in memory that is one', () => {
    for (const size of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10' as unknown as number]) {
      expect(() => memoryBackend({ size }))
        .to.throw(/a number of characters/)
        .with.property('code', 'E_CACHE_SIZE')
    }
    expect(() => memoryBackend({ size: 1 })).to.not.throw()
  })
})
