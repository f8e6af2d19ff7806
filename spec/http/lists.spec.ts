import { expect } from 'chai'
import type { ModelDataSource } from 'plinth'
import { type Database, describeOnEngines } from '../support/engines.js'
import { createGazetteer, State, StateViewSet, Tongue, Town, TownViewSet, WalkViewSet } from './support/gazetteer.js'
import { type Answer, errorsIn, type Served, serve } from './support/served.js'

const townRows = [
  { id: 1, name: 'Zürich', people: 440, budget: '9007199254740993.01', serial: '9007199254740991', height: 408.5 },
  { id: 2, name: 'zürich', people: 10, budget: '9007199254740993.02', founded: '1218-05-01', size: 'large' },
  { id: 3, name: 'Zurich', people: null, budget: null, capital: true, size: 'medium' },
  { id: 4, name: 'Zürich ', people: 440, height: 1.5, facts: { river: 'Limmat', bridges: 12 } },
  { id: 5, name: '100%_!\\*?[a]', people: 7, founded: '1999-12-31', facts: { river: null, bridges: '12' } },
  { id: 6, name: 'Ost, und West', people: 3, facts: { river: 'Aare', bridges: 3 } },
  { id: 7, name: 'ΣΊΣΥΦΟΣ 🙂', people: 3 },
].map((town) => ({ password: 'secret', ...town }))

describeOnEngines('Lists', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    ;({ dataSource, database } = await createGazetteer(engine))
    const [tongues, states] = [dataSource.getRepository(Tongue), dataSource.getRepository(State)]
    const [german, french] = await tongues.save([{ name: 'German' }, { name: 'French' }])
    const [zurich, geneva, hidden] = await states.save([
      { name: 'Kanton Zürich', tongues: [german!] },
      { name: 'Genève', tongues: [german!, french!] },
      { name: 'Hidden', tongues: [french!] },
    ])
    const homes = [zurich, zurich, geneva, geneva, hidden, undefined, undefined]
    await dataSource
      .getRepository(Town)
      .insert(townRows.map((town, index) => ({ ...town, stateId: homes[index]?.id ?? null })) as never)
    await states.delete(hidden!.id)
    served = await serve({ viewSets: [TownViewSet, StateViewSet, WalkViewSet], dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const get = (path: string): Promise<Answer> => served.request('GET', path)
  async function ids(query: string, path = '/towns'): Promise<readonly unknown[]> {
    const { status, body, text } = await get(`${path}?pageSize=50&${query}`)
    expect(status, text).to.equal(200)
    return body.data.map(({ id }) => id).toSorted()
  }

  describe('are filtered by', () => {
    const cases: Readonly<Record<string, readonly number[]>> = {
      'name=Z%C3%BCrich': [1],
      'name=Z%C3%BCrich+': [4],
      'name=': [],
      'name__ne=Z%C3%BCrich': [2, 3, 4, 5, 6, 7],
      'name__in=Zurich,Ost%5C,+und+West': [3, 6],
      'name__iexact=ZÜRICH': [1, 2],
      'name__contains=rich': [1, 2, 3, 4],
      'name__contains=%25_!': [5],
      'name__contains=%5C*%3F%5Ba%5D': [5],
      'name__contains=RICH': [],
      'name__startswith=Zü': [1, 4],
      'name__istartswith=zü': [1, 2, 4],
      'name__icontains=sΊσυΦ': [],
      'name__icontains=ίσυφ': [7],
      'name__icontains=%F0%9F%99%82': [7],
      'name__icontains=%5C*%3F%5BA%5D': [5],
      'name__gt=Zürich': [2, 4, 7],
      'people=440': [1, 4],
      'people__ne=440': [2, 3, 5, 6, 7],
      'people__isnull=true': [3],
      'people__isnull=false': [1, 2, 4, 5, 6, 7],
      'people__range=3,10': [2, 5, 6, 7],
      'people__lt=7': [6, 7],
      'people__in=3,7': [5, 6, 7],
      'serial=9007199254740991': [1],
      'height__lt=100.25': [4],
      'capital=true': [3],
      'capital__ne=true': [1, 2, 4, 5, 6, 7],
      'founded=1218-05-01': [2],
      'founded__range=1200-01-01,1300-01-01': [2],
      'size=large': [2],
      'size__in=large,medium': [2, 3],
      'facts.river=Limmat': [4],
      'facts.river__isnull=true': [1, 2, 3, 7],
      'bridges=12': [4],
      'bridges__gt=2': [4, 6],
      'people__gte=3&people__lt=10&name__startswith=Ost': [6],
    }
    for (const [query, expected] of Object.entries(cases)) {
      it(query, async () =>
        expect(await ids(query.replace(/[^\x20-\x7e]+/g, encodeURIComponent))).to.deep.equal(expected),
      )
    }

    // SQLite has no decimals, and stores a number of double precision.
    if (engine.name !== 'sqlite')
      it('decimals to their last digit', async () => {
        expect(await ids('budget=9007199254740993.01')).to.deep.equal([1])
        expect(await ids('budget__gt=9007199254740993.01')).to.deep.equal([2])
      })

    it('what they are related to, hidden rows apart, and never doubled', async () => {
      expect(await ids('state=1')).to.deep.equal([1, 2])
      expect(await ids('state__in=1,2')).to.deep.equal([1, 2, 3, 4])
      expect(await ids('state__isnull=true')).to.deep.equal([6, 7])
      expect(await ids(`state.name=${encodeURIComponent('Genève')}`)).to.deep.equal([3, 4])
      expect(await ids('state.name=Hidden')).to.deep.equal([])
      expect(await ids(`state.name__ne=${encodeURIComponent('Genève')}`)).to.deep.equal([1, 2])
      expect(await ids('state.tongues.name__in=German,French')).to.deep.equal([1, 2, 3, 4])
      expect(await ids('state.tongues.name=French')).to.deep.equal([3, 4])
      expect(await ids('state.tongues=1')).to.deep.equal([1, 2, 3, 4])
      expect(await ids('state.tongues__isnull=true')).to.deep.equal([5, 6, 7])
      expect(await ids('towns.name__startswith=Z', '/states')).to.deep.equal([1, 2])
      expect(await ids('towns__in=1,2,3', '/states')).to.deep.equal([1, 2])
      expect(await ids('towns__isnull=true', '/states')).to.deep.equal([])
      expect(await ids('towns.people__gt=400', '/states')).to.deep.equal([1, 2])
    })
  })

  describe('are searched', () => {
    it('for every word, in some of the fields, whatever its case, and never doubled', async () => {
      expect(await ids('search=Z%C3%9CRICH')).to.deep.equal([1, 2, 4])
      expect(await ids('search=rich++kanton')).to.deep.equal([1, 2])
      expect(await ids('search=french')).to.deep.equal([3, 4])
      // Two towns of each state have the word.
      expect(await ids('search=rich', '/states')).to.deep.equal([1, 2])
      expect((await get('/states?search=rich')).body.pagination['totalItems']).to.equal(2)
      expect(await ids('search=')).to.have.length(7)
    })
  })

  describe('have links', () => {
    it('that keep every other parameter as it was sent, also those that are empty', async () => {
      const kept = 'search=&name__ne=&people__gte=1&fields=id%2Cname&ordering=-name'
      const page = await get(`/towns?${kept}&page=2&pageSize=2`)
      expect(page.headers.get('link')).to.equal(
        [
          `</towns?${kept}&page=1&pageSize=2>; rel="first"`,
          `</towns?${kept}&page=1&pageSize=2>; rel="prev"`,
          `</towns?${kept}&page=3&pageSize=2>; rel="next"`,
          `</towns?${kept}&page=3&pageSize=2>; rel="last"`,
        ].join(', '),
      )
      const walked = await get(`/walk?${kept}&pageSize=2`)
      const { nextCursor } = walked.body.pagination
      expect(walked.headers.get('link')).to.equal(
        [
          `</walk?${kept}&pageSize=2>; rel="first"`,
          `</walk?${kept}&cursor=${String(nextCursor)}&pageSize=2>; rel="next"`,
        ].join(', '),
      )
      expect((await get(`/walk?${kept}&pageSize=2&cursor=${String(nextCursor)}`)).status).to.equal(200)
    })

    it('to pages of a size that is none, in neither style', async () => {
      for (const path of ['/towns', '/walk'])
        for (const [query, error] of [
          ['pageSize=0', 'pageSize number'],
          ['pageSize=-1', 'pageSize number'],
          ['pageSize=1.5', 'pageSize number'],
          ['pageSize=ten', 'pageSize number'],
          ['pageSize=', 'pageSize number'],
          ['pageSize=1&pageSize=1', 'pageSize repeated'],
          ['limit=1', 'limit unknown_parameter'],
          ['offset=1', 'offset unknown_parameter'],
        ] as const) {
          const answer = await get(`${path}?${query}`)
          expect([answer.status, errorsIn(answer)], `${path}?${query}`).to.deep.equal([400, [error]])
        }
    })
  })
})
