import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Atlas, serveAtlas } from '../../examples/atlas/serve.js'
import { worldCities } from '../../examples/atlas/world.js'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}
interface Row {
  readonly [name: string]: unknown
  readonly id: string
}
interface Body extends Row {
  readonly data: readonly Row[]
  readonly pagination: unknown
  readonly errors: readonly unknown[]
}

/** What the program prints of its chapters, also with few cities. */
const told = [
  '1. Slugs, each in its country',
  '   42 cities are called San Francisco, in 12 countries.',
  '   Philippines: san-francisco, san-francisco-2, san-francisco-3 to san-francisco-15',
  '   Mexico: san-francisco, san-francisco-2, san-francisco-3 to san-francisco-13',
  '   Colombia: san-francisco, san-francisco-2, san-francisco-3 to san-francisco-4',
  '   Panama: san-francisco, san-francisco-2',
  '',
  '2. An order made by hand',
  '   Iceland: 1 Reykjavík, 2 Kópavogur, 3 Hafnarfjörður, 4 Akureyri (version 1 of 33 cities)',
  '   Akureyri first: 1 Akureyri, 2 Reykjavík, 3 Kópavogur, 4 Hafnarfjörður (version 2 of 33 cities)',
  '',
  '3. A country in the trash, and exactly what went with it',
  '   Iceland has 33 cities. Keflavík is deleted; then Iceland, and 0 cities are shown.',
  '   Restored: Iceland with 32 cities, all but Keflavík, which was deleted by itself.',
  '',
  '4. Who changed what, and a name that is remembered',
  '   cartographer: mergeMetadata metadata, version',
  '   cartographer: update name, slug, version',
  '   nobody: insert',
  '   "turkiye" leads to Turkey, whose slug is "turkey".',
  '',
  '5. What there are no columns for',
  '   45 of 250 countries are landlocked.',
  '   Iceland: {"languages":["Icelandic","Icelandic Sign Language"],"borders":[],"landlocked":false}',
  '   landlocked: "no" is refused: #/metadata/landlocked must be boolean.',
]

describe('The atlas', () => {
  const database = join(tmpdir(), `atlas-${process.pid}.sqlite`)
  const cities = worldCities()
  const some = cities.filter(({ name, countryCode }) => countryCode === 'IS' || name === 'San Francisco')
  let printed = ''
  let atlas: Atlas

  const serve = async (): Promise<void> => {
    printed = ''
    const cursorKey = 'a key of the specs, long enough for cursors'
    atlas = await serveAtlas({ port: 0, database, cities: some, cursorKey, print: (text) => (printed += text) })
  }
  const ask = async (method: string, path: string, body?: object, token = 'atlas'): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init = body ? { method, headers, body: JSON.stringify(body) } : { method, headers }
    const response = await fetch(atlas.url + path, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined }
  }

  const found = async (query: string) => (await ask('GET', `/cities?${query}`)).body.data.map(({ name }) => name)

  before(serve)
  after(async () => {
    await atlas.close()
    for (const suffix of ['', '-wal', '-shm']) await rm(database + suffix, { force: true })
  })

  it('knows the whole world', () => {
    expect(cities).to.have.length(135_233)
    expect(cities.filter(({ name }) => name === 'San Francisco')).to.have.length(42)
  })

  it('imports with a progress bar, and prints the addresses to try', () => {
    expect(printed).to.include(`] ${some.length} of ${some.length}\n${250 + some.length} rows in `)
    expect(printed).to.include(`curl '${atlas.url}/cities?pageSize=3'`)
  })

  it('tells a chapter of each trait, and leaves the atlas as it was', async () => {
    const chapters = printed.slice(printed.indexOf('\n1. '), printed.indexOf('\nTold in '))
    expect(chapters.trim().split('\n')).to.deep.equal(told)
    expect((await ask('GET', '/countries/turkiye')).body).to.include({ name: 'Türkiye', version: 1 })
    const [first] = (await ask('GET', '/cities?name=Reykjav%C3%ADk')).body.data
    expect(first).to.include({ position: 1 })
  })

  it('imports once', async () => {
    await atlas.close()
    await serve()
    expect(printed).not.to.include('Importing')
    expect((await ask('GET', '/countries?pageSize=1')).body.pagination).to.include({ totalItems: 250 })
  })

  it('lists the largest cities first', async () => {
    const { status, body, headers } = await ask('GET', '/cities?pageSize=2')
    const [first, second] = some.toSorted((a, b) => b.population - a.population)
    expect(status).to.equal(200)
    expect(body.data.map(({ name, population }) => ({ name, population }))).to.deep.equal(
      [first, second].map((city) => ({ name: city!.name, population: city!.population })),
    )
    expect(headers.get('link')).to.match(/<\/cities\?cursor=[\w-]+&pageSize=2>; rel="next"/)
  })

  it('finds cities by their country, by words and by size, in any order', async () => {
    const iceland = some.filter(({ countryCode }) => countryCode === 'IS')
    const fjords = iceland.filter(({ name }) => /fj/i.test(name)).map(({ name }) => name)
    expect(await found('country.code=IS&search=fj&ordering=name&pageSize=50'))
      .to.have.members(fjords)
      .and.lengthOf.above(3)
    expect(await found('search=iceland+reykjav&ordering=-population&pageSize=1')).to.have.length(1)
    const large = iceland.filter(({ population }) => population >= 10_000).map(({ name }) => name)
    expect(await found('country.code=IS&population__gte=10000')).to.have.members(large)
  })

  it('shows every city once, page by page', async () => {
    const seen: unknown[] = []
    let path: string | undefined = '/cities?pageSize=30&ordering=country.name'
    while (path !== undefined) {
      const { body, headers } = await ask('GET', path)
      seen.push(...body.data.map(({ id }) => id))
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(new Set(seen).size).to.equal(some.length)
    expect(seen).to.have.length(some.length)
  })

  it('lets nobody but an editor write', async () => {
    expect((await ask('POST', '/countries', {}, 'guess')).status).to.equal(401)
  })

  it('says everything that is wrong with a country at once', async () => {
    const { status, body } = await ask('POST', '/countries', { code: 'xx', name: 'Nowhere', hidden: true })
    expect(status).to.equal(400)
    expect(body.errors).to.deep.include.members([
      { pointer: '#/hidden', code: 'unknown_field', message: 'is not known here' },
      { pointer: '#/code', code: 'matches', message: 'must be two capital letters' },
      { pointer: '#/region', code: 'required', message: 'is required' },
    ])
  })

  it('creates a country, refuses its twin, hides it when it is deleted', async () => {
    const nowhere = {
      code: 'XX',
      name: 'Nowhere',
      officialName: 'The Republic of Nowhere',
      region: 'Nowhere',
      area: 1,
      latitude: 0,
      longitude: 0,
    }
    const { status, headers, body } = await ask('POST', '/countries', nowhere)
    expect([status, body['code'], body['capital']]).to.deep.equal([201, 'XX', null])
    expect(headers.get('location')).to.equal('/countries/nowhere')

    const twin = await ask('POST', '/countries', nowhere)
    expect([twin.status, twin.body['code']]).to.deep.equal([409, 'DUPLICATE'])
    expect(twin.body.errors).to.deep.equal([{ pointer: '#/code', code: 'unique', message: 'is already in use' }])

    expect((await ask('DELETE', '/countries/nowhere')).status).to.equal(204)
    expect((await ask('GET', '/countries/nowhere')).status).to.equal(404)
    expect((await ask('GET', '/countries?pageSize=1')).body.pagination).to.include({ totalItems: 250 })
  })

  it('starts also where rows of its chapters were removed', async () => {
    const { id } = (await ask('GET', '/countries/iceland')).body
    const [akureyri] = (await ask('GET', '/cities?name=Akureyri')).body.data
    await ask('DELETE', `/cities/${akureyri!.id}`)
    await atlas.close()
    await serve()
    const left = some.filter(({ countryCode, name }) => countryCode === 'IS' && name !== 'Akureyri')
    const { name: fourth } = left.sort((one, other) => other.population - one.population)[3]!
    expect(printed).to.include(`${fourth} first: 1 ${fourth}, 2 Reykjavík, `).and.to.include('Iceland has 32 cities.')
    await ask('DELETE', '/countries/iceland')
    await atlas.close()
    await serve()
    expect(printed.split('The rows it tells of are not there any more.')).to.have.length(4)
    await ask('POST', `/countries/${id}/restore`)
    await ask('POST', `/cities/${akureyri!.id}/restore`)
    expect((await ask('GET', '/cities?country.code=IS&pageSize=100')).body.data).to.have.length(33)
  })

  it('corrects a population, and refuses to leave fewer than nobody', async () => {
    const [city] = (await ask('GET', '/cities?pageSize=1')).body.data
    const path = `/cities/${city!.id}/correct-population`
    const corrected = await ask('POST', path, { by: 5 })
    expect([corrected.status, corrected.body['population']]).to.deep.equal([200, Number(city!['population']) + 5])
    const refused = await ask('POST', path, { by: -1_000_000 })
    expect([refused.status, refused.body['code']]).to.deep.equal([400, 'NOT_ENOUGH_PEOPLE'])
  })
})
