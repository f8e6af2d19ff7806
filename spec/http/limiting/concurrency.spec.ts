import { connect } from 'node:net'
import { expect } from 'chai'
import { anyone, type Logger, memoryRateLimitStore, RateLimiter, Reply, silentLogger, ViewSet } from 'plinth'
import { Action, Allow, ConcurrencyLimit, concurrencyLimit, RateLimit, Resource } from 'plinth/decorators'
import { Get, JsonController } from 'routing-controllers'
import { type Answer, describeOnDrivers, type Service, type Serving } from '../../support/http.js'
import { until } from '../../support/redis.js'

const running: (() => void)[] = []
const work = (): Promise<void> => new Promise((resolve) => running.push(resolve))

@Resource('/crowded')
@ConcurrencyLimit({ key: 'jobs', limit: 2, per: 'client' })
class Crowded extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: 'slow', allow: anyone })
  async slow(): Promise<Reply> {
    await work()
    return Reply.json('slow')
  }
  @Action({ method: 'get', on: 'collection', path: 'plain', allow: anyone })
  plain(): Reply {
    return Reply.json('plain')
  }
  @Action({ method: 'get', on: 'collection', path: 'failing', allow: anyone })
  failing(): Reply {
    throw new Error('failed')
  }
  @Action({ method: 'post', on: 'collection', path: 'rated', allow: anyone })
  @RateLimit({ key: 'rated', limit: 1, period: 60, per: 'client' })
  rated(): Reply {
    return Reply.json('rated')
  }
}

@Resource('/tried')
@ConcurrencyLimit({ key: 'jobs', limit: 'none', actions: ['plain'] })
@ConcurrencyLimit({ key: 'jobs', limit: 1, per: 'client', shadow: true, actions: ['slow'] })
@ConcurrencyLimit({
  key: 'broken',
  limit: 1,
  shadow: true,
  per: () => {
    throw new Error('a mistake')
  },
})
@RateLimit({ key: 'rates', limit: 1, period: 60, per: 'client', shadow: true })
class Tried extends Crowded {}

@JsonController('/native')
class Native {
  @Get('/slow')
  @Allow(anyone)
  @concurrencyLimit({ key: 'native', limit: 1, per: 'client' })
  async slow(): Promise<string> {
    await work()
    return 'slow'
  }
}

describeOnDrivers('Actions of which only so many run at the same time', ({ serve }: Serving) => {
  let service: Service
  let limiter: RateLimiter
  const lines: string[] = []

  beforeEach(async () => {
    running.length = 0
    lines.length = 0
    const logger: Logger = {
      ...silentLogger,
      info: (line) => void lines.push(line),
      warn: (line) => void lines.push(line),
      child: () => logger,
    }
    limiter = new RateLimiter({ store: memoryRateLimitStore(), logger })
    service = await serve({ viewSets: [Crowded, Tried, Native] as never, rateLimiter: limiter, logger: silentLogger })
  })

  afterEach(async () => {
    for (const end of running) end()
    await service.close()
    await limiter.close()
  })

  const ask = (path: string, method = 'GET'): Promise<Answer> => service.ask(method, path)
  const begun = async (path: string, count: number): Promise<readonly Promise<Answer>[]> => {
    const before = running.length
    const answers = Array.from({ length: count }, () => ask(path))
    await until(() => running.length === before + count)
    return answers
  }

  it('say how many more may, and are refused where as many are as may be', async () => {
    const plain = await ask('/crowded/plain')
    expect(plain.headers.get('ratelimit-policy')).to.equal('"jobs";q=2;qu="concurrent-requests"')
    expect(plain.headers.get('ratelimit')).to.equal('"jobs";r=1')
    const answers = await begun('/crowded/slow', 2)
    const refused = await ask('/crowded/plain')
    expect([refused.status, refused.headers.get('ratelimit'), refused.headers.get('retry-after')]).to.deep.equal([
      429,
      '"jobs";r=0',
      '1',
    ])
    expect(refused.json).to.deep.equal({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Rate limited',
      status: 429,
      code: 'RATE_LIMITED',
      detail: 'There are too many requests at once; try again when one of them is over.',
      instance: '/crowded/plain',
      requestId: refused.headers.get('x-request-id'),
      'violated-policies': ['jobs'],
      details: { retryAfter: 1 },
    })
    running[0]!()
    expect((await Promise.race(answers)).status).to.equal(200)
    await until(async () => (await ask('/crowded/plain')).status === 200)
  })

  it('are over however they end', async () => {
    for (let time = 0; time < 5; time += 1) expect((await ask('/crowded/failing')).status).to.equal(500)
    await ask('/crowded/rated', 'POST')
    for (let time = 0; time < 5; time += 1) expect((await ask('/crowded/rated', 'POST')).status).to.equal(429)
    for (let time = 0; time < 5; time += 1) await service.ask('HEAD', '/crowded/plain')
    await until(async () => (await ask('/crowded/plain')).headers.get('ratelimit') === '"jobs";r=1')
  })

  it('are not over when their callers leave, until their work is done', async () => {
    const port = Number(new URL(service.url).port)
    for (let time = 0; time < 2; time += 1) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET /crowded/slow HTTP/1.1\r\nHost: here\r\n\r\n')
      await until(() => running.length === time + 1)
      socket.resetAndDestroy()
    }
    await until(() => service.application.active === 0)
    expect((await ask('/crowded/plain')).status).to.equal(429)
    running[0]!()
    await until(async () => (await ask('/crowded/plain')).status === 200)
    expect((await begun('/crowded/slow', 1)).length).to.equal(1)
    expect((await ask('/crowded/plain')).status).to.equal(429)
  })

  it('are let in exactly as many as may be, however many ask at once', async () => {
    const answers = Array.from({ length: 30 }, () => ask('/crowded/slow'))
    await until(() => limiter.counters.refused === 28)
    expect(running).to.have.length(2)
    for (const end of running) end()
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).to.have.length(2)
  })

  it('may be those of routing-controllers', async () => {
    const [answer] = await begun('/native/slow', 1)
    expect((await ask('/native/slow')).status).to.equal(429)
    running[0]!()
    expect((await answer!).status).to.equal(200)
    await until(async () => {
      const again = ask('/native/slow')
      await Promise.race([again, until(() => running.length === 2)])
      return running.length === 2
    })
  })

  it('are refused nothing by limits that are only tried, and told nothing of them', async () => {
    const answers = await begun('/tried/slow', 3)
    for (const end of running) end()
    for (const answer of await Promise.all(answers)) {
      expect([answer.status, answer.headers.get('ratelimit-policy')]).to.deep.equal([200, null])
    }
    expect((await ask('/tried/plain')).headers.get('ratelimit')).to.equal(null)
    expect(lines.filter((line) => line === 'A limit that is tried would have refused.')).to.have.length(5)
    expect(lines.filter((line) => line === 'A limit that is tried failed, and would have refused.')).to.have.length(4)
    expect(limiter.counters).to.include({ wouldRefuse: 5, refused: 0 })
  })

  it('are described', () => {
    const { paths } = service.application.openapi() as unknown as {
      paths: Record<string, Record<string, { responses: Record<string, { headers?: object }> }>>
    }
    const at = (path: string) => paths[path]!['get']!.responses
    expect(Object.keys(at('/crowded/plain'))).to.include('429')
    expect(at('/crowded/plain')['200']!.headers).to.have.property('RateLimit-Policy')
    expect(Object.keys(at('/tried/plain'))).not.to.include('429')
    expect(at('/tried/plain')['200']!.headers ?? {}).not.to.have.property('RateLimit-Policy')
  })
})
