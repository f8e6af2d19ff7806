import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Atlas, serveAtlas } from '../../examples/atlas/serve.js'
import { worldCities } from '../../examples/atlas/world.js'

interface Row {
  readonly [name: string]: unknown
  readonly id: string
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Row & { readonly data: readonly Row[]; readonly results: readonly Row[] }
}

/** What is looked at of an OpenAPI document: operations by path and method. */
type Described = Readonly<Record<string, Readonly<Record<string, Operation>>>>

interface Operation {
  readonly parameters: readonly {
    readonly name: string
    readonly description: string
    readonly schema: { readonly format?: string }
  }[]
  readonly responses: object
}

/** What is looked at of examples in the document. */
type Shown = Readonly<Record<string, Readonly<Record<string, ShownOperation>>>>

interface ShownBody {
  readonly content: Readonly<
    Record<string, { readonly examples: Readonly<Record<string, { readonly value: unknown }>> }>
  >
}

interface ShownOperation {
  readonly requestBody?: ShownBody
  readonly responses: Readonly<Record<string, ShownBody>>
}

describe('The API of the atlas', () => {
  const database = join(tmpdir(), `atlas-http-${process.pid}.sqlite`)
  const cities = worldCities().filter(({ countryCode }) => countryCode === 'IS' || countryCode === 'MT')
  let atlas: Atlas

  before(async () => {
    atlas = await serveAtlas({
      port: 0,
      database,
      cities,
      cursorKey: 'a key of the specs, long enough for cursors',
      print: () => {},
    })
  })
  after(async () => {
    await atlas?.close()
    for (const suffix of ['', '-wal', '-shm']) await rm(database + suffix, { force: true })
  })

  const ask = async (
    method: string,
    path: string,
    body?: object,
    more: Record<string, string> = {},
  ): Promise<Answer> => {
    const headers = { authorization: 'Bearer atlas', ...(body && { 'content-type': 'application/json' }), ...more }
    const init = { method, headers, redirect: 'manual' as const, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(atlas.url + path, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  const cityCalled = async (name: string) =>
    (await ask('GET', `/cities?name=${encodeURIComponent(name)}`)).body.data[0]!
  const shown = async (code: string) => (await ask('GET', `/cities?country.code=${code}&pageSize=100`)).body.data.length

  it('shows as examples what it answers, and bodies that it takes', async () => {
    const { paths } = (await ask('GET', '/openapi.json')).body as unknown as { readonly paths: Shown }
    const shownOf = (path: string, method: string, status: string) =>
      paths[path]![method]!.responses[status]!.content['application/json']!.examples
    const own = { id: '', createdAt: '', updatedAt: '', countryId: '' }
    const { akureyri } = shownOf('/cities/{id}', 'get', '200')
    expect({ ...(await cityCalled('Akureyri')), ...own }).to.deep.equal({ ...(akureyri!.value as object), ...own })
    const { iceland } = shownOf('/countries/{id}', 'get', '200')
    const { body: country } = await ask('GET', '/countries/iceland')
    expect({ ...country, id: '', createdAt: '' }).to.deep.equal({
      ...(iceland!.value as object),
      id: '',
      createdAt: '',
    })

    const { examples } = paths['/cities']!['post']!.requestBody!.content['application/json']!
    const made = await ask('POST', '/cities', { ...(examples['akureyri']!.value as object), countryId: country.id })
    expect([made.status, made.body['slug']]).to.deep.equal([201, 'akureyri-2'])
    expect((await ask('DELETE', `/cities/${made.body.id}`)).status).to.equal(204)
    expect((await ask('DELETE', `/cities/trash/${made.body.id}`)).status).to.equal(204)
  })

  it('moves a city in the list of its country, and refuses what is no position', async () => {
    const { id, position } = await cityCalled('Akureyri')
    expect(position).to.equal(4)
    const moved = await ask('POST', `/cities/${id}/move-to`, { position: 2 })
    expect([moved.status, moved.body['position']]).to.deep.equal([200, 2])
    expect(await cityCalled('Kópavogur')).to.include({ position: 3 })
    expect((await ask('POST', `/cities/${id}/move-to`, { position: 'first' })).status).to.equal(400)
    const stranger = { authorization: 'Bearer guess' }
    expect((await ask('POST', `/cities/${id}/move-to`, { position: 1 }, stranger)).status).to.equal(401)
  })

  it('writes many cities at once, or none of them', async () => {
    const countryId = (await cityCalled('Akureyri'))['countryId']
    const place = { population: 1, latitude: 66, longitude: -18, countryId }
    const created = await ask('POST', '/cities/bulk/create', {
      items: [
        { ...place, name: 'Nyrst' },
        { ...place, name: 'Nyrst' },
      ],
    })
    expect(created.status).to.equal(200)
    const rows = created.body.results.map(({ data }) => data as Row)
    expect(rows.map(({ slug }) => slug)).to.deep.equal(['nyrst', 'nyrst-2'])
    const ids = rows.map(({ id }) => id)
    const before = await shown('IS')
    const missing = '00000000-0000-7000-8000-000000000001'
    expect((await ask('POST', '/cities/bulk/delete', { ids: [...ids, missing] })).status).to.equal(404)
    expect(await shown('IS')).to.equal(before)
    expect((await ask('POST', '/cities/bulk/delete', { ids })).status).to.equal(200)
    expect(await shown('IS')).to.equal(before - 2)
  })

  it('puts a country with its cities into the trash, brings them back, and removes for good', async () => {
    const { id } = (await ask('GET', '/countries/malta')).body
    const before = await shown('MT')
    expect(before).to.be.greaterThan(10)
    expect((await ask('DELETE', '/countries/malta')).status).to.equal(204)
    expect([await shown('MT'), (await ask('GET', '/countries/malta')).status]).to.deep.equal([0, 404])
    expect((await ask('GET', `/countries/trash/${id}`)).body['name']).to.equal('Malta')
    const back = await ask('POST', `/countries/${id}/restore`)
    expect([back.status, back.body['slug'], await shown('MT')]).to.deep.equal([200, 'malta', before])
    expect((await ask('DELETE', `/countries/trash/${id}`)).status).to.equal(404)

    const city = await cityCalled('Valletta')
    await ask('DELETE', `/cities/${city.id}`)
    expect((await ask('DELETE', `/cities/trash/${city.id}`)).status).to.equal(204)
    expect((await ask('GET', `/cities/trash/${city.id}`)).status).to.equal(404)
    expect((await ask('POST', `/cities/${city.id}/restore`)).status).to.equal(404)
  })

  it('leads from a former slug to the present one, whatever the method', async () => {
    expect((await ask('PATCH', '/countries/turkiye', { name: 'Turkey' })).body['slug']).to.equal('turkey')
    const former = await ask('GET', '/countries/turkiye')
    expect([former.status, former.headers.get('location')]).to.deep.equal([308, '/countries/turkey'])
    expect((await ask('DELETE', '/countries/turkiye')).status).to.equal(308)
    expect((await ask('GET', '/countries/turkey')).status).to.equal(200)
  })

  it('names a city by its slug within its country, and leads from a former one to the present one', async () => {
    const { countryId } = await cityCalled('Selfoss')
    const cities = '/countries/iceland/cities'
    expect((await ask('GET', `${cities}/selfoss`)).body).to.include({ name: 'Selfoss', countryId })
    const stranger = await ask('GET', '/countries/malta/cities/selfoss')
    expect([stranger.status, stranger.body['code']]).to.deep.equal([404, 'NOT_FOUND'])
    const renamed = await ask('PATCH', `${cities}/selfoss`, { name: 'Árborg' })
    expect([renamed.status, renamed.body['slug']]).to.deep.equal([200, 'arborg'])
    const former = await ask('GET', `${cities}/selfoss?fields=name`)
    expect([former.status, former.headers.get('location')]).to.deep.equal([308, `${cities}/arborg?fields=name`])
    expect((await ask('PATCH', `${cities}/selfoss`, { population: 1 })).status).to.equal(308)
    expect((await ask('GET', `${cities}/arborg`)).body).to.include({ name: 'Árborg' })
    // What was refused or led elsewhere changed nothing; and back.
    expect((await ask('PATCH', `${cities}/arborg`, { name: 'Selfoss' })).body['slug']).to.equal('selfoss')
    for (const path of ['/countries/nonsense/cities', '/countries/nonsense/cities/selfoss'])
      expect((await ask('GET', path)).status).to.equal(404)
  })

  it('keeps the cities of a country under its slug, and leads there from a former one', async () => {
    const renamed = await ask('PATCH', '/countries/malta', { name: 'Repubblika ta’ Malta' })
    const now = `/countries/${String(renamed.body['slug'])}/cities`
    const former = await ask('GET', '/countries/malta/cities?pageSize=2')
    expect([former.status, former.headers.get('location')]).to.deep.equal([308, `${now}?pageSize=2`])
    const place = { name: 'Nyrst', population: 1, latitude: 36, longitude: 14 }
    const made = await ask('POST', now, place)
    expect([made.status, made.body['slug'], made.body['countryId']]).to.deep.equal([201, 'nyrst', renamed.body.id])
    expect(made.headers.get('location')).to.equal(`${now}/nyrst`)
    expect((await ask('DELETE', `/cities/${made.body.id}`)).status).to.equal(204)
    expect((await ask('DELETE', `/cities/trash/${made.body.id}`)).status).to.equal(204)
    const back = await ask('PATCH', `/countries/${String(renamed.body['slug'])}`, { name: 'Malta' })
    expect([back.status, back.body['slug']]).to.deep.equal([200, 'malta'])
  })

  it('answers on conditions', async () => {
    const { headers } = await ask('GET', '/countries/iceland')
    const tag = headers.get('etag')!
    expect((await ask('GET', '/countries/iceland', undefined, { 'if-none-match': tag })).status).to.equal(304)
    const first = await ask('PATCH', '/countries/iceland', { capital: 'Reykjavík' }, { 'if-match': tag })
    expect([first.status, first.body['version']]).to.deep.equal([200, 2])
    const second = await ask('PATCH', '/countries/iceland', { capital: 'Akureyri' }, { 'if-match': tag })
    expect([second.status, second.body['code']]).to.deep.equal([412, 'PRECONDITION_FAILED'])
  })

  it('carries out a request with a key once', async () => {
    const atlantis = {
      code: 'XA',
      name: 'Atlantis',
      officialName: 'The Realm of Atlantis',
      region: 'Oceania',
      area: 1,
      latitude: 31,
      longitude: -24,
    }
    const key = { 'idempotency-key': '"atlantis-1"' }
    const [first, again] = [
      await ask('POST', '/countries', atlantis, key),
      await ask('POST', '/countries', atlantis, key),
    ]
    expect([first.status, first.headers.get('idempotency-replayed')]).to.deep.equal([201, null])
    expect([again.status, again.headers.get('idempotency-replayed')]).to.deep.equal([201, 'true'])
    expect(again.body).to.deep.equal(first.body)
    expect((await ask('POST', '/countries', { ...atlantis, code: 'XB' }, key)).status).to.equal(422)
    expect((await ask('GET', '/countries/atlantis')).body.id).to.equal(first.body.id)
  })

  it('keeps the list of countries until one is written', async () => {
    const list = () => ask('GET', '/countries?pageSize=1')
    await list()
    const kept = await list()
    expect(kept.headers.get('age')).to.match(/^\d+$/)
    const country = kept.body.data[0]!
    await ask('PATCH', `/countries/${String(country['slug'])}`, { capital: 'Somewhere' })
    const { headers, body } = await list()
    expect([headers.get('age'), body.data[0]!['capital']]).to.deep.equal([null, 'Somewhere'])
  })

  it('describes itself, and shows the description', async () => {
    const { body } = await ask('GET', '/openapi.json')
    expect(Object.keys(body['paths'] as object)).to.include.members([
      '/cities/{id}/move-to',
      '/cities/bulk/create',
      '/cities/trash/{id}',
      '/countries/{id}',
      '/countries/{id}/restore',
    ])
    const operation = (path: string, method: string) => {
      const { parameters, responses } = (body['paths'] as Described)[path]![method]!
      const id = parameters.find(({ name }) => name === 'id')!
      return [id.description, id.schema.format, '308' in responses]
    }
    // A hidden row is named by its id, because others may have had its slug.
    expect(operation('/countries/{id}', 'get')).to.deep.equal(['Which row, by its `slug`.', undefined, true])
    expect(operation('/countries/{id}/restore', 'post')).to.deep.equal(['Which row.', 'uuid', false])
    const page = await ask('GET', '/docs')
    expect([page.status, page.headers.get('content-type')]).to.deep.equal([200, 'text/html; charset=utf-8'])
  })
})
