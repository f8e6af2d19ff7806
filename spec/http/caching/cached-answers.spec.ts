import { expect } from 'chai'
import { anyone, Cache, type ModelDataSource, Reply, silentLogger, ViewSet } from 'plinth'
import { Action, CacheResponse, Resource } from 'plinth/decorators'
import { expectQueries } from 'plinth/testing'
import type { Call } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { type Answer, type Served, serve } from '../support/served.js'
import { Maker, openShop, shopViewSets, Ware } from './shop.js'

const calls = { times: 0 }

@Resource('/odd')
@CacheResponse({ timeout: 60, vary: 'public' })
class OddViewSet extends ViewSet {
  #count(): string {
    calls.times += 1
    return String(calls.times)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  counted(): Reply {
    return Reply.json(this.#count())
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  cookie(): Reply {
    return Reply.json(this.#count(), 200, { 'set-cookie': 'a=b' })
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  secret(): Reply {
    return Reply.json(this.#count(), 200, { 'cache-control': 'no-store' })
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  accepted(): Reply {
    return Reply.json(this.#count(), 202)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  failing(): Reply {
    throw new Error(this.#count())
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  whose(call: Call): Reply {
    return Reply.json([this.#count(), call.user?.id ?? null])
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  language(call: Call): Reply {
    return Reply.json([this.#count(), call.header('Accept-Language') ?? null])
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public', headers: ['Accept-Language'] })
  spoken(call: Call): Reply {
    return Reply.json([this.#count(), call.header('Accept-Language') ?? null])
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  bytes(): Reply {
    this.#count()
    return new Reply(200, new Uint8Array([0, 255, 128]), { 'content-type': 'application/octet-stream' })
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  largest(): Reply {
    this.#count()
    return new Reply(200, 'x'.repeat(1_048_576), { 'content-type': 'text/plain' })
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  larger(): Reply {
    this.#count()
    return new Reply(200, 'x'.repeat(1_048_577), { 'content-type': 'text/plain' })
  }
  @Action({ method: 'post', on: 'collection', allow: anyone })
  write(): Reply {
    return Reply.json(this.#count())
  }
}

describeOnEngines('Cached answers', (engine) => {
  let dataSource: ModelDataSource
  let database: Database
  let served: Served

  before(async () => {
    ;({ dataSource, database } = await openShop(engine))
  })

  beforeEach(async () => {
    const cache = new Cache({ logger: silentLogger })
    served = await serve({ viewSets: [...shopViewSets, OddViewSet], dataSource, cache })
    calls.times = 0
  })

  afterEach(() => served.close())

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const get = (path: string, as?: string, headers = {}): Promise<Answer> =>
    served.request('GET', path, { headers, ...(as !== undefined && { as }) })
  const names = async (path: string): Promise<string> => (await get(path)).text
  /** How often something was done for two requests. */
  const countTwo = async (path: string, as: readonly (string | undefined)[] = [], headers = {}): Promise<number> => {
    const before = calls.times
    for (const one of [as[0], as[1]]) await get(path, one, headers)
    return calls.times - before
  }

  it('ask the database once, whatever the order of the parameters', async () => {
    const first = await get('/wares?price__gte=2&ordering=-price')
    const second = await expectQueries(dataSource, () => get('/wares?ordering=-price&price__gte=2'), 0)
    expect(second.text).to.equal(first.text)
    expect(second.headers.get('age')).to.match(/^\d$/)
    expect(first.headers.get('age')).to.equal(null)
    for (const name of ['etag', 'content-type', 'cache-control', 'vary']) {
      expect(second.headers.get(name)).to.equal(first.headers.get(name))
    }
    expect(first.headers.get('cache-control')).to.equal('public, max-age=300')
    expect(first.headers.get('etag')).to.match(/^(?:W\/)?"[\w-]+"$/)
  })

  it('are other ones for other pages, filters and fields, and refused where the query is wrong', async () => {
    const paths = ['/wares', '/wares?page=2', '/wares?fields=id', '/wares?price__lt=3', '/wares/1', '/wares/2']
    const texts = new Set<string>()
    for (const path of paths) texts.add((await get(path)).text)
    expect(texts.size).to.equal(paths.length)
    expect((await get('/wares?prize=1')).status).to.equal(400)
    expect((await get('/wares/99')).status).to.equal(404)
  })

  it('answer HEAD, and tell those who have the answer that they have it', async () => {
    const { headers } = await get('/wares')
    const head = await expectQueries(dataSource, () => served.request('HEAD', '/wares'), 0)
    expect([head.status, head.text, head.headers.get('etag')]).to.deep.equal([200, '', headers.get('etag')])
    const again = await get('/wares', undefined, { 'if-none-match': headers.get('etag')! })
    expect([again.status, again.text]).to.deep.equal([304, ''])
  })

  it('have a request id of their own each time', async () => {
    const ids = [await get('/wares'), await get('/wares')].map(({ headers }) => headers.get('x-request-id'))
    expect(new Set(ids).size).to.equal(2)
  })

  it('belong to who is signed in, or to who has the same roles', async () => {
    const ada = await get('/mine', 'ada')
    const bob = await get('/mine', 'bob')
    expect(ada.text).to.not.equal(bob.text)
    expect((await get('/mine', 'ada')).text).to.equal(ada.text)
    expect((await get('/mine')).status).to.equal(401)
    expect(ada.headers.get('cache-control')).to.equal('private, no-cache')
    expect(ada.headers.get('vary')).to.equal('Authorization, Cookie')
    const priced = await get('/priced', 'ada:buyer')
    expect(priced.text).to.contain('price')
    expect((await get('/priced', 'bob')).text).to.not.contain('price')
    expect((await expectQueries(dataSource, () => get('/priced', 'eve:buyer'), 0)).text).to.equal(priced.text)
  })

  it('are forgotten when a row of theirs is written, by whatever way', async () => {
    const wares = dataSource.getRepository(Ware)
    const writes: readonly (() => Promise<unknown>)[] = [
      () => served.request('PATCH', '/wares/1', { body: { name: 'by request' } }),
      () => wares.save({ id: 1, name: 'saved' }),
      () => wares.update({ id: 1 }, { name: 'updated' }),
      () => wares.update({ price: 0 }, { name: 'updated by criteria' }),
      () => wares.createQueryBuilder().update().set({ name: 'built' }).where({ id: 1 }).execute(),
      () => dataSource.manager.save(Ware, { id: 1, name: 'managed' }),
      () => dataSource.atomic(() => wares.update({ id: 1 }, { name: 'in a unit' })),
      () => dataSource.getRepository(Maker).update({ name: 'Ax' }, { name: 'Axe' }),
      () => dataSource.getRepository(Maker).update({ name: 'Axe' }, { name: 'Ax' }),
    ]
    for (const write of writes) {
      const before = [await names('/wares'), await names('/wares/1')]
      await write()
      const after = [await names('/wares'), await names('/wares/1')]
      expect(after.map((text, index) => text === before[index])).to.deep.equal([false, false])
    }
    const other = await names('/wares/2')
    await wares.update({ id: 1 }, { name: 'once more' })
    expect(await expectQueries(dataSource, () => names('/wares/2'), 0)).to.equal(other)
  })

  it('stay where a write was undone', async () => {
    const { text } = await get('/wares')
    await dataSource
      .atomic(async () => {
        await dataSource.getRepository(Ware).update({ id: 1 }, { name: 'undone' })
        throw new Error('undo')
      })
      .catch(() => {})
    expect((await expectQueries(dataSource, () => get('/wares'), 0)).text).to.equal(text)
  })

  it('are kept only where they are whole, successful and for others too', async () => {
    expect(await countTwo('/odd/counted')).to.equal(1)
    expect(await countTwo('/odd/bytes')).to.equal(1)
    expect(await countTwo('/odd/spoken', [], { 'accept-language': 'de' })).to.equal(1)
    expect(await countTwo('/odd/spoken', [], { 'accept-language': 'fr' })).to.equal(1)
    expect(await countTwo('/odd/largest')).to.equal(1)
    for (const name of ['larger', 'cookie', 'secret', 'accepted', 'failing', 'whose', 'language']) {
      expect(await countTwo(`/odd/${name}`, ['ada', 'bob']), name).to.equal(2)
    }
    expect((await get('/odd/spoken')).headers.get('vary')).to.contain('Accept-Language')
  })

  it('of one request are those of all who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => get('/odd/counted')))
    expect(new Set(answers.map(({ text }) => text))).to.deep.equal(new Set(['"1"']))
  })
})

// On SQLite what is cached first would wait for the unit.
describeOnEngines('Cached answers of rows that a unit has written before', (engine) => {
  it('are forgotten when the unit is committed', async function () {
    if (engine.name === 'sqlite') this.skip()
    const { dataSource, database } = await openShop(engine)
    const served = await serve({ viewSets: shopViewSets, dataSource })
    const first = async (): Promise<string> => (await served.request('GET', '/wares/1')).text
    let commit: (() => void) | undefined
    let unit: Promise<void> | undefined
    await new Promise<void>((written) => {
      unit = dataSource.atomic(async () => {
        await dataSource.getRepository(Ware).update({ id: 1 }, { name: 'committed late' })
        written()
        await new Promise<void>((resolve) => (commit = resolve))
      })
    })
    expect(await first()).to.contain('ware 0')
    commit?.()
    await unit
    expect(await first()).to.contain('committed late')
    await served.close()
    await dataSource.destroy()
    await database.drop()
  })
})
