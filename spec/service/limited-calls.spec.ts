import { expect } from 'chai'
import {
  BaseService,
  createDataSource,
  DefinitionError,
  type ModelDataSource,
  RateLimitedError,
  RateLimiter,
  runAs,
  runInContext,
  ServiceResult,
  silentLogger,
} from 'plinth'
import { createApp } from 'plinth/container'
import { RateLimit } from 'plinth/decorators'
import { engines } from '../support/engines.js'

const limit = { limit: 2, period: 60 } as const

class Sender extends BaseService {
  readonly sent: string[] = []

  @RateLimit({ key: 'send', ...limit })
  async send(to: string): Promise<string> {
    this.sent.push(to)
    return to
  }

  @RateLimit({ key: 'to', ...limit, per: (to: string) => to })
  async sendTo(to: string): Promise<string> {
    this.sent.push(to)
    return to
  }

  @RateLimit({ key: 'many', ...limit, limit: 5, per: 'all', cost: (to: readonly string[]) => to.length })
  async sendMany(to: readonly string[]): Promise<number> {
    return to.length
  }

  async twice(to: string): Promise<ServiceResult<string>> {
    return this.attempt(async () => `${await this.send(to)}${await this.send(to)}`)
  }
}

class LouderSender extends Sender {
  override async send(to: string): Promise<string> {
    return (await super.send(to)).toUpperCase()
  }
}

const refused = async (work: () => Promise<unknown>): Promise<RateLimitedError | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof RateLimitedError) return error
    throw error
  }
}

describe('Limited methods of services', () => {
  let dataSource: ModelDataSource

  const made = <T extends Sender>(target: new (context: ConstructorParameters<typeof Sender>[0]) => T): T =>
    new target({ dataSource, logger: silentLogger, rateLimiter: new RateLimiter({ logger: silentLogger }) })

  before(async () => {
    const database = await engines[0]!.create()
    dataSource = createDataSource({ ...database.options, entities: [] })
  })

  it('are refused before they run, with a code, a status and a time', async () => {
    const sender = made(Sender)
    await sender.send('a')
    await sender.send('b')
    const error = await refused(() => sender.send('c'))
    expect(error).to.include({ errorCode: 'RATE_LIMITED', statusCode: 429 })
    expect(error?.policies).to.deep.equal(['send'])
    expect(error?.headers).to.deep.equal({ 'retry-after': '60' })
    expect(sender.sent).to.deep.equal(['a', 'b'])
  })

  it('are allowed exactly as often as the limit says, however many call at once', async () => {
    const sender = made(Sender)
    const all = await Promise.all(Array.from({ length: 100 }, () => refused(() => sender.send('a'))))
    expect(all.filter((error) => error === undefined)).to.have.length(2)
    expect(sender.sent).to.have.length(2)
  })

  it('count who acts, or what a function says of what they are given', async () => {
    const sender = made(Sender)
    for (const id of ['ada', 'bob', 'ada', 'bob']) await runAs({ id }, () => sender.send('x'))
    expect(await refused(() => runAs({ id: 'ada' }, () => sender.send('x')))).to.be.instanceOf(RateLimitedError)
    expect(await refused(() => runInContext(() => sender.send('x')))).to.equal(undefined)
    for (const to of ['a', 'b', 'a', 'b']) await sender.sendTo(to)
    expect(await refused(() => sender.sendTo('a'))).to.be.instanceOf(RateLimitedError)
    expect(await refused(() => sender.sendTo('c'))).to.equal(undefined)
  })

  it('may cost what they are given, or nothing', async () => {
    const sender = made(Sender)
    expect(await sender.sendMany(['a', 'b', 'c'])).to.equal(3)
    expect(await refused(() => sender.sendMany(['a', 'b', 'c']))).to.be.instanceOf(RateLimitedError)
    expect(await sender.sendMany(['a', 'b'])).to.equal(2)
    expect(await sender.sendMany([])).to.equal(0)
  })

  it('count calls of the service itself, and those by super once', async () => {
    const sender = made(Sender)
    expect(await sender.twice('a')).to.deep.include({ success: true, data: 'aa' })
    expect(await sender.twice('a')).to.deep.include({ success: false, errorCode: 'RATE_LIMITED' })
    const louder = made(LouderSender)
    expect([await louder.send('a'), await louder.send('b')]).to.deep.equal(['A', 'B'])
    expect(await refused(() => louder.send('c'))).to.be.instanceOf(RateLimitedError)
  })

  it('count together in all instances of an application, and apart in others', async () => {
    const context = { dataSource, logger: silentLogger }
    await new Sender(context).send('a')
    await new Sender(context).send('a')
    expect(await refused(() => new Sender(context).send('a'))).to.be.instanceOf(RateLimitedError)
    expect(await refused(() => made(Sender).send('a'))).to.equal(undefined)
  })

  it('leave other methods as they are', () => {
    const own = Object.getOwnPropertyNames(made(Sender))
    expect(own).to.include.members(['send', 'sendTo', 'sendMany']).and.not.include('twice')
    expect(Object.keys(made(Sender))).to.not.include('send')
  })

  it('are checked when the application starts', async () => {
    class Wrong extends BaseService {
      @RateLimit({ key: 'wrong', limit: 0, period: 60 })
      async send(): Promise<void> {}
    }
    const { options } = await engines[0]!.create()
    const error = await createApp({ dataSource: options, services: [Wrong] }).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(DefinitionError)
    expect((error as DefinitionError).message).to.contain('Wrong.send: its limit is 0.')
  })

  it('are injected with the limiter of the application', async () => {
    const { options } = await engines[0]!.create()
    const application = await createApp({
      dataSource: options,
      services: [Sender],
      logger: silentLogger,
      rateLimiter: { whenDown: 'open' },
    })
    try {
      const sender = application.resolve(Sender)
      await sender.send('a')
      await sender.send('a')
      expect(await refused(() => sender.send('a'))).to.be.instanceOf(RateLimitedError)
      await application.resolve(RateLimiter).forget({ key: 'send', ...limit }, 'nobody')
      expect(await refused(() => sender.send('a'))).to.equal(undefined)
    } finally {
      await application.close()
    }
  })
})
