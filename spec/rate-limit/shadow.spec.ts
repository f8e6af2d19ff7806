import { expect } from 'chai'
import {
  type Consumption,
  type Logger,
  memoryRateLimitStore,
  RateLimiter,
  type RateLimitStore,
  silentLogger,
} from 'plinth'

const limit = { key: 'api', limit: 2, period: 60 }
const tried = { ...limit, shadow: true }

const told = (caller: string) => ['A limit that is tried would have refused.', { limit: 'api', caller }]

describe('Limits that are only tried', () => {
  const lines: (readonly [string, unknown])[] = []
  const logger: Logger = {
    ...silentLogger,
    info: (line, fields) => void lines.push([line, fields]),
    warn: (line) => void lines.push([line, undefined]),
    child: () => logger,
  }
  const limiterOf = (store: RateLimitStore = memoryRateLimitStore()): RateLimiter => new RateLimiter({ store, logger })

  beforeEach(() => {
    lines.length = 0
  })

  it('refuse nothing, and say what they would have refused', async () => {
    const limiter = limiterOf()
    for (let use = 0; use < 4; use += 1) {
      expect(await limiter.consume(tried, 'ada')).to.equal(undefined)
      await limiter.require(tried, 'bob', use === 0 ? 2 : 1)
    }
    expect(lines).to.deep.equal([told('bob'), told('ada'), told('bob'), told('ada'), told('bob')])
    expect(limiter.counters).to.deep.include({ wouldRefuse: 5, allowed: 0, refused: 0 })
  })

  it('use nothing up of a limit that is kept, and the other way round', async () => {
    const limiter = limiterOf()
    for (let use = 0; use < 5; use += 1) await limiter.consume(tried, 'ada')
    const allowed: (boolean | undefined)[] = []
    for (let use = 0; use < 3; use += 1) allowed.push((await limiter.consume(limit, 'ada'))?.allowed)
    expect(allowed).to.deep.equal([true, true, false])
    expect(limiter.counters).to.deep.include({ wouldRefuse: 3, allowed: 2, refused: 1 })
  })

  it('refuse nothing where their store is away, whatever is said for that case', async () => {
    class Broken implements RateLimitStore {
      consume = async (): Promise<Consumption> => Promise.reject(new Error('broken'))
      forget = async (): Promise<void> => {}
    }
    const limiter = new RateLimiter({ store: new Broken(), whenDown: 'closed', logger })
    for (let use = 0; use < 6; use += 1) expect(await limiter.consume(tried, 'ada')).to.equal(undefined)
    expect(limiter.counters).to.deep.equal({
      allowed: 0,
      refused: 0,
      wouldRefuse: 0,
      storeErrors: 3,
      insured: 0,
      opened: 0,
      closed: 0,
    })
    expect(limiter.isStoreAway).to.equal(true)
    await limiter.close()
  })
})

describe('The counters of a limiter', () => {
  class Fragile implements RateLimitStore {
    broken = false
    readonly #memory = memoryRateLimitStore()
    async consume(...given: Parameters<RateLimitStore['consume']>): Promise<Consumption> {
      if (this.broken) throw new Error('broken')
      return this.#memory.consume(...given)
    }
    forget = async (key: string): Promise<void> => this.#memory.forget(key)
  }

  it('tell what was allowed and refused, how often the store failed, and what was done then', async () => {
    const store = new Fragile()
    const limiter = new RateLimiter({ store, probeInterval: 1_000_000, logger: silentLogger })
    for (let use = 0; use < 3; use += 1) await limiter.consume(limit, 'ada')
    expect(limiter.counters).to.include({ allowed: 2, refused: 1, storeErrors: 0 })
    store.broken = true
    for (let use = 0; use < 5; use += 1) await limiter.consume({ ...limit, key: 'other', limit: 3 }, 'ada')
    await limiter.consume({ ...limit, whenDown: 'open' }, 'ada')
    expect(() => limiter.consume({ ...limit, whenDown: 'closed' }, 'ada')).to.throw('It cannot be told')
    const { counters } = limiter
    expect(counters).to.deep.equal({
      allowed: 5,
      refused: 3,
      wouldRefuse: 0,
      storeErrors: 3,
      insured: 5,
      opened: 1,
      closed: 1,
    })
    expect(limiter.isStoreAway).to.equal(true)
    await limiter.close()
  })
})
