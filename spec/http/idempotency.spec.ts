import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  createDataSource,
  idempotencyKeys,
  type ModelDataSource,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  purgeIdempotencyKeys,
  UnauthenticatedError,
} from 'plinth'
import { Container } from 'plinth/container'
import { parseIdempotencyKey } from '../../src/http/idempotency/idempotency-key.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf, servings } from '../support/http.js'
import { createOrders, during, Order, OrderViewSet, ordersOver, unpayable } from './support/orders.js'
import { type Answer, type Served, serve } from './support/served.js'

const replayed = ({ headers }: Answer): string | null => headers.get('idempotency-replayed')
const codes = ({ status, body }: Answer) => [status, body['code']]
const ascending = (a: number, b: number): number => a - b

describeOnEngines('Idempotency-Key', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await createOrders(engine))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const count = () => dataSource.getRepository(Order).count()

  const drivers = servings.filter(({ mounted }, index) => !mounted && (index === 0 || engine.name === 'sqlite'))
  for (const serving of drivers)
    describe(`by ${serving.name}`, () => {
      let served: Served

      before(async () => {
        served = await serve({ viewSets: [OrderViewSet], dataSource, serving })
      })

      after(() => served.close())

      beforeEach(async () => {
        await dataSource.createQueryBuilder().delete().from(Order).execute()
        await dataSource.createQueryBuilder().delete().from(idempotencyKeys.name).execute()
        during.create = async () => {}
        during.charges = 0
      })

      const post = (path: string, key: string | undefined, body: unknown, as = 'ada') =>
        served.request('POST', path, { as, body, headers: key === undefined ? {} : { 'idempotency-key': key } })

      it('makes repetitions one request with one answer', async () => {
        const first = await post('/orders', '"k1"', { name: 'A' })
        const second = await post('/orders', '"k1"', { name: 'A' })
        expect([first.status, second.status, second.text]).to.deep.equal([201, 201, first.text])
        expect([replayed(first), replayed(second)]).to.deep.equal([null, 'true'])
        for (const name of ['location', 'etag', 'content-type'])
          expect(second.headers.get(name)).to.equal(first.headers.get(name)).and.to.be.a('string')
        expect(second.headers.get('x-request-id')).to.not.equal(first.headers.get('x-request-id'))
        expect(await count()).to.equal(1)
      })

      it('is one of a caller and an action', async () => {
        expect((await post('/orders', '"k"', { name: 'A' })).status).to.equal(201)
        const other = await post('/orders', '"k"', { name: 'B' }, 'bob')
        const charge = await post('/orders/charge', '"k"', { amount: 1 })
        expect([other.status, replayed(other), charge.status, replayed(charge)]).to.deep.equal([201, null, 201, null])
      })

      it('is refused with another request', async () => {
        await post('/orders', '"k"', { name: 'A' })
        const answer = await post('/orders', '"k"', { name: 'B' })
        expect(codes(answer)).to.deep.equal([422, 'IDEMPOTENCY_KEY_REUSED'])
        expect(answer.body.errors).to.deep.equal([
          { header: 'Idempotency-Key', code: 'reused', message: 'belongs to another request' },
        ])
        expect(codes(await post('/orders?fields=id', '"k"', { name: 'A' }))).to.deep.equal([
          422,
          'IDEMPOTENCY_KEY_REUSED',
        ])
        expect(await count()).to.equal(1)
      })

      it('must be there where an action requires it, be well-formed, and be somebody', async () => {
        expect(codes(await post('/orders/charge', undefined, { amount: 1 }))).to.deep.equal([
          400,
          'IDEMPOTENCY_KEY_REQUIRED',
        ])
        for (const key of ['""', '"a', 'a b', `"${'x'.repeat(256)}"`, '"a", "b"'])
          expect(codes(await post('/orders', key, { name: 'A' }))).to.deep.equal([400, 'MALFORMED_HEADER'])
        const anonymous = await served.request('POST', '/orders', {
          body: { name: 'A' },
          headers: { 'idempotency-key': '"a"' },
        })
        expect(anonymous.status).to.equal(401)
        expect(await count()).to.equal(0)
      })

      it('means nothing where an action does not take it', async () => {
        for (const _ of [1, 2]) await post('/orders/free', '"k"', undefined)
        expect(during.charges).to.equal(2)
      })

      it('keeps refusals of the work, and what the caller may repeat it does not keep', async () => {
        await post('/orders', undefined, { name: 'A' })
        const [refused, again] = [
          await post('/orders', '"k"', { name: 'A' }),
          await post('/orders', '"k"', { name: 'A' }),
        ]
        expect([codes(refused), replayed(refused)]).to.deep.equal([[409, 'DUPLICATE'], null])
        expect([codes(again), replayed(again)]).to.deep.equal([[409, 'DUPLICATE'], 'true'])
        expect({ ...again.body, requestId: '' }).to.deep.equal({ ...refused.body, requestId: '' })

        expect((await post('/orders/charge', '"s"', { amount: unpayable })).status).to.equal(503)
        expect((await post('/orders/charge', '"s"', { amount: unpayable })).status).to.equal(503)
        expect(during.charges).to.equal(2)
        const [unprocessed, unprocessedAgain] = [
          await post('/orders/charge', '"u"', { amount: 14 }),
          await post('/orders/charge', '"u"', { amount: 14 }),
        ]
        expect([unprocessed.status, replayed(unprocessedAgain), unprocessedAgain.body.code]).to.deep.equal([
          422,
          'true',
          'CHARGE_REFUSED',
        ])
        expect(during.charges).to.equal(3)

        expect((await post('/orders', '"v"', { name: 7 })).status).to.equal(400)
        expect((await post('/orders', '"v"', { name: 'V' })).status).to.equal(201)
      })

      it('keeps what is gone or missing, and not what depends on who asks when', async () => {
        const outcomes = [
          [new NotFoundError('There is no such shop.'), 404, 404],
          [new PermissionDeniedError('Not today.'), 403, 201],
          [new UnauthenticatedError('Sign in again.'), 401, 201],
          [new PreconditionFailedError('It was changed.'), 412, 201],
          [new Error('A surprise.'), 500, 201],
        ] as const
        for (const [error, first, second] of outcomes) {
          during.create = () => Promise.reject(error)
          const refused = await post('/orders', `"${first}"`, { name: `A${first}` })
          during.create = async () => {}
          const again = await post('/orders', `"${first}"`, { name: `A${first}` })
          expect([refused.status, again.status, replayed(again)]).to.deep.equal([
            first,
            second,
            second === first ? 'true' : null,
          ])
        }
        expect(await count()).to.equal(4)
      })

      it('keeps bytes, and no cookies', async () => {
        const [first, second] = [
          await post('/orders/charge', '"b"', { amount: 1 }),
          await post('/orders/charge', '"b"', { amount: 1 }),
        ]
        expect([first.text, first.headers.get('set-cookie')]).to.deep.equal([second.text, 'a=b'])
        expect([second.headers.get('set-cookie'), second.headers.get('content-type')]).to.deep.equal([
          null,
          'application/x',
        ])
        expect(during.charges).to.equal(1)
      })

      it('has one effect, however many send it at once', async () => {
        for (let round = 0; round < 5; round++) {
          const answers = await Promise.all(
            Array.from({ length: 8 }, () => post('/orders', `"r${round}"`, { name: `R${round}` })),
          )
          const made = answers.filter(({ status }) => status === 201)
          expect(made.filter((answer) => replayed(answer) === null)).to.have.length(1)
          for (const answer of answers.filter(({ status }) => status !== 201)) {
            expect(codes(answer)).to.deep.equal([409, 'IDEMPOTENCY_KEY_IN_USE'])
            expect(answer.headers.get('retry-after')).to.equal('1')
          }
          expect(await count()).to.equal(round + 1)
        }
      })

      it('is forgotten when it has expired', async () => {
        await post('/orders', '"old"', { name: 'Old' })
        await dataSource
          .createQueryBuilder()
          .update(idempotencyKeys.name)
          .set({ expires: '2000-01-01T00:00:00.000Z' })
          .execute()
        expect((await post('/orders', '"old"', { name: 'New' })).status).to.equal(201)
        expect(replayed(await post('/orders', '"old"', { name: 'New' }))).to.equal('true')
        await dataSource
          .createQueryBuilder()
          .update(idempotencyKeys.name)
          .set({ expires: '2000-01-01T00:00:00.000Z' })
          .execute()
        await purgeIdempotencyKeys(dataSource)
        expect(await dataSource.createQueryBuilder(idempotencyKeys.name, 'k').getCount()).to.equal(0)
      })
    })

  // Two processes share a database only where there is a server.
  if (engine.name !== 'sqlite')
    it('has one effect in two processes that serve at once', async () => {
      const other = await ordersOver(database.options).initialize()
      const [one, two] = [dataSource, other].map((source) => serve({ viewSets: [OrderViewSet], dataSource: source }))
      const services = [await one!, await two!]
      during.create = () => new Promise((resolve) => setTimeout(resolve, 30))
      const before = await count()
      for (let round = 0; round < 5; round++) {
        const sent = { as: 'ada', body: { name: `P${round}` }, headers: { 'idempotency-key': `"p${round}"` } }
        const answers = await Promise.all(services.map((served) => served.request('POST', '/orders', sent)))
        expect(answers.map(({ status }) => status).toSorted(ascending)[0]).to.equal(201)
        for (const answer of answers) expect(answer.status).to.be.oneOf([201, 409])
        expect(answers.filter((answer) => answer.status === 201 && replayed(answer) === null)).to.have.length(1)
      }
      expect(await count()).to.equal(before + 5)
      for (const served of services) await served.close()
      await other.destroy()
    })

  it('needs the table', () => {
    if (engine.name !== 'sqlite') return
    const bare = createDataSource({ ...database.options, entities: [Order] })
    expect(() => applicationOf({ viewSets: [OrderViewSet], dataSource: bare, instances: new Container() })).to.throw(
      /OrderViewSet\.create: it takes an Idempotency-Key, but its data source has no table for keys/,
    )
  })
})

describe('The text of an Idempotency-Key', () => {
  for (const [text, expected] of [
    ['"a"', 'a'],
    ['  "a b"  ', 'a b'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"a\\b"', undefined],
    ['"a"b"', undefined],
    ['"é"', undefined],
    ['"\t"', undefined],
    ["'a'b c", undefined],
    ['', undefined],
  ] as const)
    it(JSON.stringify(text), () => expect(parseIdempotencyKey(text)).to.equal(expected))

  it('is understood or refused, whatever it is', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', '\\', 'a', ' ', ',') }))
    fc.assert(fc.property(text, (one) => ['string', 'undefined'].includes(typeof parseIdempotencyKey(one))))
  })
})
