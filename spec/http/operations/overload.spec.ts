import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { expect } from 'chai'
import { Length } from 'class-validator'
import {
  anyone,
  type Call,
  createDataSource,
  type Middleware,
  type ModelDataSource,
  Reply,
  silentLogger,
  ViewSet,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { type Answer, describeOnDrivers, type Served, type Service, servings } from '../../support/http.js'
import { Opening } from './support/opening.js'

/** Holds requests until they are let go. */
class Gate {
  static held: (() => void)[] = []
  static letGo(): void {
    for (const go of Gate.held.splice(0)) go()
  }
}

class Note {
  @Length(1, 20)
  text!: string
}

@Resource('/work')
class WorkViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  quick(): Reply {
    return Reply.json({ done: true })
  }

  @Action({ method: 'get', on: 'collection', path: 'held', allow: anyone })
  async held(): Promise<Reply> {
    await new Promise<void>((go) => void Gate.held.push(go))
    return Reply.json({ done: true })
  }

  @Action({ method: 'post', on: 'collection', path: 'read', allow: anyone, body: Note })
  read({ body }: Call<Note>): Reply {
    return Reply.json(body)
  }

  /** Keeps the event loop for so many milliseconds. */
  @Action({ method: 'get', on: 'collection', path: 'block', allow: anyone })
  block(call: Call): Reply {
    const until = performance.now() + Number(call.header('x-time'))
    while (performance.now() < until) createHash('sha256').update('work').digest()
    return Reply.json({ done: true })
  }
}

const untilHeld = async (count: number): Promise<void> => {
  while (Gate.held.length < count) await new Promise((resolve) => setTimeout(resolve, 1))
}

const refusal = {
  type: 'urn:problem:overloaded',
  title: 'Overloaded',
  status: 503,
  code: 'OVERLOADED',
  instance: '/work',
}
const problemOf = ({ json }: Answer): unknown => {
  const { requestId: _, ...rest } = json as { readonly requestId: string }
  return rest
}

describeOnDrivers('Overload', ({ serve }) => {
  let service: Service
  const start = async (options: Omit<Served, 'viewSets'>): Promise<void> => {
    service = await serve({ viewSets: [WorkViewSet], ...options })
  }
  afterEach(async () => {
    Gate.letGo()
    await service?.close()
  })

  it('refuses what is beyond the requests that are answered at the same time, but no probes', async () => {
    let asked = 0
    const authenticate = () => {
      asked += 1
      return null
    }
    await start({ overload: { activeLimit: 2, retryAfter: 7 }, health: {}, authenticate })
    const held = [1, 2].map(() => service.ask('GET', '/work/held'))
    await untilHeld(2)
    const answer = await service.ask('GET', '/work')
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')]).to.deep.equal([
      503,
      '7',
      'application/problem+json; charset=utf-8',
    ])
    expect(problemOf(answer)).to.deep.equal(refusal)
    expect(asked, 'nobody is asked for who calls').to.equal(2)
    const probes = await Promise.all(['/livez', '/readyz'].map((path) => service.ask('GET', path)))
    expect(probes.map(({ status }) => status)).to.deep.equal([200, 200])
    Gate.letGo()
    expect((await Promise.all(held)).map(({ status }) => status)).to.deep.equal([200, 200])
    expect((await service.ask('GET', '/work')).status).to.equal(200)
    expect(service.application.measurements.requests.refused).to.deep.equal({
      active: 1,
      delay: 0,
      utilization: 0,
      wait: 0,
    })
  })

  it('answers before the body has come', async () => {
    await start({ overload: { activeLimit: 1 } })
    const held = service.ask('GET', '/work/held')
    await untilHeld(1)
    const socket = service.socket()
    socket.write('POST /work/read HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{')
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    expect(String(bytes)).to.match(/^HTTP\/1.1 503 /)
    socket.destroy()
    Gate.letGo()
    await held
  })

  it('does not take probes for load', async () => {
    const gate = new Opening()
    await start({ overload: { activeLimit: 1 }, health: { checks: { slow: () => gate.opened } } })
    const probe = service.ask('GET', '/readyz')
    while (service.application.active === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    expect((await service.ask('GET', '/work')).status).to.equal(200)
    gate.open()
    expect((await probe).status).to.equal(200)
  })

  it('refuses what has come while the event loop was blocked, and soon nothing any more', async () => {
    await start({ overload: { delayLimit: 100 }, health: {} })
    expect((await service.ask('GET', '/work')).status, 'from now on it is watched').to.equal(200)
    const socket = service.socket()
    await once(socket, 'connect')
    // What is measured is the time between two looks, of which there must have been one.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const blocked = service.ask('GET', '/work/block', { headers: { 'x-time': '700' } })
    let status = 200
    while (status === 200) status = (await service.ask('GET', '/work')).status
    expect(status).to.equal(503)
    expect((await service.ask('GET', '/livez')).status).to.equal(200)
    expect((await blocked).status).to.equal(200)
    while (status !== 200) status = (await service.ask('GET', '/work')).status
    expect(service.application.measurements.requests.refused.delay).to.be.greaterThan(0)
    socket.destroy()
  })

  it('refuses while the event loop is hardly ever idle, but nothing of which that is not known yet', async () => {
    await start({ overload: { utilizationLimit: 0.7 } })
    expect((await service.ask('GET', '/work')).status, 'whoever comes first keeps it busy').to.equal(200)
    await service.ask('GET', '/work/block', { headers: { 'x-time': '1500' } })
    let status = 200
    while (status === 200) status = (await service.ask('GET', '/work')).status
    expect(status).to.equal(503)
    while (status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      status = (await service.ask('GET', '/work')).status
    }
    const { delay, utilization } = service.application.measurements.requests.refused
    expect(delay).to.equal(0)
    expect(utilization).to.be.greaterThan(0)
  })

  it('refuses nothing unless asked', async () => {
    await start({})
    const held = Array.from({ length: 50 }, () => service.ask('GET', '/work/held'))
    await untilHeld(50)
    expect(service.application.measurements.requests.active).to.equal(50)
    expect((await service.ask('GET', '/work')).status).to.equal(200)
    Gate.letGo()
    await Promise.all(held)
  })
})

const cors: Middleware = (_request, response, next) => {
  response.setHeader('access-control-allow-origin', '*')
  next()
}

describe('Overload that is refused in front of the rest', () => {
  it('has the headers of middlewares, so that pages of other origins can read it', async () => {
    const service = await servings[0]!.serve({
      viewSets: [WorkViewSet],
      overload: { activeLimit: 1 },
      middleware: [cors],
      logger: silentLogger,
    })
    const held = service.ask('GET', '/work/held')
    await untilHeld(1)
    const answer = await service.ask('GET', '/work')
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).to.deep.equal([503, '*'])
    Gate.letGo()
    await held
    await service.close()
  })
})

describeOnEngines('Overload of a data source', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  before(async () => {
    database = await engine.create()
    const extra = { ...(database.options as { readonly extra?: object }).extra }
    const small = { sqlite: {}, postgres: { max: 1 }, mariadb: { connectionLimit: 1 } }[engine.name]
    dataSource = createDataSource({ ...database.options, extra: { ...extra, ...small }, entities: [] })
    await dataSource.initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  describeOnDrivers('Requests', ({ serve }) => {
    it('are refused while somebody waits for a connection for too long', async () => {
      const service = await serve({ viewSets: [WorkViewSet], dataSource, overload: { waitLimit: 30 }, health: {} })
      const gate = new Opening()
      const holder = dataSource.atomic(() => gate.opened)
      while (service.application.measurements.database?.pool.inUse !== 1)
        await new Promise((resolve) => setTimeout(resolve, 1))
      expect((await service.ask('GET', '/work')).status).to.equal(200)
      const waiting = dataSource.atomic(async () => 'done')
      while ((service.application.measurements.database?.pool.oldestWait ?? 0) <= 30)
        await new Promise((resolve) => setTimeout(resolve, 5))
      expect(problemOf(await service.ask('GET', '/work'))).to.deep.equal(refusal)
      const { pool, units } = service.application.measurements.database ?? expect.fail('there is one')
      expect([pool.max, pool.size, pool.inUse, pool.waiting, units]).to.deep.equal([
        1,
        1,
        1,
        1,
        { open: 2, runAgain: 0 },
      ])
      gate.open()
      await holder
      expect(await waiting).to.equal('done')
      expect((await service.ask('GET', '/work')).status).to.equal(200)
      const after = service.application.measurements.database ?? expect.fail('there is one')
      expect([after.pool.waiting, after.pool.oldestWait, after.units.open]).to.deep.equal([0, 0, 0])
      expect(after.pool.waitTime).to.be.greaterThan(30)
      await service.close()
    })
  })
})
