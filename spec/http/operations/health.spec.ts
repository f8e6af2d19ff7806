import { expect } from 'chai'
import {
  type AppException,
  anyone,
  createDataSource,
  type EngineOptions,
  type GivenCheck,
  type Logger,
  type ModelDataSource,
  RateLimiter,
  Reply,
  role,
  ViewSet,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { databaseMeasurements } from '../../../src/orm/database-measurements.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { type Answer, describeOnDrivers, type Served, type Service, servings } from '../../support/http.js'
import { TcpProxy } from '../../support/redis.js'
import { Opening } from './support/opening.js'

@Resource('/things')
class ThingViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  list(): Reply {
    return Reply.json([])
  }
}

/** What was logged, but for the errors themselves. */
function recorder() {
  const lines: string[] = []
  const write =
    (level: string) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      const { check, error } = fields ?? {}
      lines.push([level, message, check, (error as Error | undefined)?.message].filter(Boolean).join(': '))
    }
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => logger,
  }
  return { lines, logger }
}

const well: GivenCheck = () => {}
const broken: GivenCheck = () => {
  throw new Error('password "hunter2" was refused by 10.0.0.7')
}
const never = (): Promise<void> => new Promise(() => {})

describeOnDrivers('Health', ({ serve }) => {
  let service: Service
  const start = async (options: Omit<Served, 'viewSets'>): Promise<void> => {
    service = await serve({ viewSets: [ThingViewSet], ...options })
  }
  afterEach(() => service?.close())

  it('answers that it lives, and is ready, to anyone and uncached', async () => {
    await start({ health: { checks: { mail: well } }, authenticate: () => null })
    const [live, ready] = await Promise.all(['/livez', '/readyz'].map((path) => service.ask('GET', path)))
    expect([live?.status, live?.json]).to.deep.equal([200, { status: 'live' }])
    expect([ready?.status, ready?.json]).to.deep.equal([200, { status: 'ready', checks: { mail: 'up' } }])
    expect([live, ready].map((answer) => answer?.headers.get('cache-control'))).to.deep.equal(['no-store', 'no-store'])
  })

  it('answers as any route does to other methods', async () => {
    await start({ health: {} })
    const head = await service.ask('HEAD', '/readyz')
    expect([head.status, head.text]).to.deep.equal([200, ''])
    const post = await service.ask('POST', '/livez')
    expect([post.status, post.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS'])
  })

  it('answers nothing of the kind unless asked', async () => {
    await start({})
    expect((await service.ask('GET', '/livez')).status).to.equal(404)
  })

  it('stands where the application says, behind the prefix', async () => {
    await start({ health: { live: '/up', ready: '/health/ready' }, prefix: '/api' })
    const answers = await Promise.all(
      ['/api/up', '/api/health/ready', '/api/livez', '/up'].map((path) => service.ask('GET', path)),
    )
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 404, 404])
  })

  it('asks who may know, where it is told', async () => {
    await start({
      health: { allow: role('probe') },
      authenticate: () => null,
    })
    expect((await service.ask('GET', '/livez')).status).to.equal(401)
  })

  it('tells what is down, and not why', async () => {
    const { lines, logger } = recorder()
    await start({ health: { checks: { mail: well, search: broken } }, logger })
    const answer = await service.ask('GET', '/readyz')
    expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([503, '1'])
    const { requestId: _, ...problem } = answer.json as { readonly requestId: string }
    expect(problem).to.deep.equal({
      type: 'urn:problem:not_ready',
      title: 'Not ready',
      status: 503,
      code: 'NOT_READY',
      detail: 'Something that is needed is down.',
      instance: '/readyz',
      details: { status: 'unready', checks: { mail: 'up', search: 'down' } },
    })
    expect(answer.headers.get('cache-control')).to.equal('no-store')
    expect((await service.ask('GET', '/livez')).status).to.equal(200)
    expect(lines).to.deep.equal(['error: A health check fails.: search: password "hunter2" was refused by 10.0.0.7'])
  })

  it('is ready without what is optional', async () => {
    const check = { check: () => false, optional: true }
    await start({ health: { checks: { search: check } } })
    const answer = await service.ask('GET', '/readyz')
    expect([answer.status, answer.json]).to.deep.equal([200, { status: 'ready', checks: { search: 'down' } }])
  })

  it('waits for each check as long as that says, and tells it to stop', async () => {
    let reason: unknown
    const slow = async (signal: AbortSignal): Promise<void> => {
      signal.addEventListener('abort', () => {
        reason = signal.reason
      })
      await never()
    }
    await start({ health: { checks: { mail: { check: slow, timeout: 20 }, search: well } } })
    const answer = await service.ask('GET', '/readyz')
    expect((answer.json as AppException).details).to.deep.equal({
      status: 'unready',
      checks: { mail: 'down', search: 'up' },
    })
    expect(reason).to.be.instanceOf(Error)
  })

  it('asks one at a time, however many ask, and not again before what was found is old', async () => {
    let [runs, together, most] = [0, 0, 0]
    const check = async (): Promise<void> => {
      runs += 1
      together += 1
      most = Math.max(most, together)
      await new Promise((resolve) => setTimeout(resolve, 20))
      together -= 1
    }
    await start({ health: { checks: { mail: check }, interval: 60_000 } })
    for (const flood of [1, 2]) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => service.ask('GET', '/readyz')))
      expect(new Set(answers.map(({ status }) => status)), `flood ${flood}`).to.deep.equal(new Set([200]))
    }
    expect([runs, most]).to.deep.equal([1, 1])
  })

  it('does not ask again while a check that was late has not ended', async () => {
    const { lines, logger } = recorder()
    const ends: (() => void)[] = []
    const check = { check: () => new Promise<void>((end) => void ends.push(end)), timeout: 50 }
    await start({ health: { checks: { mail: check }, interval: 0 }, logger })
    for (let asked = 0; asked < 5; asked++) expect((await service.ask('GET', '/readyz')).status).to.equal(503)
    expect(ends).to.have.length(1)
    ends[0]?.()
    const again = service.ask('GET', '/readyz')
    while (ends.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    ends[1]?.()
    expect((await again).status).to.equal(200)
    expect(lines).to.deep.equal([
      'error: A health check fails.: mail: There was no answer in time.',
      'info: A health check succeeds again.: mail',
    ])
  })

  it('is not ready as soon as the application is about to end, and lives on', async () => {
    let runs = 0
    await start({ health: { checks: { mail: () => void (runs += 1) } } })
    service.application.withdraw()
    const answer = await service.ask('GET', '/readyz')
    expect([answer.status, (answer.json as AppException).details]).to.deep.equal([503, { status: 'closing' }])
    expect(answer.headers.get('connection')).to.equal('close')
    const [live, things] = await Promise.all(['/livez', '/things'].map((path) => service.ask('GET', path)))
    expect([live?.status, things?.status, runs]).to.deep.equal([200, 200, 0])
  })

  it('stands in the document where it is told', async () => {
    await start({ health: {} })
    expect(Object.keys(service.application.openapi().paths)).to.deep.equal(['/things'])
    await service.close()
    await start({ health: { documented: true, checks: { search: broken } } })
    const { paths } = service.application.openapi()
    expect(Object.keys(paths)).to.deep.equal(['/livez', '/readyz', '/things'])
    // What is answered is held to the document.
    expect((await service.ask('GET', '/readyz')).status).to.equal(503)
    expect((await service.ask('GET', '/livez')).status).to.equal(200)
  })

  it('tells of stores outside of the process, and needs what limits refuse without', async () => {
    const away = { consume: () => Promise.reject(new Error('away')), forget: () => {} }
    const health = { interval: 0 }
    await start({ health, rateLimiter: new RateLimiter({ store: away }) })
    const open = await service.ask('GET', '/readyz')
    expect([open.status, open.json]).to.deep.equal([200, { status: 'ready', checks: { limits: 'down' } }])
    await service.close()
    await start({ health, rateLimiter: new RateLimiter({ store: away, whenDown: 'closed' }) })
    expect((await service.ask('GET', '/readyz')).status).to.equal(503)
    await service.close()
    await start({ health: { limits: false }, rateLimiter: new RateLimiter({ store: away, whenDown: 'closed' }) })
    expect((await service.ask('GET', '/readyz')).json).to.deep.equal({ status: 'ready', checks: {} })
  })
})

describeOnEngines('Health of a data source', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [] })
    await dataSource.initialize()
  })
  after(async () => {
    if (dataSource?.isInitialized) await dataSource.destroy()
    await database?.drop()
  })

  describeOnDrivers('Readiness', ({ serve }) => {
    it('asks for one answer, however many ask', async () => {
      const sent: string[] = []
      const stop = dataSource.onStatement(({ sql }) => void sent.push(sql))
      const service = await serve({ viewSets: [ThingViewSet], health: { interval: 60_000 }, dataSource })
      const answers = await Promise.all(Array.from({ length: 200 }, () => service.ask('GET', '/readyz')))
      expect(new Set(answers.map(({ text }) => text))).to.deep.equal(
        new Set(['{"status":"ready","checks":{"database":"up"}}']),
      )
      // SQLite is asked past all that is sent.
      expect(sent).to.deep.equal(engine.name === 'sqlite' ? [] : ['SELECT 1'])
      stop()
      await service.close()
    })

    it('is not held up by a unit of work, and does not join it', async () => {
      const service = await serve({ viewSets: [ThingViewSet], health: { interval: 0 }, dataSource })
      await dataSource.atomic(async () => {
        await dataSource.query('SELECT 1')
        expect((await service.ask('GET', '/readyz')).status).to.equal(200)
      })
      await service.close()
    })
  })

  it('is down where it is closed', async () => {
    const closed = createDataSource({ ...database.options, entities: [] })
    const service = await servings[0]!.serve({ viewSets: [ThingViewSet], health: {}, dataSource: closed })
    expect(statesOf(await service.ask('GET', '/readyz'))).to.deep.equal([503, { database: 'down' }])
    await service.close()
  })
})

describeOnEngines(
  'Health of a server of a database',
  (engine) => {
    let database: Database
    let proxy: TcpProxy
    let dataSource: ModelDataSource
    let service: Service
    before(async () => {
      database = await engine.create()
      const { host, port } = database.options as { readonly host: string; readonly port: number }
      expect(host).to.equal('127.0.0.1')
      proxy = new TcpProxy(port)
      const options = { ...database.options, port: await proxy.listen(), host } as EngineOptions
      const extra = {
        ...(options.extra as object),
        ...(engine.name === 'postgres' ? { max: 2 } : { connectionLimit: 2 }),
      }
      dataSource = createDataSource({ ...options, extra, entities: [] })
      await dataSource.initialize()
      const health = { interval: 0, database: { timeout: 300 } }
      service = await servings[0]!.serve({ viewSets: [ThingViewSet], health, dataSource })
    })
    after(async () => {
      await service?.close()
      await dataSource?.destroy()
      await proxy?.close()
      await database?.drop()
    })
    const ask = async () => statesOf(await service.ask('GET', '/readyz'))

    it('is down while the server is silent, and up again on another connection', async () => {
      expect(await ask()).to.deep.equal([200, { database: 'up' }])
      proxy.silent = true
      expect(await Promise.all([ask(), ask(), ask()])).to.deep.equal(
        Array.from({ length: 3 }, () => [503, { database: 'down' }]),
      )
      expect((await service.ask('GET', '/livez')).status).to.equal(200)
      proxy.silent = false
      expect(await ask()).to.deep.equal([200, { database: 'up' }])
    })

    it('is up again once connections that were cut are replaced', async () => {
      proxy.cut()
      while ((await ask())[0] !== 200);
      expect(databaseMeasurements(dataSource).pool.inUse).to.equal(0)
    })

    it('is up while the pool is busy, and down while nobody is given a connection', async () => {
      const enough = new AbortController()
      const hold = async (): Promise<void> => {
        while (!enough.signal.aborted) await dataSource.atomic(() => new Promise((resolve) => setTimeout(resolve, 100)))
      }
      const holders = [1, 2, 3, 4, 5, 6, 7, 8].map(hold)
      expect(await ask()).to.deep.equal([200, { database: 'up' }])
      enough.abort()
      await Promise.all(holders)
      const gate = new Opening()
      const stuck = [1, 2].map(() => dataSource.atomic(() => gate.opened))
      while (databaseMeasurements(dataSource).pool.inUse !== 2) await new Promise((resolve) => setTimeout(resolve, 1))
      expect(await ask()).to.deep.equal([503, { database: 'down' }])
      const { waiting, oldestWait } = databaseMeasurements(dataSource).pool
      expect([waiting, oldestWait >= 290]).to.deep.equal([1, true])
      // The one that waits is not joined by others.
      expect(await ask()).to.deep.equal([503, { database: 'down' }])
      expect(databaseMeasurements(dataSource).pool.waiting).to.equal(1)
      gate.open()
      await Promise.all(stuck)
      while ((await ask())[0] !== 200);
    })
  },
  ['postgres', 'mariadb'],
)

/** The status, and the states that are told. */
function statesOf({ status, json }: Answer): readonly [number, unknown] {
  const { checks, details } = json as { readonly checks?: unknown; readonly details?: { readonly checks?: unknown } }
  return [status, checks ?? details?.checks]
}
