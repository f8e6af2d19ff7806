import { expect } from 'chai'
import type { ModelDataSource } from 'plinth'
import { type Database, describeOnEngines } from '../support/engines.js'
import { servings } from '../support/http.js'
import {
  City,
  CityViewSet,
  Country,
  CountryViewSet,
  createAtlas,
  Language,
  LanguageViewSet,
  OwnCityViewSet,
  ServicedCityViewSet,
} from './support/atlas.js'
import { errorsIn, type Served, serve } from './support/served.js'

const nowhere = '01890000-0000-7000-8000-000000000000'

describeOnEngines('A viewset', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const countries = () => dataSource.getRepository(Country)
  const chile = (values: object = {}): Promise<Country> =>
    countries().save(countries().create({ name: 'Chile', code: 'CL', population: 19, ...values }))

  before(async () => {
    ;({ database, dataSource } = await createAtlas(engine))
  })

  /** What is answered, and the statements that were sent for it. */
  const sending = async <T>(work: () => Promise<T>): Promise<readonly [T, readonly string[]]> => {
    const sent: string[] = []
    const stop = dataSource.onStatement(({ sql }) => void sent.push(sql))
    try {
      return [await work(), sent]
    } finally {
      stop()
    }
  }

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  // What drivers do with requests does not depend on the engine behind them.
  const drivers = servings.filter(({ mounted }, index) => !mounted && (index === 0 || engine.name === 'sqlite'))
  for (const serving of drivers)
    describe(`by ${serving.name}`, () => {
      let served: Served

      before(async () => {
        served = await serve({
          viewSets: [CountryViewSet, CityViewSet, LanguageViewSet, OwnCityViewSet, ServicedCityViewSet],
          dataSource,
          serving,
        })
      })

      after(() => served.close())

      beforeEach(async () => {
        for (const entity of [Country, City, Language])
          await dataSource.createQueryBuilder().delete().from(entity).execute()
      })

      const request: Served['request'] = (method, path, sent) => served.request(method, path, sent)
      const names = async (path: string) => (await request('GET', path)).body.data.map(({ name }) => name)
      const requestId = async (sent?: string) => {
        const headers: Record<string, string> = sent === undefined ? {} : { 'x-request-id': sent }
        return (await request('GET', '/countries', { headers })).headers.get('x-request-id')
      }
      const city = async (as = 'ada', body: object = { name: 'Lima' }): Promise<string> =>
        ((await request('POST', '/cities', { as, body })).body as { readonly id: string }).id

      describe('creates', () => {
        it('a row, says where it is, and shows it', async () => {
          const { status, headers, body } = await request('POST', '/countries', { body: { name: 'Peru', code: 'PE' } })
          expect(status).to.equal(201)
          expect(headers.get('location')).to.equal(`/countries/${body.id}`)
          expect(headers.get('content-type')).to.equal('application/json; charset=utf-8')
          expect(body).to.deep.equal({ id: body.id, name: 'Peru', code: 'PE', population: null })
          expect((await request('GET', headers.get('location')!)).body).to.deep.equal(body)
        })

        it('a row with all that traits and defaults give it', async () => {
          const { status, body } = await request('POST', '/cities', {
            as: 'ada',
            body: { name: 'Lima', tags: { a: [1] } },
          })
          expect(status).to.equal(201)
          expect(body).to.include({ name: 'Lima', ownerId: 'ada', rank: 0, capital: false })
          expect(body.tags).to.deep.equal({ a: [1] })
          expect(body.createdAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
          expect((await request('GET', `/cities/${body.id}`)).body).to.deep.equal(body)
        })

        it('no row under a key of the caller, and overwrites none', async () => {
          const { id } = await chile()
          const answer = await request('POST', '/countries', { body: { id, name: 'Other', code: 'OT' } })
          expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['#/id read_only']])
          expect(await countries().find()).to.have.length(1)
          expect(await countries().findOneByOrFail({ id })).to.include({ name: 'Chile' })
        })

        it('a row under a key of the caller where that is claimed, and overwrites none', async () => {
          const body = { code: 'es', name: 'Español' }
          const made = await request('POST', '/languages', { body })
          expect([made.status, made.headers.get('location'), made.body]).to.deep.equal([201, '/languages/es', body])
          const { status } = await request('POST', '/languages', { body: { ...body, name: 'Other' } })
          expect(status).to.equal(409)
          expect((await request('GET', '/languages/es')).body).to.deep.equal(body)
          const changed = await request('PATCH', '/languages/es', { body: { code: 'en' } })
          expect([changed.status, errorsIn(changed)]).to.deep.equal([400, ['#/code create_only']])
        })

        it('nothing twice where the database allows one', async () => {
          await chile()
          const answer = await request('POST', '/countries', { body: { name: 'Other', code: 'CL' } })
          expect([answer.status, errorsIn(answer)]).to.deep.equal([409, ['#/code unique']])
          expect(await countries().count()).to.equal(1)
        })
      })

      describe('updates', () => {
        const lima = { name: 'Lima', rank: 1, capital: true, tags: null }

        it('all of a row with PUT', async () => {
          const id = await city()
          const { status, body } = await request('PUT', `/cities/${id}`, { as: 'ada', body: lima })
          expect(status).to.equal(200)
          expect(body).to.deep.include({ id, ownerId: 'ada', ...lima })
          expect((await request('GET', `/cities/${id}`)).body).to.deep.equal(body)
        })

        it('neither key nor what is read-only with PUT', async () => {
          const id = await city()
          const before = (await request('GET', `/cities/${id}`)).body
          const sent = { ...lima, id: nowhere, ownerId: 'eve', createdAt: '2020-01-01T00:00:00Z' }
          const answer = await request('PUT', `/cities/${id}`, { as: 'ada', body: sent })
          expect([answer.status, errorsIn(answer)]).to.deep.equal([
            400,
            ['#/id read_only', '#/ownerId read_only', '#/createdAt read_only'],
          ])
          expect((await request('GET', `/cities/${id}`)).body).to.deep.equal(before)
          const { body: after } = await request('PUT', `/cities/${id}`, { as: 'ada', body: lima })
          expect(after).to.include({ id, ownerId: 'ada', createdAt: before.createdAt })
        })

        it('nothing with a PUT that leaves something out', async () => {
          const { id } = await chile()
          const answer = await request('PUT', `/countries/${id}`, { body: { name: 'Chile' } })
          expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['#/code required', '#/population required']])
        })

        for (const type of ['application/json', 'application/merge-patch+json', 'application/json; charset=utf-8']) {
          it(`a part of a row with PATCH as ${type}`, async () => {
            const { id } = await chile()
            const headers = { 'content-type': type }
            const { status, body } = await request('PATCH', `/countries/${id}`, { body: { population: null }, headers })
            expect(status).to.equal(200)
            expect(body).to.deep.equal({ id, name: 'Chile', code: 'CL', population: null })
            expect(await countries().findOneByOrFail({ id })).to.include({ population: null, name: 'Chile' })
          })
        }

        it('the members of JSON that a PATCH names', async () => {
          const id = await city('ada', { name: 'Lima', tags: { a: 1, b: { c: 2, d: [3] } } })
          const headers = { 'content-type': 'application/merge-patch+json' }
          const sent = { tags: { a: null, b: { c: 4 } } }
          const { body } = await request('PATCH', `/cities/${id}`, { as: 'ada', body: sent, headers })
          expect(body.tags).to.deep.equal({ b: { c: 4, d: [3] } })
          expect((await request('GET', `/cities/${id}`)).body.tags).to.deep.equal(body.tags)
        })

        it('nothing that is not there, and makes nothing either', async () => {
          for (const [method, body] of [
            ['PATCH', { name: 'X' }],
            ['PUT', lima],
            ['DELETE', undefined],
          ] as const) {
            expect((await request(method, `/cities/${nowhere}`, { as: 'ada:admin', body })).status).to.equal(404)
          }
          expect(await dataSource.getRepository(City).count()).to.equal(0)
        })

        it('asks the rules of the entity', async () => {
          const id = await city()
          const { status, body } = await request('PATCH', `/cities/${id}`, { as: 'ada', body: { rank: 11 } })
          expect([status, body.errors]).to.deep.equal([
            400,
            [{ pointer: '#/rank', code: 'max', message: 'rank must not be greater than 10' }],
          ])
        })
      })

      describe('removes', () => {
        it('a row', async () => {
          const { id } = await chile()
          const { status, text } = await request('DELETE', `/countries/${id}`)
          expect([status, text]).to.deep.equal([204, ''])
          expect((await request('GET', `/countries/${id}`)).status).to.equal(404)
          expect((await request('DELETE', `/countries/${id}`)).status).to.equal(404)
        })

        it('a row from sight alone where its traits say so', async () => {
          const [id, kept] = [await city(), await city()]
          expect((await request('DELETE', `/cities/${id}`, { as: 'ada' })).status).to.equal(204)
          for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
            const sent = method === 'PATCH' ? { as: 'ada', body: { name: 'X' } } : { as: 'ada' }
            expect((await request(method, `/cities/${id}`, sent)).status, method).to.equal(404)
          }
          const { data, pagination } = (await request('GET', '/cities')).body
          expect([data.map((row) => row.id), pagination['totalItems']]).to.deep.equal([[kept], 1])
          expect(await dataSource.getRepository(City).withDeleted().findById(id)).to.include({ name: 'Lima' })
        })

        it('no collection', async () => {
          await chile()
          expect((await request('DELETE', '/countries')).status).to.be.within(404, 405)
          expect(await countries().count()).to.equal(1)
        })
      })

      describe('reads', () => {
        it('no row by text that cannot be its key', async () => {
          for (const id of [
            'x',
            '0x1',
            '1.5',
            '01',
            '+1',
            '99999999999999999999',
            '1%00',
            '-0',
            '%20',
            "1'--",
            'null',
          ]) {
            expect((await request('GET', `/countries/${id}`)).status, id).to.equal(404)
          }
          for (const id of ['1', 'x', `${nowhere}0`, nowhere.replaceAll('-', ''), '%00'.repeat(36), '🙂']) {
            expect((await request('GET', `/cities/${encodeURI(id)}`)).status, id).to.equal(404)
          }
        })

        it('a row by its key in any case', async () => {
          const id = await city()
          expect((await request('GET', `/cities/${id.toUpperCase()}`)).body).to.include({ id })
        })

        it('nothing hidden', async () => {
          await chile({ secret: 'hunter2' })
          expect((await request('GET', '/countries')).text).to.not.include('hunter2')
          expect((await request('GET', '/countries')).text).to.not.include('secret')
        })
      })

      describe('lists', () => {
        beforeEach(async () => {
          for (const name of ['Quito', 'Lima', 'Cali', 'Arica', 'Bogotá', 'Natal', 'Punta']) await city('ada', { name })
        })

        it('page after page, in order', async () => {
          expect(await names('/cities')).to.deep.equal(['Arica', 'Bogotá', 'Cali'])
          expect(await names('/cities?page=2')).to.deep.equal(['Lima', 'Natal', 'Punta'])
          expect(await names('/cities?page=3')).to.deep.equal(['Quito'])
          expect(await names('/cities?page=2&pageSize=5')).to.deep.equal(['Punta', 'Quito'])
        })

        it('with where the page stands', async () => {
          const { status, body } = await request('GET', '/cities?page=2')
          expect(status).to.equal(200)
          expect(body.pagination).to.deep.equal({
            page: 2,
            pageSize: 3,
            totalItems: 7,
            totalIsCapped: false,
            totalPages: 3,
            hasNext: true,
            hasPrevious: true,
          })
        })

        it('with links that keep every other parameter', async () => {
          const { headers } = await request('GET', '/cities?pageSize=2&page=2')
          expect(headers.get('link')).to.equal(
            [
              '</cities?page=1&pageSize=2>; rel="first"',
              '</cities?page=1&pageSize=2>; rel="prev"',
              '</cities?page=3&pageSize=2>; rel="next"',
              '</cities?page=4&pageSize=2>; rel="last"',
            ].join(', '),
          )
        })

        it('nothing behind the end', async () => {
          const { status, body, headers } = await request('GET', '/cities?page=9')
          expect([status, body.data]).to.deep.equal([200, []])
          expect(body.pagination).to.include({ page: 9, totalItems: 7, hasNext: false, hasPrevious: true })
          expect(headers.get('link')).to.include('</cities?page=3&pageSize=3>; rel="prev"').and.not.include('next')
        })

        it('nothing for parameters that make no sense', async () => {
          for (const [query, error] of Object.entries({
            'pageSize=6': 'pageSize max',
            'page=0': 'page number',
            'page=-1': 'page number',
            'page=1e1': 'page number',
            'page=a': 'page number',
            'page=1&page=1': 'page repeated',
            'pageSize=': 'pageSize number',
            'page=3334&pageSize=3': 'page page_too_deep',
            'limit=1': 'limit unknown_parameter',
            'a=%00': 'a nul',
            'page[]=1': 'page[] unknown_parameter',
          })) {
            const answer = await request('GET', `/cities?${query}`)
            expect([answer.status, errorsIn(answer)], query).to.deep.equal([400, [error]])
          }
        })

        it('takes parameters nowhere else', async () => {
          const answer = await request('GET', `/cities/${await city()}?page=1`)
          expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['page unknown_parameter']])
        })
      })

      describe('permits', () => {
        it('nobody who is not signed in, and says how to', async () => {
          const { status, headers, body } = await request('POST', '/cities', { body: { name: 'Lima' } })
          expect([status, headers.get('www-authenticate'), body.code]).to.deep.equal([401, 'Bearer', 'UNAUTHENTICATED'])
        })

        it('nobody who may not, and says so', async () => {
          const id = await city('ada')
          for (const [method, body] of [
            ['PATCH', { name: 'X' }],
            ['DELETE', undefined],
          ] as const) {
            expect((await request(method, `/cities/${id}`, { as: 'eve', body })).status).to.equal(403)
            expect((await request(method, `/cities/${id}`, { body })).status).to.equal(401)
          }
          expect((await request('GET', `/cities/${id}`)).body).to.include({ name: 'Lima' })
        })

        it('owners and administrators', async () => {
          const id = await city('ada')
          expect((await request('PATCH', `/cities/${id}`, { as: 'ada', body: { name: 'A' } })).status).to.equal(200)
          expect((await request('PATCH', `/cities/${id}`, { as: 'eve:admin', body: { name: 'B' } })).status).to.equal(
            200,
          )
        })

        it('before a body is read or a row is loaded', async () => {
          const raw = '{"name":'
          const headers = { 'content-type': 'text/plain' }
          expect((await request('POST', '/cities', { raw, headers })).status).to.equal(401)
          const [, sent] = await sending(async () => {
            expect((await request('POST', '/cities', { raw, headers })).status).to.equal(401)
            for (const [method, path] of [
              ['GET', '/mine'],
              ['GET', `/mine/${nowhere}`],
              ['PATCH', `/mine/${nowhere}`],
              ['DELETE', `/mine/${nowhere}`],
            ] as const)
              expect((await request(method, path, method === 'PATCH' ? { raw, headers } : {})).status).to.equal(401)
          })
          expect(sent).to.deep.equal([])
          const [, asked] = await sending(() => request('DELETE', `/mine/${nowhere}`, { as: 'ada' }))
          expect(asked).to.not.have.length(0)
        })

        it('after asking once who it is', async () => {
          const id = await city('ada')
          const before = served.authentications
          await request('PATCH', `/cities/${id}`, { as: 'ada', body: { name: 'A' } })
          expect(served.authentications - before).to.equal(1)
        })
      })

      describe('with a scope', () => {
        it('shows a caller their own rows alone', async () => {
          const [mine, theirs] = [await city('ada'), await city('eve')]
          const { body } = await request('GET', '/mine', { as: 'ada' })
          expect(body.data.map(({ id }: { id: string }) => id)).to.deep.equal([mine])
          expect(body.pagination.totalItems).to.equal(1)
          for (const [method, sent] of [
            ['GET', undefined],
            ['PUT', { name: 'X', rank: 1, capital: true, tags: null }],
            ['PATCH', { name: 'X' }],
            ['DELETE', undefined],
          ] as const) {
            const { status } = await request(method, `/mine/${theirs}`, { as: 'ada', body: sent })
            expect(status, method).to.equal(404)
          }
          expect(
            (
              await request('PUT', `/mine/${nowhere}`, {
                as: 'ada',
                body: { name: 'X', rank: 1, capital: true, tags: null },
              })
            ).status,
          ).to.equal(404)
          expect((await request('GET', `/mine/${theirs}`, { as: 'eve' })).body).to.include({
            name: 'Lima',
            ownerId: 'eve',
          })
          expect(await dataSource.getRepository(City).count()).to.equal(2)
        })

        it('makes rows inside of it', async () => {
          const { body } = await request('POST', '/mine', { as: 'ada', body: { name: 'Lima' } })
          expect(body).to.include({ ownerId: 'ada' })
        })
      })

      describe('through a service', () => {
        it('makes, changes and removes rows of the caller', async () => {
          const as = 'ada'
          const made = await request('POST', '/serviced', { as, body: { name: 'Lima', tags: { a: 1 } } })
          expect([made.status, made.body['ownerId'], made.body['rank']]).to.deep.equal([201, 'ada', 0])
          const path = `/serviced/${made.body.id}`
          expect(made.headers.get('location')).to.equal(path)
          const changed = await request('PATCH', path, { as, body: { rank: 5, tags: { b: 2 } } })
          expect(changed.body).to.deep.include({ rank: 5, tags: { a: 1, b: 2 }, name: 'Lima' })
          expect((await request('GET', path, { as })).body).to.deep.equal(changed.body)
          expect((await request('DELETE', path, { as })).status).to.equal(204)
          expect((await request('GET', path, { as })).status).to.equal(404)
        })

        it('refuses what others have, and what is wrong', async () => {
          const id = await city('eve')
          expect((await request('PATCH', `/serviced/${id}`, { as: 'ada', body: { rank: 5 } })).status).to.equal(404)
          const answer = await request('POST', '/serviced', { as: 'ada', body: { name: 'Lima', rank: 11 } })
          expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['#/rank max']])
        })
      })

      describe('refuses', () => {
        it('bodies of other types', async () => {
          for (const type of [
            'text/plain',
            'application/xml',
            'application/merge-patch+json',
            'multipart/form-data',
            '',
          ]) {
            const sent = { raw: '{"name":"Peru","code":"PE"}', headers: { 'content-type': type } }
            const { status, headers } = await request('POST', '/countries', sent)
            expect([status, headers.get('accept-post')], type).to.deep.equal([415, 'application/json'])
          }
          const { id } = await chile()
          const sent = { raw: '{}', headers: { 'content-type': 'application/json-patch+json' } }
          const { status, headers } = await request('PATCH', `/countries/${id}`, sent)
          expect([status, headers.get('accept-patch')]).to.deep.equal([
            415,
            'application/json, application/merge-patch+json',
          ])
        })

        it('what is no JSON object', async () => {
          const headers = { 'content-type': 'application/json' }
          for (const raw of [
            '{',
            '',
            '[]',
            '[{"name":"Peru","code":"PE"}]',
            '"a"',
            '1',
            'null',
            '{"a":1}}',
            '\ufeff{}',
          ]) {
            expect((await request('POST', '/countries', { raw, headers })).status, raw).to.equal(400)
          }
          expect(await countries().count()).to.equal(0)
        })

        it('everything that is wrong with a body at once', async () => {
          const sent = { name: 1, code: 'PER', population: '1', nickname: 'x' }
          const answer = await request('POST', '/countries', { body: sent })
          expect([answer.status, errorsIn(answer)]).to.deep.equal([
            400,
            ['#/name type', '#/code max_length', '#/population type', '#/nickname unknown_field'],
          ])
        })
      })

      it('gives every answer the id of its request', async () => {
        expect(await requestId('a.b-c_1')).to.equal('a.b-c_1')
        for (const bad of [undefined, 'a b', 'x'.repeat(65), 'a/b'])
          expect(await requestId(bad)).to.match(/^[0-9a-f-]{36}$/)
      })
    })
})
