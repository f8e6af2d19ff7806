import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { expect } from 'chai'
import { anyone, type Measurements, NotFoundError, Reply, ViewSet } from 'plinth'
import { Action, RateLimit, Resource } from 'plinth/decorators'
import { describeOnDrivers, servings } from '../../support/http.js'

@Resource('/pages')
class PageViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  list(): Reply {
    return Reply.json([])
  }

  @Action({ method: 'get', on: 'collection', path: 'moved', allow: anyone })
  moved(): Reply {
    return Reply.empty(308, { location: '/pages' })
  }

  @Action({ method: 'get', on: 'collection', path: 'missing', allow: anyone })
  missing(): Reply {
    throw new NotFoundError('There is no page.')
  }

  @Action({ method: 'get', on: 'collection', path: 'broken', allow: anyone })
  broken(): Reply {
    throw new Error('broken')
  }

  @Action({ method: 'get', on: 'collection', path: 'limited', allow: anyone })
  @RateLimit({ key: 'limited', limit: 1, period: 3600, per: 'all' })
  limited(): Reply {
    return Reply.json([])
  }

  @Action({ method: 'get', on: 'collection', path: 'never', allow: anyone })
  async never(): Promise<Reply> {
    return new Promise(() => {})
  }
}

const isFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))

describeOnDrivers('Measurements', ({ serve, mounted }) => {
  it('count what rate limits allow and refuse', async () => {
    const service = await serve({ viewSets: [PageViewSet] })
    const { application } = service
    for (const status of [200, 429, 429]) expect((await service.ask('GET', '/pages/limited')).status).to.equal(status)
    expect(application.measurements.rateLimits).to.deep.equal({
      allowed: 1,
      refused: 2,
      wouldRefuse: 0,
      storeErrors: 0,
      insured: 0,
      opened: 0,
      closed: 0,
    })
  })

  it('count what is answered, by the class of its status, and who left', async () => {
    const service = await serve({ viewSets: [PageViewSet] })
    const { application } = service
    const before = application.measurements
    const paths = ['/pages', '/pages', '/pages/moved', '/pages/missing', '/pages/broken', '/nowhere']
    for (const path of paths) await service.ask('GET', path)
    await service.ask('POST', '/pages')
    const socket = service.socket()
    socket.write('GET /pages/never HTTP/1.1\r\nhost: a\r\n\r\n')
    while (application.active === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(application.measurements.requests.active).to.equal(1)
    socket.destroy()
    while (application.active > 0) await new Promise((resolve) => setTimeout(resolve, 1))
    const { requests, eventLoop } = application.measurements
    expect(requests).to.deep.equal({
      active: 0,
      // What is passed on is not plinth's.
      answered: { '1xx': 0, '2xx': 2, '3xx': 1, '4xx': mounted ? 2 : 3, '5xx': 1 },
      abandoned: 1,
      refused: { active: 0, delay: 0, utilization: 0, wait: 0 },
    })
    expect(eventLoop.busy).to.be.greaterThan(before.eventLoop.busy)
    expect(before.requests.answered['2xx'], 'what was read stays as it was').to.equal(0)
    expect([isFrozen(before), 'delay' in eventLoop, 'database' in before]).to.deep.equal([true, false, false])
    await service.close()
  })
})

describe('Measurements of the event loop', () => {
  it('tell how late it was, where that is asked', async () => {
    const service = await servings[0]!.serve({ viewSets: [PageViewSet], measurements: { eventLoop: true } })
    const delayOf = (): NonNullable<Measurements['eventLoop']['delay']> => {
      const { delay } = service.application.measurements.eventLoop
      return delay ?? expect.fail('it is not watched')
    }
    delayOf()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const until = performance.now() + 400
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { mean, p99, max, utilization } = delayOf()
    expect(max).to.be.within(350, 5000)
    expect(p99).to.equal(max)
    // Whoever had come at any moment of these would have found it blocked most likely.
    expect(mean).to.be.within(150, max)
    expect(utilization).to.be.within(0.3, 1)
    expect(isFrozen(delayOf())).to.equal(true)
    await service.close()
  })

  it('do not keep the process alive', async () => {
    const program = `
      import 'reflect-metadata'
      import { createHttpApplication, silentLogger } from 'plinth'
      import { Container } from 'plinth/container'
      const app = createHttpApplication({
        viewSets: [], instances: new Container(), logger: silentLogger,
        measurements: { eventLoop: true }, overload: { delayLimit: 100 }, health: {},
      })
      console.log(Object.keys(app.measurements.eventLoop).join(' '))
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [[text], [code]] = (await Promise.all([once(child.stdout, 'data'), once(child, 'exit')])) as [
      [Buffer],
      [number],
    ]
    expect([String(text).trim(), code]).to.deep.equal(['busy idle delay', 0])
  })
})
