import { expect } from 'chai'
import { anyone, DefinitionError, FlexibleRateLimitStore, RateLimiter, Reply, silentLogger, ViewSet } from 'plinth'
import {
  Action,
  ConcurrencyLimit,
  type ConcurrencyLimitOptions,
  RateLimit,
  type RateLimitOptions,
  Resource,
} from 'plinth/decorators'
import { applicationOf } from '../../support/http.js'

const limited = (options: object, path = '/a'): { new (): ViewSet } => {
  @Resource(path as `/${string}`)
  class Limited extends ViewSet {
    @Action({ method: 'get', on: 'collection', allow: anyone })
    @RateLimit(options as RateLimitOptions)
    read(): Reply {
      return Reply.json(1)
    }
  }
  return Limited
}

function mistakesOf(viewSets: readonly { new (): ViewSet }[]): readonly string[] {
  return foundIn(viewSets).map(({ subject, problem }) => `${subject}: ${problem}`)
}

function foundIn(viewSets: readonly { new (): ViewSet }[]): DefinitionError['mistakes'] {
  try {
    applicationOf({ viewSets })
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    expect(error.mistakes.map(({ code }) => code)).to.satisfy((codes: readonly string[]) =>
      codes.every((code) => code === 'E_RATE_LIMIT'),
    )
    for (const { places } of error.mistakes) expect(places.join()).to.match(/@RateLimit at .*limit-mistakes\.spec/)
    return error.mistakes
  }
}

const sound = { key: 'api', limit: 10, period: 60 }

/** A viewset of two actions, with limits above it. */
const withLimits = (limits: readonly object[]): { new (): ViewSet } => {
  @Resource('/a')
  class Several extends ViewSet {
    @Action({ method: 'get', on: 'collection', allow: anyone })
    read(): Reply {
      return Reply.json(1)
    }

    @Action({ method: 'post', on: 'collection', allow: anyone })
    write(): Reply {
      return Reply.json(1)
    }
  }
  for (const limit of limits) RateLimit(limit as RateLimitOptions)(Several)
  return Several
}

const behind = (path: `/${string}`, key?: string): { new (): ViewSet } => {
  @Resource(path)
  @RateLimit({ key: 'api', limit: 100, period: 60 })
  class Behind extends ViewSet {
    @Action({ method: 'post', on: 'collection', allow: anyone })
    @RateLimit(key ? { key, limit: 5, period: 60 } : { key: 'wide', limit: 500, period: 60 })
    send(): Reply {
      return Reply.json(1)
    }
  }
  return Behind
}

const crowded = (options: object, rates = 'rates'): { new (): ViewSet } => {
  @Resource('/a')
  @RateLimit({ key: rates, limit: 10, period: 60 })
  @ConcurrencyLimit(options as ConcurrencyLimitOptions)
  class Crowded extends ViewSet {
    @Action({ method: 'get', on: 'collection', allow: anyone })
    read(): Reply {
      return Reply.json(1)
    }
  }
  return Crowded
}

const problemsOf = (viewSets: readonly { new (): ViewSet }[], options: object = {}): readonly string[] => {
  try {
    applicationOf({ viewSets, ...options })
    return []
  } catch (error) {
    expect((error as DefinitionError).mistakes.every(({ code }) => code === 'E_RATE_LIMIT')).to.equal(true)
    return (error as DefinitionError).mistakes.map(({ problem }) => problem)
  }
}

describe('Mistakes in rate limits', () => {
  it('are none where there are none', () => {
    expect(mistakesOf([limited(sound), limited(sound, '/b')])).to.deep.equal([])
    const bounds = [
      { limit: 1, period: 1 },
      { limit: 1_000_000_000, period: 31_536_000 },
      { cost: 0 },
      { cost: 10 },
      { key: 'k'.repeat(64) },
      { key: 'my "key"' },
      { limit: 'none' },
    ]
    for (const one of bounds) expect(mistakesOf([limited({ ...sound, ...one })]), JSON.stringify(one)).to.deep.equal([])
  })

  const numbers: readonly (readonly [options: object, problem: string])[] = [
    [{ ...sound, limit: 0 }, 'its limit is 0.'],
    [{ ...sound, limit: 1.5 }, 'its limit is 1.5.'],
    [{ ...sound, limit: '10' }, 'its limit is 10.'],
    [{ ...sound, limit: 1_000_000_001 }, 'its limit is 1000000001.'],
    [{ ...sound, period: 31_536_001 }, 'the period of its limit is 31536001.'],
    [{ ...sound, period: 0 }, 'the period of its limit is 0.'],
    [{ ...sound, period: 0.5 }, 'the period of its limit is 0.5.'],
    [{ key: 'api', limit: 10 }, 'the period of its limit is undefined.'],
    [{ ...sound, key: '' }, 'its limit has no name that callers can be told.'],
    [{ ...sound, key: 'grün' }, 'its limit has no name that callers can be told.'],
    [{ ...sound, key: 'k'.repeat(65) }, 'its limit has no name that callers can be told.'],
    [{ ...sound, key: 5 }, 'its limit has no name that callers can be told.'],
    [{ ...sound, cost: 11 }, 'a use costs 11, of which its limit never has enough.'],
    [{ ...sound, cost: -1 }, 'a use costs -1, of which its limit never has enough.'],
    [{ ...sound, cost: 1.5 }, 'a use costs 1.5, of which its limit never has enough.'],
    [{ ...sound, whenDown: 'sideways' }, 'nothing is known of whenDown: sideways.'],
    [{ ...sound, actions: ['read'] }, 'it stands above a method and names actions besides, which it would not limit.'],
    [{ ...sound, actions: ['other'] }, '"other" is to be limited, and there is no such thing to limit.'],
    [{ ...sound, per: 'user' }, 'its limit "api" is said to be for each user, but the application never knows any.'],
  ]
  for (const [options, problem] of numbers) {
    it(`are told: ${problem}`, () => {
      expect(mistakesOf([limited(options)])).to.deep.equal([`Limited.read: ${problem}`])
    })
  }

  it('are limits that are only tried, and say what to do where nothing is done', () => {
    expect(mistakesOf([limited({ ...sound, shadow: true, whenDown: 'closed' })])).to.deep.equal([
      'Limited.read: it is only tried, and says what to do while the store is away, where it does nothing.',
    ])
    expect(mistakesOf([limited({ ...sound, shadow: 'yes' })])).to.deep.equal([
      'Limited.read: nothing is known of shadow: yes.',
    ])
  })

  it('are none where the limit that is reached before is only tried', () => {
    @Resource('/a')
    @RateLimit({ key: 'sustained', limit: 10, period: 3600, shadow: true })
    class Trying extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      @RateLimit({ key: 'burst', limit: 20, period: 1 })
      read(): Reply {
        return Reply.json(1)
      }
    }
    expect(mistakesOf([Trying])).to.deep.equal([])
  })

  it('are limits of what runs at the same time that have no sense, or that nothing counts', () => {
    const jobs = { key: 'jobs', limit: 2 }
    const store = new FlexibleRateLimitStore(() => ({}) as never)
    expect(problemsOf([crowded(jobs)])).to.deep.equal([])
    expect(problemsOf([crowded({ ...jobs, limit: 0 })])).to.deep.equal(['its limit is 0.'])
    expect(problemsOf([crowded({ ...jobs, key: '' })])).to.deep.equal([
      'its limit has no name that callers can be told.',
    ])
    expect(problemsOf([crowded({ ...jobs, actions: ['other'] })])).to.deep.equal([
      '"other" is to be limited, and there is no such thing to limit.',
    ])
    expect(problemsOf([crowded({ ...jobs, limit: 'none' })])).to.deep.equal([
      'it takes away the limit "jobs", which nothing gives it.',
    ])
    expect(problemsOf([crowded({ ...jobs, per: 'user' })])).to.deep.equal([
      'its limit "jobs" is said to be for each user, but the application never knows any.',
    ])
    expect(problemsOf([crowded(jobs, 'jobs')])).to.deep.equal([
      'a @RateLimit has the name "jobs" too, so that callers could not tell them apart.',
    ])
    expect(
      problemsOf([crowded(jobs)], { rateLimiter: new RateLimiter({ store, logger: silentLogger }) }),
    ).to.deep.equal(['its limit "jobs" counts what runs at the same time, which the store of the application cannot.'])
  })

  it('are told with what to do', () => {
    const remedies: readonly (readonly [options: object, remedy: string])[] = [
      [{ ...sound, key: '' }, 'Give it a `key` of 1 to 64 characters of ASCII.'],
      [{ ...sound, limit: 0 }, "Give it a whole number from 1 to 1000000000, or 'none'."],
      [{ ...sound, period: 0 }, 'Give it whole seconds from 1 to 31536000 (a year).'],
      [{ ...sound, cost: 11 }, 'Give it a whole number up to the limit.'],
      [{ ...sound, whenDown: 'sideways' }, "Write whenDown: 'open', 'closed' or 'insurance'."],
      [{ ...sound, actions: ['read'] }, 'Take `actions` away.'],
      [{ ...sound, actions: ['other'] }, 'Name one of: read.'],
    ]
    for (const [options, remedy] of remedies) {
      expect(foundIn([limited(options)]).map((one) => one.remedy)).to.deep.equal([remedy])
    }
    const above: readonly (readonly [limits: readonly object[], remedy: string])[] = [
      [[{ key: 'api', limit: 10, period: 60, actions: ['reed'] }], 'Name one of: read, write.'],
      [[sound, sound], 'Give each a name of its own.'],
      [[{ key: 'api', limit: 'none' }], 'Leave it out, or correct its name.'],
      [
        [
          { key: 'long', limit: 5, period: 600 },
          { key: 'short', limit: 5, period: 60 },
        ],
        'Give the longer period the larger limit, or leave one of them out.',
      ],
    ]
    for (const [limits, remedy] of above) {
      expect(foundIn([withLimits(limits)]).map((one) => one.remedy)).to.deep.equal([remedy])
    }
  })

  it('are two limits of one name for one action, and none for several', () => {
    const twice = 'Several: it has two limits with the name "api", of which one would not count.'
    const of = (...actions: readonly string[]): RateLimitOptions => ({ ...sound, actions })
    expect(mistakesOf([withLimits([of('read'), of('write')])])).to.deep.equal([])
    expect(mistakesOf([withLimits([of('read'), of('read', 'write')])])).to.deep.equal([twice])
    expect(mistakesOf([withLimits([of('write', 'read'), of('read')])])).to.deep.equal([twice])
    expect(mistakesOf([withLimits([sound, of('read')])])).to.deep.equal([twice])
    expect(mistakesOf([withLimits([of('read'), sound])])).to.deep.equal([twice])
    expect(mistakesOf([withLimits([sound, { ...sound, key: 'other', limit: 5, period: 1 }])])).to.deep.equal([])
  })

  it('are none of one name above a class and its method, and some above what is no action', () => {
    @Resource('/a')
    @RateLimit(sound)
    class Nearer extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      @RateLimit({ ...sound, limit: 5 })
      read(): Reply {
        return Reply.json(this.helped())
      }

      @RateLimit(sound)
      helped(): number {
        return 1
      }
    }
    expect(mistakesOf([Nearer])).to.deep.equal([
      'Nearer.helped: "helped" is to be limited, and there is no such thing to limit.',
    ])
  })

  it('are no limits that count others, or otherwise, or in a shorter time', () => {
    const short: RateLimitOptions = { key: 'short', limit: 5, period: 60 }
    const beside: readonly (readonly [other: Partial<RateLimitOptions>, isReached: boolean])[] = [
      [{ period: 600 }, true],
      [{ period: 600, limit: 4 }, true],
      [{ period: 600, limit: 6 }, false],
      [{ period: 59, limit: 4 }, false],
      [{ period: 600, per: 'all' }, false],
      [{ period: 600, cost: 2 }, false],
    ]
    for (const [other, isReached] of beside) {
      const found = mistakesOf([withLimits([{ ...short, limit: 5, ...other, key: 'other' }, short])])
      const told = found.filter((problem) => problem.includes('its limit "short" (5 in 60 s) never counts'))
      expect(told, JSON.stringify(other)).to.have.length(isReached ? 1 : 0)
    }
  })

  it('are two limits of one name', () => {
    @Resource('/a')
    @RateLimit({ key: 'api', limit: 10, period: 60 })
    @RateLimit({ key: 'api', limit: 5, period: 1 })
    class Twice extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      read(): Reply {
        return Reply.json(1)
      }
    }
    expect(mistakesOf([Twice])).to.deep.equal([
      'Twice: it has two limits with the name "api", of which one would not count.',
    ])
  })

  it('are limits that never count beside another', () => {
    @Resource('/a')
    @RateLimit({ key: 'sustained', limit: 10, period: 3600 })
    class Shadowed extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      @RateLimit({ key: 'burst', limit: 20, period: 1 })
      read(): Reply {
        return Reply.json(1)
      }
    }
    expect(mistakesOf([Shadowed])).to.deep.equal([
      'Shadowed.read: its limit "burst" (20 in 1 s) never counts, because "sustained" (10 in 3600 s) is reached before.',
    ])
  })

  it('are none where a limit that one action never uses up is used up by others', () => {
    @Resource('/a')
    @RateLimit({ key: 'api', limit: 100, period: 60 })
    class Mixed extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      read(): Reply {
        return Reply.json(1)
      }

      @Action({ method: 'post', on: 'collection', allow: anyone })
      @RateLimit({ key: 'heavy', limit: 5, period: 60 })
      heavy(): Reply {
        return Reply.json(1)
      }
    }
    expect(mistakesOf([Mixed])).to.deep.equal([])
  })

  it('are limits before which another is reached in every viewset, and no others', () => {
    const problem = 'Behind: its limit "api" (100 in 60 s) never counts, because "heavy" (5 in 60 s) is reached before.'
    expect(mistakesOf([behind('/a', 'heavy')])).to.deep.equal([problem])
    expect(mistakesOf([behind('/a', 'heavy'), behind('/b', 'heavy')])).to.deep.equal([problem])
    expect(mistakesOf([behind('/a', 'heavy'), behind('/b', 'other')])).to.deep.equal([])
    expect(mistakesOf([behind('/a', 'heavy'), limited({ key: 'api', limit: 100, period: 60 }, '/b')])).to.deep.equal([])
  })

  it('are limits taken away that nothing gives', () => {
    @Resource('/a')
    @RateLimit({ key: 'apo', limit: 'none' })
    class Base extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      @RateLimit({ key: 'api', limit: 20, period: 1 })
      read(): Reply {
        return Reply.json(1)
      }
    }
    expect(mistakesOf([Base])).to.deep.equal(['Base: it takes away the limit "apo", which nothing gives it.'])
  })

  it('are limits of one name with other numbers on classes that have nothing in common', () => {
    expect(mistakesOf([limited(sound), limited({ ...sound, limit: 20 }, '/b')])).to.deep.equal([
      'Limited: its limit "api" and that of Limited have one name and other numbers, so that they would not count together.',
    ])
  })
})
