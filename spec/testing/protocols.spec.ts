import { AssertionError } from 'node:assert'
import { expect } from 'chai'
import { type Clock, type Logger, silentLogger, systemClock, UnauthenticatedError, type UserProvider } from 'plinth'
import { checkClock, checkLogger, checkUserProvider } from 'plinth/testing'

async function broken(check: Promise<void>): Promise<string> {
  const error = await check.catch((thrown: unknown) => thrown)
  expect(error).to.be.instanceOf(AssertionError)
  return (error as AssertionError).message
}

describe('checkClock', () => {
  it('accepts the clock of the machine, and one that specs set', async () => {
    await checkClock({ create: () => systemClock })
    let now = 0
    await checkClock({ create: () => ({ now: () => new Date(now) }), advance: () => void (now += 1000) })
  })

  const wrong: readonly (readonly [clock: () => Clock, rule: string])[] = [
    [() => ({ now: () => new Date(Number.NaN) }), 'a valid date'],
    [() => ({ now: () => Date.now() as never }), 'a valid date'],
    [
      () => {
        let now = 10_000
        return { now: () => new Date((now -= 1)) }
      },
      'Time never goes back.',
    ],
    [
      () => {
        const shared = new Date()
        return { now: () => shared }
      },
      'Time never goes back.',
    ],
  ]
  for (const [index, [clock, rule]] of wrong.entries()) {
    it(`tells which rule is broken (${index + 1})`, async () => {
      expect(await broken(checkClock({ create: clock }))).to.contain(rule)
    })
  }

  it('tells of a clock that stands', async () => {
    const clock = { now: () => new Date(0) }
    expect(await broken(checkClock({ create: () => clock, advance: () => {} }))).to.contain('Time passes.')
  })
})

describe('checkLogger', () => {
  it('tells which rule is broken', async () => {
    const written: string[] = []
    const json = (level: string) => (message: string, fields?: object) =>
      void written.push(JSON.stringify({ level, message, ...fields }))
    const naive: Logger = {
      debug: json('debug'),
      info: json('info'),
      warn: json('warn'),
      error: json('error'),
      child: () => naive,
    }
    const records = () =>
      written.map((line) => {
        const { level, message, ...fields } = JSON.parse(line) as Record<string, string>
        return { level: level!, message: message!, fields }
      })
    expect(await broken(checkLogger({ create: () => ({ logger: naive, records }) }))).to.contain(
      'Each call writes one record',
    )
    expect(await broken(checkLogger({ create: () => ({ logger: silentLogger, records: () => [] }) }))).to.contain(
      'Each call writes one record',
    )
  })
})

describe('checkUserProvider', () => {
  const users = [
    { headers: { authorization: 'Bearer token-of-ada' }, id: 'ada' },
    { headers: { authorization: 'Bearer token-of-bob' }, id: 'bob' },
  ]
  const idOf = (header: string | undefined): string | undefined =>
    users.find(({ headers }) => headers.authorization === header)?.id
  const check = (provider: UserProvider) =>
    checkUserProvider({ create: () => provider, users, headers: ['authorization'] })

  it('accepts providers that give null or refuse', async () => {
    await check({
      userOf: async (call) => {
        await Promise.resolve()
        const id = idOf(call.header('Authorization'))
        return id === undefined ? null : { id, roles: [] }
      },
    })
    await check({
      userOf: (call) => {
        const header = call.header('authorization')
        if (header === undefined) return null
        const id = idOf(header)
        if (id === undefined) throw new UnauthenticatedError('Sign in again.')
        return { id, roles: ['reader'] }
      },
    })
  })

  it('tells which rule is broken', async () => {
    expect(await broken(check({ userOf: () => ({ id: 'ada', roles: [] }) }))).to.contain('Nobody is signed in')
    expect(
      await broken(check({ userOf: (call) => (call.header('authorization') ? { id: 'ada', roles: [] } : null) })),
    ).to.contain('who they belong to')
    let last: string | undefined
    const mixing: UserProvider = {
      userOf: async (call) => {
        last = idOf(call.header('authorization'))
        await Promise.resolve()
        return last === undefined ? null : { id: last, roles: [] }
      },
    }
    expect(await broken(check(mixing))).to.contain('are not mixed up')
    const failing: UserProvider = {
      userOf: (call) => {
        const [scheme, token] = (call.header('authorization') ?? 'none none').split(' ')
        const id = idOf(`${scheme} ${token!.trim()}`)
        return id === undefined ? null : { id, roles: [] }
      },
    }
    expect(await broken(check(failing))).to.contain('What is not valid is null')
    const careless: UserProvider = {
      userOf: (call) => {
        const header = call.header('authorization')
        const user = users.find(
          ({ headers }) => header && headers.authorization.startsWith(header) && header.length > 6,
        )
        return user && header?.includes(' t') ? { id: idOf(header) ?? user.id, roles: [] } : null
      },
    }
    expect(await broken(check(careless))).to.contain('Half of a credential')
  })
})
