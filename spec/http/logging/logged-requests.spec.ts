import { EventEmitter, once } from 'node:events'
import { expect } from 'chai'
import { IsObject, IsOptional, IsString } from 'class-validator'
import { pino } from 'pino'
import {
  anyone,
  BaseService,
  type Call,
  createDataSource,
  currentTrace,
  DefinitionError,
  type ModelDataSource,
  pinoLogger,
  Reply,
  signedIn,
  traceHeaders,
  ViewSet,
} from 'plinth'
import { Container } from 'plinth/container'
import { Action, Allow, LogRequest, logRequest, Resource } from 'plinth/decorators'
import { Body, Get, JsonController, Post } from 'routing-controllers'
import { engines } from '../../support/engines.js'
import { applicationOf, describeOnDrivers, type Service, type Serving } from '../../support/http.js'
import { until } from '../../support/redis.js'

const canary = 'c4n4ryS3cret'
/** Tells of a request that is not answered before its caller has gone. */
const hanging = new EventEmitter()
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

class SignUp {
  @IsString()
  name!: string
  @IsString()
  password!: string
  @IsOptional()
  @IsObject()
  more?: Readonly<Record<string, unknown>>
}

class Counting extends BaseService {
  count(): void {
    this.logger.info('counted', { times: 1 })
  }
}

@Resource('/logged')
@LogRequest()
class Logged extends ViewSet {
  readonly counting: Counting
  constructor(counting: Counting) {
    super()
    this.counting = counting
  }

  @Action({ method: 'get', on: 'row', path: 'plain', allow: anyone })
  plain(): Reply {
    this.counting.count()
    return Reply.json(1)
  }

  @Action({ method: 'post', on: 'collection', path: 'sign-up', allow: anyone, body: SignUp })
  @logRequest({ includeBody: true, includeHeaders: true })
  signUp(_call: Call<SignUp>): Reply {
    return Reply.json(1)
  }

  @Action({ method: 'post', on: 'collection', path: 'quiet', allow: anyone, body: SignUp })
  quiet(_call: Call<SignUp>): Reply {
    return Reply.json(1)
  }

  @Action({ method: 'get', on: 'collection', path: 'closed', allow: signedIn })
  closed(): Reply {
    return Reply.json(1)
  }

  @Action({ method: 'get', on: 'collection', path: 'failing', allow: anyone })
  failing(): Reply {
    throw new Error(`no connection to postgres://ada:${canary}@db/app`)
  }

  @Action({ method: 'get', on: 'collection', path: 'hanging', allow: anyone })
  async hanging(): Promise<Reply> {
    const gone = once(hanging, 'gone')
    hanging.emit('reached')
    await gone
    return Reply.json(1)
  }

  @Action({ method: 'get', on: 'collection', path: 'trace', allow: anyone })
  async trace(): Promise<Reply> {
    await Promise.resolve()
    return Reply.json({ trace: currentTrace(), headers: traceHeaders() })
  }
}

@Resource('/unlogged')
class Unlogged extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  read(): Reply {
    return Reply.json(1)
  }
}

@JsonController('/native')
class Native {
  @Get('/plain')
  @Allow(anyone)
  @LogRequest()
  plain(): unknown {
    return { traceId: currentTrace()?.traceId }
  }
  @Post('/sent')
  @Allow(anyone)
  @LogRequest({ includeBody: true })
  sent(@Body() _body: SignUp): unknown {
    return 1
  }
}

describe('Mistakes in logged requests', () => {
  it('are methods that answer none', () => {
    @Resource('/mistaken')
    class Mistaken extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      read(): Reply {
        return Reply.json(this.helper())
      }
      @LogRequest()
      helper(): number {
        return 1
      }
    }
    expect(() => applicationOf({ viewSets: [Mistaken] })).to.throw(
      DefinitionError,
      /Mistaken\.helper: its requests are to be logged, and it answers none\.\n {2}@LogRequest at .*logged-requests\.spec/,
    )
  })
})

describeOnDrivers('Logged requests', ({ serve }: Serving) => {
  let service: Service
  let dataSource: ModelDataSource
  const lines: string[] = []
  const records = (message = 'request') =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message)
  const record = async (message = 'request'): Promise<Record<string, unknown>> => {
    // The answer is there before its connection is done with it.
    await until(() => records(message).length > 0)
    return records(message)[0]!
  }

  const ask = async (headers: Readonly<Record<string, string>>) =>
    (await service.ask('GET', '/logged/trace', { headers })).json as {
      trace: Readonly<Record<string, string>>
      headers: Readonly<Record<string, string>>
    }

  before(async () => {
    const database = await engines[0]!.create()
    dataSource = createDataSource({ ...database.options, entities: [] })
    const logger = pinoLogger(pino({}, { write: (line: string) => void lines.push(line) }))
    service = await serve({
      viewSets: [Logged, Unlogged, Native] as never,
      logger,
      instances: new Container({ providers: [Counting], context: { dataSource, logger } }),
      clientIp: { trust: 1 },
      authenticate: { userOf: (call) => (call.header('x-user') ? { id: call.header('x-user')!, roles: [] } : null) },
    })
  })

  after(() => service?.close())

  beforeEach(() => {
    lines.length = 0
  })

  it('say what was asked, by whom, and what became of it', async () => {
    await service.ask('GET', '/logged/7/plain', {
      headers: { 'x-user': 'ada', 'x-request-id': 'r-1', 'x-forwarded-for': '198.51.100.7', traceparent },
    })
    const { durationMs, spanId, time: _time, pid: _pid, hostname: _hostname, ...rest } = await record()
    expect(rest).to.deep.equal({
      level: 30,
      msg: 'request',
      requestId: 'r-1',
      traceId,
      userId: 'ada',
      method: 'GET',
      route: '/logged/:id/plain',
      action: 'Logged.plain',
      status: 200,
      client: '198.51.100.7',
    })
    expect(durationMs).to.be.a('number').and.at.least(0)
    expect(spanId).to.match(/^[\da-f]{16}$/)
  })

  it('share what is known of them with services', async () => {
    await service.ask('GET', '/logged/7/plain', { headers: { 'x-user': 'ada', 'x-request-id': 'r-2', traceparent } })
    const { spanId } = await record()
    expect(await record('counted')).to.include({
      requestId: 'r-2',
      traceId,
      spanId,
      userId: 'ada',
      service: 'Counting',
      times: 1,
    })
  })

  it('show bodies and headers without secrets, and only where that is said', async () => {
    const body = {
      name: 'ada',
      password: canary,
      more: { deep: [{ apiToken: canary }], note: `Bearer ${canary}`, long: 'x'.repeat(1000) },
    }
    const headers = { authorization: `Bearer ${canary}`, cookie: `sid=${canary}`, 'x-tenant': 'a' }
    await service.send('POST', '/logged/sign-up?token=abcdefgh', body, headers).catch(() => undefined)
    await service.send('POST', '/logged/sign-up', body, headers)
    await until(() => records().some(({ status }) => status === 200))
    const shown = records().find(({ status }) => status === 200)!
    expect(shown['body']).to.deep.equal({
      name: 'ada',
      password: '[redacted]',
      more: {
        deep: [{ apiToken: '[redacted]' }],
        note: 'Bearer [redacted]',
        long: `${'x'.repeat(256)}… (1000 characters)`,
      },
    })
    expect(shown['headers']).to.include({ authorization: '[redacted]', cookie: '[redacted]', 'x-tenant': 'a' })
    lines.length = 0
    await service.send('POST', '/logged/quiet', body, headers)
    expect(await record()).to.not.have.any.keys('body', 'headers')
    expect(lines.join('')).to.not.contain(canary)
  })

  it('hold no more of a body than they may', async () => {
    const more = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`member${index}`, 'ü'.repeat(100)]))
    await service.send('POST', '/logged/sign-up', { name: 'ada', password: canary, more })
    const { body } = await record()
    expect(Buffer.byteLength(JSON.stringify(body))).to.be.at.most(2048)
  })

  it('are logged where they are refused, and where they fail', async () => {
    await service.ask('GET', '/logged/closed')
    expect(await record()).to.include({ status: 401, level: 30, action: 'Logged.closed' })
    lines.length = 0
    await service.ask('GET', '/logged/failing', { headers: { traceparent, 'x-request-id': 'r-3' } })
    expect(await record()).to.include({ status: 500, level: 50, traceId, requestId: 'r-3' })
    const failed = await record('A request failed.')
    expect(failed).to.include({ traceId, requestId: 'r-3' })
    expect(JSON.stringify(failed)).to.contain('no connection to').and.not.contain(canary)
  })

  it('say that their caller has left', async () => {
    const socket = service.socket()
    const reached = once(hanging, 'reached')
    socket.write('GET /logged/hanging HTTP/1.1\r\nhost: x\r\n\r\n')
    await reached
    socket.destroy()
    const left = await record()
    hanging.emit('gone')
    expect(left).to.include({ aborted: true, action: 'Logged.hanging' })
    expect(left).to.not.have.property('status')
  })

  it('are not logged where nobody says so', async () => {
    await service.ask('GET', '/unlogged/read')
    await service.ask('GET', '/logged/closed')
    await record()
    expect(records().map(({ action }) => action)).to.deep.equal(['Logged.closed'])
  })

  it('may be those of routing-controllers', async () => {
    const answer = await service.ask('GET', '/native/plain', { headers: { traceparent } })
    expect(answer.json).to.deep.equal({ traceId })
    expect(await record()).to.include({ status: 200, route: '/native/plain', action: 'Native.plain', traceId })
    lines.length = 0
    await service.send('POST', '/native/sent', { name: 'ada', password: canary })
    expect((await record())['body']).to.deep.equal({ name: 'ada', password: '[redacted]' })
  })

  it('carry their trace to whoever they ask', async () => {
    const continued = await ask({ traceparent, tracestate: 'a=1, b=2' })
    expect(continued.trace).to.include({ traceId, parentId: '00f067aa0ba902b7', state: 'a=1,b=2' })
    expect(continued.headers).to.deep.equal({
      traceparent: `00-${traceId}-${continued.trace['spanId']}-01`,
      tracestate: 'a=1,b=2',
    })
    const begun = await Promise.all([ask({}), ask({ traceparent: 'x', tracestate: 'a=1' })])
    for (const { trace, headers } of begun) {
      expect(trace['traceId']).to.match(/^[\da-f]{32}$/)
      expect(trace).to.not.have.any.keys('parentId', 'state')
      expect(headers).to.deep.equal({ traceparent: `00-${trace['traceId']}-${trace['spanId']}-00` })
    }
    expect(begun[0].trace['traceId']).to.not.equal(begun[1].trace['traceId'])
  })
})
