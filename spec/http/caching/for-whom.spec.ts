import { expect } from 'chai'
import {
  anyone,
  contextLogger,
  contextVariable,
  currentActor,
  type Logger,
  Reply,
  silentLogger,
  type User,
  ViewSet,
} from 'plinth'
import { Action, CacheResponse, Resource } from 'plinth/decorators'
import type { Call } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { type Service, servings } from '../../support/http.js'
import { MineViewSet, openShop } from './shop.js'

/** A user that keeps what it knows to itself. */
class Account implements User {
  readonly #id: string
  constructor(id: string) {
    this.#id = id
  }
  get id(): string {
    return this.#id
  }
  get roles(): readonly string[] {
    return []
  }
}

const tenant = contextVariable<string>('tenant')
const log = contextLogger(silentLogger)
const calls = { times: 0 }
const counted = (...also: readonly unknown[]): Reply => {
  calls.times += 1
  return Reply.json([calls.times, ...also])
}

@Resource('/read')
@CacheResponse({ timeout: 60, vary: 'user' })
class ReadViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  plain(): Reply {
    return counted()
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  tenants(): Reply {
    return counted(tenant.get())
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'user', variables: [tenant] })
  named(): Reply {
    return counted(tenant.get())
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  own(): Reply {
    return counted(currentActor()?.id)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public' })
  actor(): Reply {
    return counted(currentActor()?.id)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public' })
  async later(): Promise<Reply> {
    await new Promise((resolve) => setImmediate(resolve))
    return counted(tenant.get())
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public' })
  logging(): Reply {
    log.info('It is made.')
    return counted()
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public' })
  identified(call: Call): Reply {
    return counted(call.id.length)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: (call: Call) => call.user as unknown as string })
  computed(): Reply {
    return counted()
  }
}

interface Asked {
  readonly as?: unknown
  readonly tenant?: string
}

/** Serves a viewset to whoever a spec says, and collects what the log is warned of. */
async function served(options: Parameters<(typeof servings)[0]['serve']>[0]) {
  const warnings: string[] = []
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message), child: () => logger }
  let asked: Asked = {}
  const service: Service = await servings[0]!.serve({
    ...options,
    logger,
    authenticate: () => {
      if (asked.tenant !== undefined) tenant.set(asked.tenant)
      return (asked.as ?? null) as User | null
    },
  })
  const get = async (path: string, next: Asked = {}): Promise<string> => {
    asked = next
    return (await service.ask('GET', path)).text
  }
  return { get, warnings, close: () => service.close() }
}

const ada = { id: 'ada', roles: [] }
const bob = { id: 'bob', roles: [] }

describe('Whom cached answers are for', () => {
  let to: Awaited<ReturnType<typeof served>>

  beforeEach(async () => {
    calls.times = 0
    to = await served({ viewSets: [ReadViewSet] })
  })

  afterEach(() => to.close())

  it('is told by the id, the roles and all that is known of a user, whatever it is', async () => {
    const known: readonly object[] = [
      { id: 'ada', roles: [] },
      { id: 'bob', roles: [] },
      { id: 'ada', roles: ['a'] },
      { id: 'ada', roles: [], limit: 1n },
      { id: 'ada', roles: [], limit: 2n },
      { id: 'ada', roles: [], limit: undefined },
      { id: 'ada', roles: [], limit: Number.NaN },
      { id: 'ada', roles: [], limit: null },
      { id: 'ada', roles: [], limit: 0 },
      { id: 'ada', roles: [], limit: -0 },
      { id: 'ada', roles: [], since: new Date(0) },
      { id: 'ada', roles: [], since: new Date(1) },
      { id: 'ada', roles: [], since: new Date(0).toISOString() },
    ]
    const first: string[] = []
    for (const as of known) first.push(await to.get('/read/plain', { as }))
    expect(first).to.deep.equal(known.map((_, index) => JSON.stringify([index + 1])))
    for (const [index, as] of known.entries()) expect(await to.get('/read/plain', { as })).to.equal(first[index])
    expect(to.warnings).to.deep.equal([])
  })

  it('is nobody where not everything can be seen of a user, which is said once', async () => {
    const circle: Record<string, unknown> = { id: 'ada', roles: [] }
    circle['self'] = circle
    const hidden = Object.defineProperty({ ...ada }, 'secret', { value: 1, enumerable: false })
    const users: readonly object[] = [
      new Account('ada'),
      { ...ada, toJSON: () => 'x' },
      { ...ada, groups: new Map([['a', 1]]) },
      { ...ada, groups: new Set(['a']) },
      { ...ada, [Symbol('group')]: 'a' },
      { ...ada, groups: Object.assign(['a'], { also: 'b' }) },
      hidden,
      circle,
    ]
    for (const [index, as] of users.entries()) {
      expect(await to.get('/read/plain', { as })).to.equal(JSON.stringify([2 * index + 1]))
      expect(await to.get('/read/plain', { as })).to.equal(JSON.stringify([2 * index + 2]))
    }
    expect(to.warnings[0]).to.equal(
      'Answers of ReadViewSet.plain are not cached: who is given the same depends on an object of the class Account, of which ' +
        'not everything can be seen; let it be plain, or give `vary` a function that tells apart who sees the same.',
    )
    expect(new Set(to.warnings).size).to.equal(to.warnings.length)
  })

  it('is nobody where a function gives something else than a text', async () => {
    const circle: Record<string, unknown> = { id: 'ada', roles: [] }
    circle['self'] = circle
    for (const as of [new Account('ada'), new Account('bob'), circle]) await to.get('/read/computed', { as })
    expect(calls.times).to.equal(3)
  })

  it('is nobody where an action reads a context variable that is not in the key', async () => {
    for (const path of ['/read/tenants', '/read/later']) {
      const texts = [
        await to.get(path, { as: ada, tenant: 'one' }),
        await to.get(path, { as: ada, tenant: 'two' }),
        await to.get(path, { as: ada }),
      ]
      expect(texts.map((text) => (JSON.parse(text) as unknown[])[1])).to.deep.equal(['one', 'two', null])
    }
    expect(to.warnings).to.deep.equal(
      ['tenants', 'later'].map(
        (name) =>
          `Answers of ReadViewSet.${name} are not cached: it reads the context variable "tenant", which \`variables\` does not name.`,
      ),
    )
  })

  it('is nobody where an action reads the id of the request, which clients choose', async () => {
    expect(await to.get('/read/identified')).to.equal('[1,36]')
    expect(await to.get('/read/identified')).to.equal('[2,36]')
    expect(to.warnings).to.deep.equal([
      'Answers of ReadViewSet.identified are not cached: it reads the header x-request-id, which `headers` does not name.',
    ])
  })

  it('depends on the values of the context variables that are named', async () => {
    const one = await to.get('/read/named', { as: ada, tenant: 'one' })
    expect(await to.get('/read/named', { as: ada, tenant: 'two' })).to.equal('[2,"two"]')
    expect(await to.get('/read/named', { as: ada, tenant: 'one' })).to.equal(one)
    expect(to.warnings).to.deep.equal([])
  })

  it('is whoever acts', async () => {
    expect(await to.get('/read/own', { as: ada })).to.equal('[1,"ada"]')
    expect(await to.get('/read/own', { as: bob })).to.equal('[2,"bob"]')
    expect(await to.get('/read/own', { as: ada })).to.equal('[1,"ada"]')
    expect(to.warnings).to.deep.equal([])
    expect(await to.get('/read/actor', { as: ada })).to.equal('[3,"ada"]')
    expect(await to.get('/read/actor', { as: bob })).to.equal('[4,"bob"]')
    expect(to.warnings).to.deep.equal([
      'Answers of ReadViewSet.actor are not cached: it asks who makes the request, and is said to be public.',
    ])
  })

  it('is everybody although lines of the log say who calls', async () => {
    expect(await to.get('/read/logging', { as: ada })).to.equal('[1]')
    expect(await to.get('/read/logging', { as: bob })).to.equal('[1]')
    expect(to.warnings).to.deep.equal([])
  })
})

describeOnEngines('Whom cached rows are for', (engine) => {
  let database: Database

  afterEach(() => database?.drop())

  it('is not one user where users are objects of a class', async () => {
    const shop = await openShop(engine)
    ;({ database } = shop)
    const to = await served({ viewSets: [MineViewSet], dataSource: shop.dataSource })
    const idsOf = async (as: object): Promise<readonly number[]> => {
      const { data } = JSON.parse(await to.get('/mine', { as })) as {
        readonly data: readonly { readonly id: number }[]
      }
      return data.map(({ id }) => id)
    }
    expect(await idsOf(new Account('ada'))).to.deep.equal([1, 3, 5, 7, 9])
    expect(await idsOf(new Account('bob'))).to.deep.equal([2, 4, 6, 8])
    await to.close()
    await shop.dataSource.destroy()
  })
})
