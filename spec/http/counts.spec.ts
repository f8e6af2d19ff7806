import { expect } from 'chai'
import { anyone, type ModelDataSource, ModelViewSet, type SearchProvider } from 'plinth'
import { Resource } from 'plinth/decorators'
import { type Database, describeOnEngines } from '../support/engines.js'
import { countingViewSet, createGazetteer, Town, TownSerializer } from './support/gazetteer.js'
import { type Served, serve } from './support/served.js'

describeOnEngines('Counts', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  const fullText: SearchProvider = {
    name: 'full text',
    engines: ['postgres'],
    matches: ({ sql, bind }, term) => `to_tsvector('simple', ${sql}) @@ plainto_tsquery('simple', ${bind(term)})`,
  }
  @Resource('/words')
  class Words extends ModelViewSet(Town, {
    serializer: TownSerializer,
    permissions: { '*': anyone },
    search: { fields: ['name'], provider: fullText },
  }) {}

  @Resource('/numbered')
  class Numbered extends ModelViewSet(Town, {
    serializer: TownSerializer,
    permissions: { '*': anyone },
    pagination: { style: 'page', count: 'estimate' },
    filters: { id: ['lte'] },
  }) {}

  before(async () => {
    ;({ dataSource, database } = await createGazetteer(engine))
    const rows = Array.from({ length: 30 }, (_, index) => ({ id: index + 1, name: `town ${index}`, password: 'p' }))
    await dataSource.getRepository(Town).insert(rows)
    const analyze = { postgres: 'ANALYZE gz_towns', mariadb: 'ANALYZE TABLE gz_towns', sqlite: 'ANALYZE' }
    await dataSource.query(analyze[engine.name])
    const viewSets = [
      countingViewSet('/exact', { style: 'page', count: 'exact' }),
      countingViewSet('/capped', { style: 'page', count: { capped: 25 } }),
      countingViewSet('/small', { style: 'page', count: { capped: 10 } }),
      countingViewSet('/estimate', { style: 'page', count: 'estimate' }),
      Numbered,
      countingViewSet('/none', { style: 'page', count: 'none' }),
      ...(engine.name === 'postgres' ? [Words] : []),
    ]
    served = await serve({ viewSets, dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const answer = async (path: string) => {
    const { status, body, headers } = await served.request('GET', path)
    expect(status).to.equal(200)
    return { pagination: body.pagination, rows: body.data.length, hasLast: headers.get('link')!.includes('rel="last"') }
  }
  const page = { page: 1, pageSize: 10, hasNext: true, hasPrevious: false }

  it('are exact', async () => {
    expect(await answer('/exact?pageSize=10')).to.deep.equal({
      pagination: { ...page, totalItems: 30, totalPages: 3 },
      rows: 10,
      hasLast: true,
    })
  })

  it('go no further than they are told, and know no last page then', async () => {
    expect(await answer('/capped?pageSize=10')).to.deep.equal({
      pagination: { ...page, totalItems: 25, totalPages: 3, totalIsCapped: true },
      rows: 10,
      hasLast: false,
    })
  })

  it('are exact where the last page shows them', async () => {
    const last = { page: 3, pageSize: 10, hasNext: false, hasPrevious: true, totalItems: 30, totalPages: 3 }
    expect((await answer('/exact?pageSize=10&page=3')).pagination).to.deep.equal(last)
    expect((await answer('/capped?pageSize=10&page=3')).pagination).to.deep.equal({ ...last, totalIsCapped: false })
    expect((await answer('/estimate?pageSize=10&page=3')).pagination).to.deep.equal({ ...last, totalIsEstimate: false })
  })

  it('say nothing of whether there is a next page, which a row of it does', async () => {
    expect((await answer('/small?pageSize=10')).pagination).to.deep.equal({
      ...page,
      // The row that is not shown is counted too.
      totalItems: 11,
      totalPages: 2,
      totalIsCapped: true,
    })
    const { pagination } = await answer('/small?pageSize=10&page=2')
    expect(pagination).to.include({ hasNext: true, hasPrevious: true, totalIsCapped: true })
  })

  it('are sent as one statement that stops where they do', async () => {
    const statements: string[] = []
    const stop = dataSource.onStatement(({ sql }) => statements.push(sql))
    await answer('/small?pageSize=3')
    await answer('/none?pageSize=3')
    stop()
    expect(statements.filter((sql) => /COUNT\(/i.test(sql))).to.have.length(1)
    expect(statements.find((sql) => /COUNT\(/i.test(sql))).to.match(/FROM \(SELECT .* LIMIT \S+\)/s)
  })

  it('are those of the statistics of the engine, where it keeps some', async () => {
    const kept = engine.name !== 'sqlite'
    expect(await answer('/estimate?pageSize=10')).to.deep.equal({
      pagination: {
        ...page,
        totalItems: 30,
        totalPages: 3,
        ...(kept ? { totalIsEstimate: true } : { totalIsCapped: false }),
      },
      rows: 10,
      hasLast: !kept,
    })
  })

  it('follow the values of filters, however often a statement is sent', async () => {
    for (const [most, least] of [
      [12, 11],
      [25, 24],
      [12, 11],
      [25, 24],
    ] as const) {
      const { totalItems } = (await answer(`/numbered?pageSize=10&id__lte=${most}`)).pagination
      expect(totalItems).to.be.within(least, most + 1)
    }
  })

  it('are left out', async () => {
    expect(await answer('/none?pageSize=10')).to.deep.equal({ pagination: page, rows: 10, hasLast: false })
  })

  // The provider is of PostgreSQL's own text search.
  if (engine.name === 'postgres')
    it('are of what a provider of its own kind finds', async () => {
      expect((await answer('/words?search=town+17')).pagination).to.include({ totalItems: 1 })
      expect((await answer('/words?search=own')).pagination).to.include({ totalItems: 0 })
    })
})
