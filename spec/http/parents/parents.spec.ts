import { expect } from 'chai'
import type { ModelDataSource } from 'plinth'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { applicationOf, servings } from '../../support/http.js'
import { type Answer, errorsIn, type Sent, type Served, serve } from '../support/served.js'
import { createLands, Land, Town, viewSets } from './lands.js'

const names = ({ body }: Answer) => body.data.map(({ name }) => name)

describeOnEngines('Rows under a row that their routes name', (engine) => {
  for (const serving of servings.filter(({ mounted }) => !mounted)) {
    describe(serving.name, () => {
      let database: Database
      let dataSource: ModelDataSource
      let served: Served
      let peru: Land
      let chile: Land

      before(async () => {
        ;({ database, dataSource } = await createLands(engine))
        served = await serve({ viewSets, dataSource, serving })
      })
      after(async () => {
        await served?.close()
        await dataSource?.destroy()
        await database?.drop()
      })
      beforeEach(async () => {
        for (const entity of [Town, Land]) await dataSource.createQueryBuilder().delete().from(entity).execute()
        const towns = dataSource.getRepository(Town)
        const lands = dataSource.getRepository(Land)
        const [serial] = [Math.random().toString(36).slice(2, 8)]
        peru = await lands.save(lands.create({ name: `Peru ${serial}`, ownerId: 'ada' }))
        chile = await lands.save(lands.create({ name: `Chile ${serial}` }))
        for (const [land, name, people] of [
          [peru, 'Lima', 10],
          [peru, 'Cusco', 4],
          [chile, 'Lima', 1],
        ] as const)
          await towns.save(towns.create({ name, people, landId: land.id }))
      })

      const ask = (method: string, path: string, sent: Sent = {}) => served.request(method, path, sent)
      const townOf = (land: Land, name: string) =>
        dataSource.getRepository(Town).findOneByOrFail({ landId: land.id, name })
      const rename = async (land: Land, name: string) => {
        const former = land.slug
        await dataSource.getRepository(Land).update(land.id, { name })
        return { former, slug: (await dataSource.getRepository(Land).findOneByOrFail({ id: land.id })).slug }
      }

      const statuses = async (path: string, method = 'GET') => [
        (await ask(method, path)).status,
        (await ask(method, path, { as: 'eve' })).status,
        (await ask(method, path, { as: 'ada' })).status,
      ]

      it('are listed with it alone, page by page and filtered', async () => {
        for (const path of ['lands', 'plain', 'kept']) {
          const page = await ask('GET', `/${path}/${peru.slug}/towns?pageSize=1`)
          expect([page.status, names(page), page.body.pagination['totalItems']], page.text).to.deep.equal([
            200,
            ['Cusco'],
            2,
          ])
          expect(page.headers.get('link')).to.contain(`/${path}/${peru.slug}/towns?page=2&pageSize=1>; rel="next"`)
          expect(names(await ask('GET', `/${path}/${peru.slug}/towns?people__gte=5`))).to.deep.equal(['Lima'])
          expect(names(await ask('GET', `/${path}/${chile.slug}/towns`))).to.deep.equal(['Lima'])
        }
        expect(names(await ask('GET', `/keys/${chile.id}/towns`))).to.deep.equal(['Lima'])
        expect(names(await ask('GET', `/keys/${peru.id}/towns`, { as: '4' }))).to.deep.equal(['Cusco'])
      })

      it('are read on by cursors of the same row alone', async () => {
        const first = await ask('GET', `/walked/${peru.slug}/towns?pageSize=1`)
        const next = `pageSize=1&cursor=${String(first.body.pagination['nextCursor'])}`
        expect(names(await ask('GET', `/walked/${peru.slug}/towns?${next}`))).to.deep.equal(['Lima'])
        const other = await ask('GET', `/walked/${chile.slug}/towns?${next}`)
        expect([other.status, errorsIn(other)], other.text).to.deep.equal([400, ['cursor cursor_mismatch']])
        const { former, slug } = await rename(peru, `Perú ${peru.slug}x`)
        // Who walks on is led to the new address, where the walk begins anew.
        const led = await ask('GET', `/walked/${former}/towns?${next}`)
        expect([led.status, led.headers.get('location')]).to.deep.equal([308, `/walked/${slug}/towns?${next}`])
        const there = await ask('GET', `/walked/${slug}/towns?${next}`)
        expect([there.status, errorsIn(there)]).to.deep.equal([400, ['cursor cursor_mismatch']])
      })

      it('cost one statement more, for the row above', async () => {
        const path = `/plain/${peru.slug}/towns`
        const { id } = await townOf(peru, 'Lima')
        await ask('GET', path)
        let sent = 0
        const stop = dataSource.onStatement(() => void sent++)
        await ask('GET', `${path}/${id}`)
        stop()
        expect(sent).to.equal(2)
        const { routes } = applicationOf({ viewSets, dataSource })
        const route = (action: string) => routes.find((one) => one.action === `PlainViewSet.${action}`)
        expect([route('list')?.reads, route('retrieve')?.reads].map((reads) => reads?.by)).to.deep.equal([
          'text',
          'text',
        ])
        expect(route('destroy')?.writes?.by).to.equal('statement')
      })

      it('are found under it alone, by slug or key', async () => {
        const town = await townOf(peru, 'Lima')
        const other = await townOf(chile, 'Lima')
        expect((await ask('GET', `/lands/${peru.slug}/towns/lima`)).body.id).to.equal(town.id)
        expect((await ask('GET', `/lands/${chile.slug}/towns/lima`)).body.id).to.equal(other.id)
        for (const base of [`/plain/${peru.slug}`, `/keys/${peru.id}`, `/kept/${peru.slug}`]) {
          expect((await ask('GET', `${base}/towns/${town.id}`)).body.id).to.equal(town.id)
          expect((await ask('GET', `${base}/towns/${other.id}`)).status).to.equal(404)
        }
        for (const [method, body] of [
          ['PATCH', { people: 99 }],
          ['DELETE', undefined],
        ] as const) {
          const answer = await ask(method, `/plain/${peru.slug}/towns/${other.id}`, body ? { body } : {})
          expect(answer.status, method).to.equal(404)
        }
        expect(await townOf(chile, 'Lima')).to.include({ people: 1, deletedAt: null })
      })

      it('are given it when they are made, and keep it', async () => {
        const made = await ask('POST', `/lands/${peru.slug}/towns`, { body: { name: 'Puno', people: 2 } })
        expect([made.status, made.body['landId'], made.headers.get('location')], made.text).to.deep.equal([
          201,
          peru.id,
          `/lands/${peru.slug}/towns/puno`,
        ])
        const said = await ask('POST', `/plain/${peru.slug}/towns`, { body: { name: 'Ica', landId: chile.id } })
        expect([said.status, errorsIn(said)]).to.deep.equal([400, ['#/landId read_only']])
        const { id } = await townOf(peru, 'Puno')
        const patched = await ask('PATCH', `/plain/${peru.slug}/towns/${id}`, { body: { people: 3 } })
        expect([patched.status, patched.body['people']]).to.deep.equal([200, 3])
        const items = [{ name: 'Tacna' }, { name: 'Ica' }]
        const many = await ask('POST', `/plain/${peru.slug}/towns/bulk/create`, { body: { items } })
        expect(many.status, many.text).to.equal(200)
        expect((await townOf(peru, 'Tacna')).landId).to.equal(peru.id)
        const foreign = await townOf(chile, 'Lima')
        const removal = { body: { ids: [foreign.id] } }
        const removed = await ask('POST', `/plain/${peru.slug}/towns/bulk/delete`, removal)
        expect(removed.status, removed.text).to.equal(404)
        const values = { ids: [(await townOf(peru, 'Ica')).id], values: { people: 8 } }
        expect((await ask('POST', `/plain/${peru.slug}/towns/bulk/update`, { body: values })).status).to.equal(200)
        expect((await ask('DELETE', `/lands/${peru.slug}/towns/puno`)).status).to.equal(204)
        expect(names(await ask('GET', `/lands/${peru.slug}/towns/trash`))).to.deep.equal(['Puno'])
        expect((await ask('GET', `/lands/${chile.slug}/towns/trash/${id}`)).status).to.equal(404)
        expect((await ask('POST', `/lands/${chile.slug}/towns/${id}/restore`)).status).to.equal(404)
        expect((await ask('POST', `/lands/${peru.slug}/towns/${id}/restore`)).status).to.equal(200)
      })

      it('are not there where it is missing or hidden, whatever is asked', async () => {
        const { id } = await townOf(chile, 'Lima')
        await dataSource.getRepository(Land).delete(chile.id)
        const body = { name: 'Arica' }
        for (const land of [chile.slug, 'nowhere', '%20']) {
          for (const [method, path, sent] of [
            ['GET', '', undefined],
            ['POST', '', body],
            ['GET', `/${id}`, undefined],
            ['PATCH', `/${id}`, { people: 2 }],
            ['DELETE', `/${id}`, undefined],
            ['POST', '/bulk/create', { items: [body] }],
          ] as const) {
            const answer = await ask(method, `/plain/${land}/towns${path}`, sent ? { body: sent } : {})
            expect([answer.status, answer.body['code']], `${method} ${land}${path}`).to.deep.equal([404, 'NOT_FOUND'])
          }
        }
        expect((await ask('GET', `/keys/${chile.id}/towns`)).status).to.equal(404)
        expect((await ask('GET', '/keys/none/towns')).status).to.equal(404)
        expect(await dataSource.getRepository(Town).countBy({ name: 'Arica' })).to.equal(0)
      })

      it('are led to where it is now, with their own names', async () => {
        const { former, slug } = await rename(peru, `Perú ${peru.slug}x`)
        const town = await townOf(peru, 'Lima')
        const answers: (readonly [number, string | null])[] = []
        const look = async (method: string, path: string, sent: Sent = {}) => {
          const { status, headers } = await ask(method, path, sent)
          answers.push([status, headers.get('location')])
        }
        await look('GET', `/lands/${former}/towns?pageSize=1`)
        await look('GET', `/lands/${former}/towns/lima`)
        await look('POST', `/plain/${former}/towns`, { body: { name: 'Puno' } })
        await look('PATCH', `/plain/${former}/towns/${town.id}`, { body: { people: 77 } })
        await look('GET', `/kept/${former}/towns`)
        await dataSource.getRepository(Town).update(town.id, { name: 'Lima Alta' })
        await look('GET', `/lands/${former}/towns/lima?fields=id`)
        await look('GET', `/lands/${slug}/towns/lima`)
        expect(answers).to.deep.equal([
          [308, `/lands/${slug}/towns?pageSize=1`],
          [308, `/lands/${slug}/towns/lima`],
          [308, `/plain/${slug}/towns`],
          [308, `/plain/${slug}/towns/${town.id}`],
          [308, `/kept/${slug}/towns`],
          [308, `/lands/${slug}/towns/lima-alta?fields=id`],
          [308, `/lands/${slug}/towns/lima-alta`],
        ])
        expect(await dataSource.getRepository(Town).countBy({ people: 77 })).to.equal(0)
        expect(await dataSource.getRepository(Town).countBy({ name: 'Puno' })).to.equal(0)
      })

      it('are shown to who may see it alone, before it is said where it is now', async () => {
        const { id } = await townOf(peru, 'Lima')
        expect(await statuses(`/owned/${peru.slug}/towns`)).to.deep.equal([401, 403, 200])
        expect(await statuses(`/owned/${peru.slug}/towns/${id}`)).to.deep.equal([401, 403, 200])
        const { former } = await rename(peru, `Perú ${peru.slug}x`)
        expect(await statuses(`/owned/${former}/towns`)).to.deep.equal([401, 403, 308])
        const land = await dataSource.getRepository(Land).findOneByOrFail({ id: peru.id })
        expect(await statuses(`/owned/${land.slug}/towns/${id}`, 'DELETE')).to.deep.equal([401, 403, 204])
      })

      it('are looked at anew where their answers are kept', async () => {
        const path = `/kept/${chile.slug}/towns`
        expect([names(await ask('GET', path)), names(await ask('GET', path))]).to.deep.equal([['Lima'], ['Lima']])
        const statements = async () => {
          let sent = 0
          const stop = dataSource.onStatement(() => void sent++)
          await ask('GET', path)
          stop()
          return sent
        }
        // The row above alone; and once it may be another that is called so, the page again.
        const [kept] = [await statements(), await dataSource.getRepository(Land).update(chile.id, { ownerId: 'eve' })]
        expect([kept, await statements(), await statements()]).to.deep.equal([1, 2, 1])
        await dataSource.getRepository(Land).delete(chile.id)
        expect((await ask('GET', path)).status).to.equal(404)
      })

      it('are never answered from what was kept of another that was called so', async () => {
        const path = `/kept/${chile.slug}/towns`
        expect(names(await ask('GET', path))).to.deep.equal(['Lima'])
        const { driver } = dataSource
        // A statement of which the framework knows nothing, so that nothing that is kept is known to be old.
        const call = async (land: Land, slug: string) => {
          const sql = `UPDATE ${driver.escape('parents_lands')} SET ${driver.escape('slug')} = :slug WHERE ${driver.escape('id')} = :id`
          const [query, parameters] = driver.escapeQueryWithParameters(sql, { slug, id: land.id })
          await dataSource.query(query, parameters)
        }
        await call(chile, `${chile.slug}-once`)
        await call(peru, chile.slug)
        expect(names(await ask('GET', path))).to.deep.equal(['Cusco', 'Lima'])
      })

      it('answer what was kept for a key, whatever has become of it', async () => {
        const headers = { 'idempotency-key': `"${chile.slug}"` }
        const send = () => ask('POST', `/plain/${chile.slug}/towns`, { as: 'ada', body: { name: 'Arica' }, headers })
        const first = await send()
        await dataSource.getRepository(Land).delete(chile.id)
        const second = await send()
        expect([first.status, second.status, second.body.id], second.text).to.deep.equal([201, 201, first.body.id])
      })

      it('are never left visible under a row that is removed while they are made', async () => {
        const making = Array.from({ length: 8 }, (_, index) =>
          ask('POST', `/plain/${chile.slug}/towns`, { body: { name: `Town ${index}` } }),
        )
        const [answers] = await Promise.all([Promise.all(making), dataSource.getRepository(Land).delete(chile.id)])
        const made = answers.filter(({ status }) => status === 201)
        const refused = answers.filter(({ status }) => status !== 201)
        for (const { status, body } of refused) {
          expect([404, 400], JSON.stringify(body)).to.include(status)
        }
        expect(await dataSource.getRepository(Town).countBy({ landId: chile.id })).to.equal(0)
        const stored = await dataSource
          .getRepository(Town)
          .select()
          .view('withDeleted')
          .where({ landId: chile.id })
          .rows()
        expect(stored.filter(({ name }) => name.startsWith('Town')).length).to.equal(made.length)
      })
    })
  }
})
