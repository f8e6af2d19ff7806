import { expect } from 'chai'
import * as fc from 'fast-check'
import { Cache, type ModelDataSource, silentLogger } from 'plinth'
import { type Database, engines } from '../../support/engines.js'
import { type Served, serve } from '../support/served.js'
import { Maker, MineViewSet, openShop, PricedViewSet, Ware, WareViewSet } from './shop.js'

interface Asked {
  readonly path: string
  readonly as: string | undefined
  readonly method: string
}

const queries = [
  '',
  '?page=2',
  '?pageSize=3&page=2',
  '?page=2&pageSize=3',
  '?fields=id',
  '?price__gte=4',
  '?nonsense=1',
]
const request = fc.record<Asked>({
  path: fc
    .tuple(
      fc.constantFrom('/wares', '/mine', '/priced', '/wares/1', '/mine/1', '/mine/2', '/priced/1'),
      fc.constantFrom(...queries),
    )
    .map(([path, query]) => path + query),
  as: fc.constantFrom(undefined, 'ada', 'bob', 'ada:buyer', 'eve:buyer', 'eve:buyer,seller'),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
})
const write = fc.record({
  write: fc.constantFrom('ware', 'maker', 'owner'),
  id: fc.integer({ min: 1, max: 3 }),
  value: fc.integer({ min: 0, max: 99 }),
})
/** Many requests between two writes, or hardly anything would be found in the cache. */
const play = fc.array(fc.oneof({ arbitrary: request, weight: 9 }, { arbitrary: write, weight: 1 }), {
  minLength: 60,
  maxLength: 60,
})

const failing = async (): Promise<never> => Promise.reject(new Error('There is no cache.'))

const answerOf = async (from: Served, { method, path, as }: Asked): Promise<unknown> => {
  const { status, text, headers } = await from.request(method, path, as === undefined ? {} : { as })
  // Links name the parameters in the order of whoever asked first, problems the request they are about.
  const body = status < 400 ? text : status
  return [status, body, headers.get('etag'), headers.get('cache-control'), headers.get('vary')]
}

describe('Cached answers beside an application that caches nothing', () => {
  let dataSource: ModelDataSource
  let database: Database
  let cached: Served
  let oracle: Served

  before(async () => {
    ;({ dataSource, database } = await openShop(engines[0]!))
    const viewSets = [WareViewSet, MineViewSet, PricedViewSet]
    cached = await serve({ viewSets, dataSource, cache: new Cache({ logger: silentLogger }) })
    // A backend that fails each time: everything is made anew.
    const none = new Cache({ backend: { get: failing, set: failing, delete: failing }, logger: silentLogger })
    oracle = await serve({ viewSets, dataSource, cache: none })
  })

  after(async () => {
    await cached.close()
    await oracle.close()
    await dataSource.destroy()
    await database.drop()
  })

  it('are the same, whoever asks for what, and whatever is written between', async function () {
    this.timeout(240_000)
    let found = 0
    await fc.assert(
      fc.asyncProperty(play, async (steps) => {
        for (const step of steps) {
          if ('write' in step) {
            if (step.write === 'maker')
              await dataSource.getRepository(Maker).update(step.id, { name: `m${step.value}` })
            else if (step.write === 'owner') {
              await dataSource.getRepository(Ware).update(step.id, { owner: step.value % 2 === 0 ? 'ada' : 'bob' })
            } else await dataSource.getRepository(Ware).update(step.id, { price: step.value })
            continue
          }
          const { headers } = await cached.request(step.method, step.path, step.as === undefined ? {} : { as: step.as })
          if (headers.get('age') !== null) found += 1
          expect(await answerOf(cached, step)).to.deep.equal(await answerOf(oracle, step))
        }
      }),
      { numRuns: Number(process.env['PLINTH_CACHE_RUNS'] ?? 10) },
    )
    expect(found).to.be.greaterThan(10)
  })
})
