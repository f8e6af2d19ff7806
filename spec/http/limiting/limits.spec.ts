import { expect } from 'chai'
import {
  anyone,
  BaseService,
  type Call,
  createDataSource,
  type ModelDataSource,
  memoryRateLimitStore,
  RateLimiter,
  type RateLimitStore,
  Reply,
  redisRateLimitStore,
  ServiceResult,
  signedIn,
  silentLogger,
  ViewSet,
} from 'plinth'
import { Container } from 'plinth/container'
import { Action, Allow, CacheResponse, RateLimit, Resource, rateLimit } from 'plinth/decorators'
import { Get, JsonController, Post } from 'routing-controllers'
import { engines } from '../../support/engines.js'
import { type Answer, describeOnDrivers, type Service, type Serving } from '../../support/http.js'
import { describeWithRedis, type PrivateRedis, privateRedis } from '../../support/redis.js'

const ran: string[] = []
const say = (what: string): Reply => {
  ran.push(what)
  return Reply.json(what)
}

class Sender extends BaseService {
  @RateLimit({ key: 'mails', limit: 2, period: 60, per: (to: string) => to })
  async send(to: string): Promise<string> {
    return `sent to ${to}`
  }
}

@Resource('/limited')
@RateLimit({ key: 'all', limit: 100, period: 60, per: 'all' })
class Limited extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: 'plain', allow: anyone })
  @rateLimit({ key: 'api', limit: 3, period: 3600 })
  plain(): Reply {
    return say('plain')
  }

  @Action({ method: 'get', on: 'collection', path: 'several', allow: anyone })
  @RateLimit({ key: 'sustained', limit: 4, period: 3600, per: 'client' })
  @RateLimit({ key: 'burst', limit: 2, period: 1, per: 'client' })
  several(): Reply {
    return say('several')
  }

  @Action({ method: 'get', on: 'collection', path: 'tenth', allow: anyone })
  @RateLimit({ key: 'tenth', limit: 10, period: 600 })
  tenth(): Reply {
    return say('tenth')
  }

  @Action({ method: 'post', on: 'collection', path: 'closed', allow: signedIn })
  @RateLimit({ key: 'closed', limit: 2, period: 60, per: 'client' })
  closed(): Reply {
    return say('closed')
  }

  @Action({ method: 'get', on: 'collection', path: 'by-key', allow: anyone })
  @RateLimit({ key: 'by "key"', limit: 1, period: 60, per: (call) => call.header('x-key') })
  byKey(): Reply {
    return say('by-key')
  }

  @Action({ method: 'get', on: 'collection', path: 'costly', allow: anyone })
  @RateLimit({ key: 'costly', limit: 10, period: 60, cost: ({ user }) => (user?.roles.includes('admin') ? 0 : 4) })
  costly(): Reply {
    return say('costly')
  }

  @Action({ method: 'get', on: 'collection', path: 'cached', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public' })
  @RateLimit({ key: 'cached', limit: 3, period: 60 })
  cached(): Reply {
    return say('cached')
  }
}

@Resource('/inherited')
@RateLimit({ key: 'all', limit: 'none' })
@RateLimit({ key: 'burst', limit: 1, period: 1, per: 'client', actions: ['several'] })
class Inherited extends Limited {
  override several(): Reply {
    return say('inherited')
  }
}

@JsonController('/native')
class Native {
  @Get('/plain')
  @Allow(anyone)
  @RateLimit({ key: 'native', limit: 1, period: 60 })
  plain(): string {
    ran.push('native')
    return 'native'
  }
  @Post('/never')
  @Allow(anyone)
  never(): string {
    return 'never'
  }
}

@Resource('/mails')
class Mails extends ViewSet {
  readonly sender: Sender
  constructor(sender: Sender) {
    super()
    this.sender = sender
  }

  @Action({ method: 'post', on: 'collection', path: '', allow: anyone, problems: { RATE_LIMITED: 429 } })
  async send(call: Call): Promise<Reply> {
    return Reply.json(await this.sender.send(call.header('x-to') ?? ''))
  }

  @Action({ method: 'post', on: 'collection', path: 'tried', allow: anyone, problems: { RATE_LIMITED: 429 } })
  async tried(call: Call): Promise<ServiceResult<undefined>> {
    try {
      await this.sender.send(call.header('x-to') ?? '')
      return ServiceResult.success()
    } catch (error) {
      return ServiceResult.from(error)
    }
  }
}

const from = (address: string) => ({ 'x-forwarded-for': address })

const viewSets = [Limited, Inherited, Native, Mails] as never

describeOnDrivers('Limited actions', ({ serve }: Serving) => {
  let service: Service
  let dataSource: ModelDataSource
  let authenticated: number

  const served = async (store: RateLimitStore = memoryRateLimitStore()): Promise<Service> => {
    // A store that a busy machine keeps waiting is not away.
    const rateLimiter = new RateLimiter({ store, storeLimit: 10_000, logger: silentLogger })
    return serve({
      viewSets,
      rateLimiter,
      instances: new Container({
        providers: [Sender],
        context: { dataSource, logger: silentLogger, rateLimiter },
      }),
      clientIp: { trust: 1 },
      authenticate: (exchange) => {
        authenticated += 1
        const id = exchange.header('x-user')
        return id === undefined ? null : { id, roles: id === 'root' ? ['admin'] : [] }
      },
    })
  }

  before(async () => {
    const database = await engines[0]!.create()
    dataSource = createDataSource({ ...database.options, entities: [] })
  })

  beforeEach(async () => {
    ran.length = 0
    authenticated = 0
    service = await served()
  })

  afterEach(() => service.close())

  const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> =>
    service.ask(method, path, { headers })
  const send = (path: string, to: string): Promise<Answer> => ask(path, { 'x-to': to }, 'POST')
  const statuses = async (times: number, path: string, headers: Readonly<Record<string, string>> = {}) => {
    const found: number[] = []
    for (let time = 0; time < times; time += 1) found.push((await ask(path, headers)).status)
    return found
  }

  it('say what is left, and are refused when nothing is', async () => {
    const first = await ask('/limited/plain', { 'x-user': 'ada' })
    expect(first.status).to.equal(200)
    expect(first.headers.get('ratelimit-policy')).to.equal('"all";q=100;w=60, "api";q=3;w=3600')
    expect(first.headers.get('ratelimit')).to.equal('"all";r=99;t=60, "api";r=2;t=3600')
    expect(await statuses(2, '/limited/plain', { 'x-user': 'ada' })).to.deep.equal([200, 200])
    const refused = await ask('/limited/plain', { 'x-user': 'ada' })
    expect(refused.status).to.equal(429)
    expect(refused.headers.get('ratelimit')).to.match(/^"all";r=96;t=60, "api";r=0;t=3[56]\d\d$/)
    expect(Number(refused.headers.get('retry-after'))).to.be.within(3590, 3600)
    const retryAfter = Number(refused.headers.get('retry-after'))
    expect(refused.json).to.deep.equal({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Rate limited',
      status: 429,
      code: 'RATE_LIMITED',
      detail: `There were too many requests; try again in ${retryAfter} s.`,
      instance: '/limited/plain',
      requestId: refused.headers.get('x-request-id'),
      'violated-policies': ['api'],
      details: { retryAfter },
    })
    expect(refused.headers.get('cache-control')).to.equal('no-store')
    expect(ran).to.have.length(3)
    expect((await ask('/limited/plain', { 'x-user': 'bob' })).status).to.equal(200)
  })

  it('are allowed exactly as often as the limit says, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('/limited/tenth')))
    expect(answers.filter(({ status }) => status === 200)).to.have.length(10)
    expect(answers.filter(({ status }) => status === 429)).to.have.length(90)
    expect(ran).to.have.length(10)
  })

  it('stop at the first of several limits that refuses, the shortest period first', async () => {
    expect(await statuses(3, '/limited/several')).to.deep.equal([200, 200, 429])
    const refused = await ask('/limited/several')
    expect(refused.headers.get('ratelimit-policy')).to.equal(
      '"burst";q=2;w=1, "all";q=100;w=60, "sustained";q=4;w=3600',
    )
    expect(refused.headers.get('ratelimit')).to.equal('"burst";r=0;t=1')
    expect(refused.headers.get('retry-after')).to.equal('1')
  })

  it('count before anybody is asked who calls, where that does not matter', async () => {
    expect(await Promise.all([1, 2].map(async () => (await ask('/limited/closed', {}, 'POST')).status))).to.deep.equal([
      401, 401,
    ])
    expect(authenticated).to.equal(2)
    const refused = await ask('/limited/closed', { 'x-user': 'ada' }, 'POST')
    expect(refused.status).to.equal(429)
    expect(authenticated).to.equal(2)
  })

  it('are refused before the body is read', async () => {
    await ask('/limited/closed', { 'x-user': 'ada' }, 'POST')
    await ask('/limited/closed', { 'x-user': 'ada' }, 'POST')
    const text = await service.raw(
      'POST /limited/closed HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{"a":',
    )
    expect(text).to.match(/^HTTP\/1\.1 429 /)
  })

  it('know clients by the address that trusted proxies tell, and IPv6 clients by their network', async () => {
    expect(await statuses(3, '/limited/several', from('198.51.100.1'))).to.deep.equal([200, 200, 429])
    expect(await statuses(1, '/limited/several', from('198.51.100.2'))).to.deep.equal([200])
    expect(await statuses(1, '/limited/several', from('203.0.113.9, 198.51.100.1'))).to.deep.equal([429])
    expect(await statuses(2, '/limited/several', from('2001:db8::1'))).to.deep.equal([200, 200])
    expect(await statuses(1, '/limited/several', from('2001:db8::2'))).to.deep.equal([429])
    expect(await statuses(1, '/limited/several', from('2001:db8:0:1::1'))).to.deep.equal([200])
  })

  it('know clients by their connection where no proxy is trusted, whatever addresses they make up', async () => {
    await service.close()
    service = await serve({ viewSets: [Limited] })
    const found: number[] = []
    for (const headers of [
      {},
      from('198.51.100.1'),
      from('198.51.100.2'),
      { forwarded: 'for=198.51.100.3' },
      { 'x-real-ip': '198.51.100.4' },
    ] as Readonly<Record<string, string>>[])
      found.push((await ask('/limited/several', headers)).status)
    expect(found).to.deep.equal([200, 200, 429, 429, 429])
    expect(ran).to.deep.equal(['several', 'several'])
  })

  it('ask a function for whom they count, and count its nobody as the caller', async () => {
    const names = ['a', 'b', 'a', 'b'].map((key) => ({ 'x-key': key }))
    const found: number[] = []
    for (const headers of names) found.push((await ask('/limited/by-key', headers)).status)
    expect(found).to.deep.equal([200, 200, 429, 429])
    expect(await statuses(2, '/limited/by-key')).to.deep.equal([200, 429])
    expect((await ask('/limited/by-key', { 'x-user': 'ada' })).headers.get('ratelimit')).to.contain(
      '"by \\"key\\"";r=0',
    )
  })

  it('may cost more than one, or nothing', async () => {
    expect(await statuses(3, '/limited/costly')).to.deep.equal([200, 200, 429])
    expect(await statuses(5, '/limited/costly', { 'x-user': 'root' })).to.deep.equal([200, 200, 200, 200, 200])
  })

  it('count answers of the cache, and keep nothing of what is left in them', async () => {
    const answers = [await ask('/limited/cached'), await ask('/limited/cached')]
    expect(answers.map(({ headers }) => headers.get('ratelimit')?.split(', ')[1])).to.deep.equal([
      '"cached";r=2;t=60',
      '"cached";r=1;t=60',
    ])
    const unchanged = await ask('/limited/cached', { 'if-none-match': answers[0]!.headers.get('etag')! })
    expect(unchanged.status).to.equal(304)
    expect(unchanged.headers.get('ratelimit')).to.equal(null)
    expect((await ask('/limited/cached')).status).to.equal(429)
    expect(ran).to.deep.equal(['cached'])
  })

  it('are inherited, overridden and taken away by name', async () => {
    const answer = await ask('/inherited/several')
    expect(answer.headers.get('ratelimit-policy')).to.equal('"burst";q=1;w=1, "sustained";q=4;w=3600')
    expect((await ask('/inherited/several')).status).to.equal(429)
    expect(await statuses(2, '/limited/several')).to.deep.equal([200, 200])
    const plain = await ask('/inherited/plain')
    expect(plain.headers.get('ratelimit-policy')).to.equal('"api";q=3;w=3600')
  })

  it('may be those of routing-controllers', async () => {
    const first = await ask('/native/plain')
    expect([first.status, first.headers.get('ratelimit')]).to.deep.equal([200, '"native";r=0;t=60'])
    expect(await statuses(2, '/native/plain')).to.deep.equal([429, 429])
    expect(ran).to.deep.equal(['native'])
  })

  it('answer 429 for limits of services that they use', async () => {
    expect([(await send('/mails', 'a')).status, (await send('/mails/tried', 'a')).status]).to.deep.equal([200, 204])
    for (const path of ['/mails', '/mails/tried']) {
      const refused = await send(path, 'a')
      expect(refused.status).to.equal(429)
      expect(refused.json).to.deep.include({ code: 'RATE_LIMITED', 'violated-policies': ['mails'] })
      expect(refused.headers.get('retry-after')).to.equal('60')
    }
    expect((await send('/mails', 'b')).status).to.equal(200)
  })

  it('are told of in the words of the draft, whatever style names have', async () => {
    await service.close()
    service = await serve({ viewSets: [Limited], names: 'snake_case', problems: { typeBase: 'https://api.example/' } })
    for (const _ of [1, 2]) await ask('/limited/several')
    const { json } = await ask('/limited/several')
    const { type, 'violated-policies': policies, details } = json as Readonly<Record<string, unknown>>
    expect({ type, policies, details }).to.deep.equal({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      policies: ['burst'],
      details: { retry_after: 1 },
    })
  })

  it('are described', () => {
    const { paths } = service.application.openapi()
    const { responses } = paths['/limited/plain']!['get']!
    expect(Object.keys(responses)).to.include('429')
    expect((responses['200'] as { headers: object }).headers).to.include.keys('RateLimit', 'RateLimit-Policy')
    const native = paths['/native/plain']!['get']!.responses
    expect(Object.keys(native)).to.include('429')
    expect(Object.keys(paths['/native/never']!['post']!.responses)).to.not.include('429')
  })

  it('are refused with 503 where nothing is counted any more, and that is what is said', async () => {
    const broken: RateLimitStore = { consume: () => Promise.reject(new Error('away')), forget: () => {} }
    await service.close()
    service = await serve({
      viewSets: [Limited],
      rateLimiter: new RateLimiter({ store: broken, whenDown: 'closed', logger: silentLogger }),
    })
    const refused = await ask('/limited/plain')
    expect(refused.status).to.equal(503)
    expect(refused.headers.get('retry-after')).to.equal('1')
    expect(refused.json).to.deep.include({ code: 'RATE_LIMITS_UNAVAILABLE' })
    expect(ran).to.deep.equal([])
  })

  describeWithRedis('whose limits stand in Redis', () => {
    let redis: PrivateRedis

    before(async () => {
      redis = await privateRedis()
      await redis.start()
    })

    after(() => redis?.stop())

    it('are allowed exactly as often as the limit says by two applications together', async () => {
      const stores = [1, 2].map(() =>
        redisRateLimitStore({ url: redis.url, namespace: 'http', commandTimeout: 5000, logger: silentLogger }),
      )
      const services = await Promise.all(stores.map((store) => served(store)))
      try {
        const warm = await Promise.all(services.map((one) => one.ask('GET', '/limited/plain')))
        expect(warm.map(({ status }) => status)).to.deep.equal([200, 200])
        const answers = await Promise.all(
          Array.from({ length: 100 }, (_, index) => services[index % 2]!.ask('GET', '/limited/tenth')),
        )
        expect(answers.filter(({ status }) => status === 200)).to.have.length(10)
      } finally {
        for (const one of services) await one.close()
        for (const store of stores) store.close()
      }
    })
  })
})
