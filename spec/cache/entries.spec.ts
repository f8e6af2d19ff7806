import { expect } from 'chai'
import { Keyv } from 'keyv'
import {
  Cache,
  type CacheBackend,
  hashString,
  type ImmediateBackend,
  KeyvBackend,
  type LeasingBackend,
  type Logger,
  memoryBackend,
  silentLogger,
} from 'plinth'
import { until } from '../support/redis.js'

const year = 31_536_000

/** Something that a spec lets happen. */
function gate() {
  let open: (() => void) | undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open?.() }
}

const hanging = (): Promise<never> => new Promise(() => {})

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

/** A backend of an application that processes share, with leases; it remembers what it was asked to keep. */
class SharedBackend implements LeasingBackend {
  readonly kept: (readonly [what: string, key: string, seconds?: number])[] = []
  readonly #memory = memoryBackend()
  /** What fails until it is told otherwise. */
  readonly broken = new Set<'get' | 'set' | 'delete' | 'acquire' | 'release'>()

  /** Which keys cannot be deleted. */
  fails: (key: string) => boolean = () => false

  async get(key: string): Promise<unknown> {
    this.#check('get')
    return this.#memory.get(key)
  }
  async set(key: string, value: unknown, seconds?: number): Promise<void> {
    this.#check('set')
    this.kept.push(['set', key, seconds!])
    await this.#memory.set(key, value, seconds)
  }
  async delete(key: string): Promise<void> {
    this.#check('delete')
    if (this.fails(key)) throw new Error(`${key} cannot be deleted`)
    this.kept.push(['delete', key])
    await this.#memory.delete(key)
  }
  async acquire(key: string, token: string, seconds: number): Promise<boolean> {
    this.#check('acquire')
    if (this.#memory.getNow(key) !== undefined) return false
    this.kept.push(['acquire', key, seconds])
    await this.#memory.set(key, token, seconds)
    return true
  }
  async release(key: string, token: string): Promise<void> {
    this.#check('release')
    if (this.#memory.getNow(key) !== token) return
    this.kept.push(['release', key])
    await this.#memory.delete(key)
  }
  #check(work: 'get' | 'set' | 'delete' | 'acquire' | 'release'): void {
    if (this.broken.has(work)) throw new Error(`${work} is broken`)
  }
}

/** Begins to make something that is made once `open` is called. */
const begun = async (cache: Cache, value: string, times = { timeout: 60, stale: 0 }) => {
  const making = gate()
  const may = gate()
  const made = cache.cached('n', times, async () => {
    making.open()
    await may.opened
    return value
  })
  await making.opened
  return { made, open: may.open }
}

const rows = (count: number): readonly string[] => Array.from({ length: count }, (_, row) => `Row:${row}`)

describe('What caches share by leases', () => {
  let backend: SharedBackend
  let time: number
  const clock = { now: () => new Date(time) }
  const cacheOf = (waitLimit = 60_000): Cache => new Cache({ backend, clock, waitLimit, logger: silentLogger })
  const entry = `entry:${hashString('value n')}`
  const lease = `lease:${hashString('value n')}`

  beforeEach(() => {
    backend = new SharedBackend()
    time = 1_000_000
  })

  it('is kept for as long as it counts, its marks for a week, and the lease until it is made', async () => {
    await cacheOf().cached('n', { timeout: 100, stale: 50, tags: ['tag'] }, () => 1)
    const [, , , kept] = backend.kept
    expect(backend.kept).to.deep.equal([
      ['acquire', 'tag:*', 604_800],
      ['acquire', 'tag:tag', 604_800],
      ['acquire', lease, 10],
      ['set', entry, kept![2]],
      ['release', lease],
    ])
    expect(kept![2]).to.be.within(140, 150)
  })

  it('is made by one of them, for whom the others wait', async () => {
    const { made, open } = await begun(cacheOf(), 'first')
    const other = cacheOf().cached('n', { timeout: 60 }, () => 'second')
    open()
    expect([await made, await other]).to.deep.equal(['first', 'first'])
    expect(backend.kept.filter(([what, key]) => what === 'set' && key === entry)).to.have.length(1)
  })

  it('is waited for no longer than a cache may', async () => {
    const { made, open } = await begun(cacheOf(), 'first')
    expect(await cacheOf(20).cached('n', { timeout: 60 }, () => 'second')).to.equal('second')
    open()
    expect(await made).to.equal('first')
  })

  it('is waited for once where nobody makes it who has the lease', async () => {
    await backend.acquire(lease, 'of one who died', 10)
    backend.kept.length = 0
    const cache = cacheOf(20)
    const look = (value: number): Promise<number> => cache.cached('n', { timeout: 60, tags: ['tag'] }, () => value)
    const steps = (): readonly string[] => backend.kept.filter(([, key]) => key === lease).map(([what]) => what)
    expect(await look(1)).to.equal(1)
    expect(steps()).to.deep.equal(['set', 'release'])
    backend.kept.length = 0
    await cache.invalidate('tag')
    expect(await look(2)).to.equal(2)
    expect(steps(), 'nobody is in the way').to.deep.equal(['acquire', 'release'])
    await cache.close()
  })

  it('is given to the others while it is stale and one makes it anew', async () => {
    const times = { timeout: 60, stale: 60 }
    expect(await cacheOf().cached('n', times, () => 'old')).to.equal('old')
    time += 53_999
    expect(await cacheOf().cached('n', times, () => 'too early')).to.equal('old')
    time += 6001
    const { made, open } = await begun(cacheOf(), 'new', times)
    expect(await cacheOf().cached('n', times, () => 'another')).to.equal('old')
    open()
    expect(await made).to.equal('new')
    expect(await cacheOf().cached('n', times, () => 'another')).to.equal('new')
  })

  it('is made by everybody for himself where it is not to be kept, which is remembered for five seconds', async () => {
    for (const timeout of [60, 2]) {
      backend = new SharedBackend()
      expect(await cacheOf().cached('n', { timeout }, () => undefined)).to.equal(undefined)
      expect(backend.kept).to.deep.include(['set', entry, Math.min(5, timeout)])
      const asked = backend.kept.length
      expect(await cacheOf().cached<string | undefined>('n', { timeout }, () => 'own')).to.equal('own')
      expect(backend.kept).to.have.length(asked)
    }
  })

  it('is made without a lease that cannot be taken, and given though the lease cannot be given back', async () => {
    backend.broken.add('release')
    expect(await cacheOf().cached('n', { timeout: 60 }, () => 1)).to.equal(1)
    expect(await cacheOf().cached('n', { timeout: 60 }, () => 2)).to.equal(1)
    backend.broken.add('acquire')
    expect(await cacheOf().cached('m', { timeout: 60 }, () => 3)).to.equal(3)
    expect(await cacheOf().cached('m', { timeout: 60 }, () => 4)).to.equal(3)
  })

  it('is told of a write once its backend answers again, without being asked', async () => {
    const [cache, other] = [cacheOf(), cacheOf()]
    expect(await lookIn(other, 'old')).to.equal('old')
    backend.broken.add('delete')
    await cache.invalidate('tag')
    expect(await lookIn(other, 'new')).to.equal('old')
    backend.broken.clear()
    await until(() => backend.kept.some(([what, key]) => what === 'delete' && key === 'tag:tag'))
    expect(await lookIn(other, 'new')).to.equal('new')
    await cache.close()
  })

  it('is told of more than a thousand writes that could not be told as of a write of everything', async () => {
    const cache = cacheOf()
    const told = (): readonly string[] => backend.kept.filter(([what]) => what === 'delete').map(([, key]) => key)
    await cache.invalidate(...rows(1000))
    expect(told()).to.have.length(1000)
    backend.kept.length = 0
    await cache.invalidate(...rows(1001))
    expect(told()).to.deep.equal(['tag:*'])
    await cache.close()
  })
})

describe('The tags of what caches share', () => {
  let backend: SharedBackend
  let cache: Cache
  let made: number

  beforeEach(() => {
    backend = new SharedBackend()
    cache = new Cache({ backend, logger: silentLogger })
    made = 0
  })
  afterEach(() => cache.close())

  const look = (...tags: readonly string[]): Promise<number> =>
    cache.cached(tags.join(), { timeout: 60, tags }, () => (made += 1))

  it('are kept under their names, or digests of those that are no keys', async () => {
    const longest = 'x'.repeat(200)
    await look('City:1', longest, `${longest}x`, 'a b', 'é')
    const keys = backend.kept.map(([, key]) => key).filter((key) => key.startsWith('tag:'))
    const digests = [`${longest}x`, 'a b', 'é'].map((tag) => `tag:${hashString(tag)}`)
    expect(keys).to.have.members(['tag:*', 'tag:City:1', `tag:${longest}`, ...digests])
  })

  it('are given marks where something else stands, of which all that is kept counts no more', async () => {
    expect(await look('tag')).to.equal(1)
    await backend.set('tag:tag', { nobody: 'knows' })
    expect(await look('tag')).to.equal(2)
    expect(await look('tag')).to.equal(2)
  })

  it('keep from being read what has one of those that could not be told, and nothing else', async () => {
    expect([await look('a'), await look('a', 'b'), await look('c')]).to.deep.equal([1, 2, 3])
    backend.broken.add('delete')
    await cache.invalidate('a')
    expect([await look('a'), await look('a', 'b'), await look('c')]).to.deep.equal([4, 5, 3])
  })

  it('are all told, however many of them could not be at once', async () => {
    expect([await look('a'), await look('b')]).to.deep.equal([1, 2])
    backend.fails = (key) => key === 'tag:b'
    await cache.invalidate('a', 'b')
    backend.fails = () => false
    await until(() => backend.kept.some(([what, key]) => what === 'delete' && key === 'tag:b'))
    expect([await look('a'), await look('b')]).to.deep.equal([3, 4])
  })
})

describe('A cache whose backend does not answer', () => {
  it('says so once for each kind of work, and again after that has succeeded', async () => {
    const backend = new SharedBackend()
    const warnings: string[] = []
    const warn = (message: string, fields?: object): void => {
      expect(message).to.equal('The cache does not answer; it is done without.')
      warnings.push((fields as { readonly error: Error }).error.message)
    }
    const logger: Logger = { ...silentLogger, warn, child: () => logger }
    const cache = new Cache({ backend, logger })
    let key = 0
    const look = (): Promise<number> => cache.cached(`n${(key += 1)}`, { timeout: 60 }, () => 1)
    // A server that is full is still read.
    const fill = (): void => void backend.broken.add('set').add('acquire')
    await look()
    fill()
    await look()
    await look()
    expect(warnings).to.deep.equal(['acquire is broken'])
    backend.broken.clear()
    await look()
    fill()
    await look()
    expect(warnings).to.deep.equal(['acquire is broken', 'acquire is broken'])
    backend.broken.clear()
    await look()
    backend.broken.add('delete')
    await cache.invalidate('tag')
    expect(warnings.slice(2)).to.deep.equal(['delete is broken'])
    for (const work of ['get', 'set', 'acquire'] as const) backend.broken.add(work)
    await look()
    await cache.invalidate('tag')
    expect(warnings.slice(3)).to.deep.equal(['get is broken'])
    await cache.close()
  })

  it('waits for it no longer than it may', async () => {
    const warnings: unknown[] = []
    const logger: Logger = { ...silentLogger, warn: (_, fields) => void warnings.push(fields), child: () => logger }
    const cache = new Cache({ backend: { get: hanging, set: hanging, delete: hanging }, logger, backendLimit: 20 })
    expect(await cache.cached('n', { timeout: 60 }, () => 1)).to.equal(1)
    expect(warnings.map((fields) => String((fields as { readonly error: unknown }).error))).to.deep.equal([
      'CacheUnavailableError: There was no answer in time.',
    ])
    await cache.close()
  })
})
