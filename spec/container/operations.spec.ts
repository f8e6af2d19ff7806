import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { expect } from 'chai'
import { anyone, DefinitionError, type HealthCheck, Reply, silentLogger, ViewSet } from 'plinth'
import { type Application, type CreateAppOptions, createApp, describeApp } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { injectable } from 'tsyringe'

class Mail {
  up = true
}

@injectable()
class MailCheck implements HealthCheck {
  static made = 0
  readonly timeout = 500
  readonly optional = true

  constructor(private readonly mail: Mail) {
    MailCheck.made += 1
  }

  check(): boolean {
    return this.mail.up
  }
}

class RequestLog {}

@injectable()
class LoggedCheck implements HealthCheck {
  constructor(readonly log: RequestLog) {}
  check(): void {}
}

@Resource('/things')
class ThingViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  list(): Reply {
    return Reply.json([])
  }
}

const memory = { type: 'sqlite', database: ':memory:' } as const

const make = (options: Partial<CreateAppOptions>): Promise<Application> =>
  createApp({ dataSource: memory, viewSets: [ThingViewSet], logger: silentLogger, ...options })

const json = async (url: string): Promise<readonly [number, unknown]> => {
  const response = await fetch(url)
  return [response.status, await response.json()]
}

const mistakesOf = async (work: () => unknown): Promise<readonly string[]> => {
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  expect(error).to.be.instanceOf(DefinitionError)
  return (error as DefinitionError).mistakes.map(
    ({ code, subject, problem, remedy }) => `${code} ${subject}: ${problem} ${remedy}`,
  )
}

describe('Health of createApp', () => {
  it('makes checks of classes once, as services are, when they are first needed', async () => {
    const mail = new Mail()
    const health = { checks: { mail: MailCheck }, interval: 0 }
    const app = await make({ health, providers: [{ provide: Mail, useValue: mail }] })
    const { url } = await app.listen(0, '127.0.0.1')
    expect(MailCheck.made).to.equal(0)
    expect(await json(`${url}/readyz`)).to.deep.equal([
      200,
      { status: 'ready', checks: { database: 'up', mail: 'up' } },
    ])
    mail.up = false
    expect(await json(`${url}/readyz`)).to.deep.equal([
      200,
      { status: 'ready', checks: { database: 'up', mail: 'down' } },
    ])
    expect(MailCheck.made).to.equal(1)
    await app.close()
  })

  it('refuses what makes no sense, all at once', async () => {
    const health = {
      interval: -1,
      database: { timeout: 0 },
      checks: { cache: () => {}, 'to be': () => {}, nothing: 5, late: { check: () => {}, timeout: Number.NaN } },
    }
    expect(await mistakesOf(() => make({ health: health as never }))).to.deep.equal([
      'E_HEALTH The health of the application: `interval` is -1. Give milliseconds from 0, e.g. 1000.',
      'E_HEALTH The health of the application: the `timeout` of `database` is 0. Give milliseconds above 0, e.g. 500.',
      'E_HEALTH The health of the application: a check has the name "cache", which plinth\'s own has. Give it another name.',
      'E_HEALTH The health of the application: a check has the name "to be". Use letters, digits, - and _, e.g. "mail-queue".',
      'E_HEALTH The health of the application: the check "nothing" is nothing that checks. Give a function, or an object or class with `check(signal)`.',
      'E_HEALTH The health of the application: the `timeout` of the check "late" is NaN. Give milliseconds above 0, e.g. 500.',
    ])
    const overload = { activeLimit: 0, delayLimit: -5, utilizationLimit: 2, waitLimit: Infinity, retryAfter: 0.5 }
    expect(await mistakesOf(() => make({ overload }))).to.deep.equal([
      'E_OVERLOAD The overload of the application: `activeLimit` is 0. Give a whole number from 1.',
      'E_OVERLOAD The overload of the application: `delayLimit` is -5. Give milliseconds above 0; leave it out where there is no limit.',
      'E_OVERLOAD The overload of the application: `utilizationLimit` is 2. Give a part of the time, e.g. 0.98.',
      'E_OVERLOAD The overload of the application: `waitLimit` is Infinity. Give milliseconds above 0; leave it out where there is no limit.',
      'E_OVERLOAD The overload of the application: `retryAfter` is 0.5. Give a whole number from 1.',
    ])
    expect(await mistakesOf(() => make({ overload: { retryAfter: 3 } }))).to.deep.equal([
      'E_OVERLOAD The overload of the application: it has no limit, so that nothing would be refused. Give one, e.g. { activeLimit: 200 }.',
    ])
    expect(await mistakesOf(() => make({ drainDelay: -1 }))).to.deep.equal([
      'E_OPTION The application: `drainDelay` is -1. Give milliseconds from 0, e.g. 5000.',
    ])
  })

  it('refuses checks that belong to one request, and paths that are taken', async () => {
    const providers = [{ provide: RequestLog, useClass: RequestLog, lifetime: 'request' }] as const
    expect(await mistakesOf(() => make({ health: { checks: { logged: LoggedCheck } }, providers }))).to.deep.equal([
      'E_HEALTH LoggedCheck: it is a check, and lives for one request, or needs something that does. Let it need only what lives as long as the application.',
    ])
    const [taken, ...others] = await mistakesOf(() => make({ health: { ready: '/things' } }))
    expect(taken).to.match(
      /^E_ROUTE_TAKEN ReadinessViewSet.probe: it answers GET \/things, and so does ThingViewSet.list/,
    )
    expect(others).to.deep.equal([])
  })

  it('is described without anything being asked or watched', () => {
    const { document } = describeApp({
      dataSource: memory,
      viewSets: [ThingViewSet],
      health: { documented: true, checks: { mail: MailCheck } },
      overload: { delayLimit: 100 },
      measurements: { eventLoop: true },
    })
    expect(Object.keys(document.paths)).to.deep.equal(['/livez', '/readyz', '/things'])
  })
})

describe('Closing an application that tells of its health', () => {
  it('is not ready at once, and goes on answering until the delay is over, on connections that are kept too', async () => {
    const app = await make({ health: {}, drainDelay: 400 })
    const { port, url } = await app.listen(0, '127.0.0.1')
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = (path: string): Promise<readonly [number | undefined, string | undefined]> =>
      new Promise((resolve, reject) => {
        request({ port, host: '127.0.0.1', path, agent }, (response) => {
          response.resume().on('end', () => resolve([response.statusCode, response.headers.connection]))
        })
          .on('error', reject)
          .end()
      })
    expect(await ask('/readyz')).to.deep.equal([200, 'keep-alive'])
    const closed = app.close()
    expect(await ask('/readyz')).to.deep.equal([503, 'close'])
    // That connection is closed; there are new ones for some time.
    expect(await ask('/things')).to.deep.equal([200, 'close'])
    expect(await ask('/livez')).to.deep.equal([200, 'close'])
    await closed
    const refused = await fetch(`${url}/livez`).catch((error: Error) => (error.cause as { code: string }).code)
    expect(refused).to.equal('ECONNREFUSED')
    agent.destroy()
  })

  it('ends the process with 0 at SIGTERM, with all that watches it', async () => {
    const program = `
      import 'reflect-metadata'
      import { silentLogger } from 'plinth'
      import { createApp } from 'plinth/container'
      const app = await createApp({
        dataSource: { type: 'sqlite', database: ':memory:' }, logger: silentLogger, health: {}, drainDelay: 50,
        overload: { delayLimit: 100 }, measurements: { eventLoop: true },
      })
      const { url } = await app.listen(0, '127.0.0.1')
      process.once('SIGTERM', () => app.close())
      app.measurements
      console.log((await fetch(url + '/readyz')).status)
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    const [text] = (await once(child.stdout, 'data')) as [Buffer]
    child.kill('SIGTERM')
    expect([String(text).trim(), ...(await ended)]).to.deep.equal(['200', 0, null])
  })
})
