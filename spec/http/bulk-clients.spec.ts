import { expect } from 'chai'
import * as fc from 'fast-check'
import type { ModelDataSource } from 'plinth'
import { type Database, describeOnEngines } from '../support/engines.js'
import { BulkBookViewSet } from './support/bulk-library.js'
import { Book, createLibrary, Shelf, storeBooks } from './support/library.js'
import { type Answer, type Served, serve } from './support/served.js'

const as = 'eve:editor'
const clients = 8

const together = (ask: (client: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: clients }, (_, client) => ask(client)))
const shuffled = (ids: readonly string[], client: number) => {
  const rotated = ids.map((_, index) => ids[(index + client) % ids.length]!)
  return client % 2 === 0 ? rotated : rotated.toReversed()
}

const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b)

describeOnEngines('Bulk actions of many clients', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    ;({ database, dataSource } = await createLibrary(engine))
    served = await serve({ viewSets: [BulkBookViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const books = () => dataSource.getRepository(Book)
  const bulk = (action: string, body: unknown) => served.request('POST', `/bulk-books/bulk/${action}`, { as, body })
  const stored = async () =>
    JSON.stringify(
      await books()
        .unscoped()
        .find({ order: { id: 'ASC' } }),
    )

  it('update the same rows in whatever order, and none waits for ever', async () => {
    const ids = (
      await storeBooks(
        dataSource,
        Array.from({ length: clients }, (_, n) => `book ${n}`),
      )
    ).map(({ id }) => id)
    const answers = await together((client) =>
      bulk('update', { ids: shuffled(ids, client), values: { pages: client + 1 } }),
    )
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(clients).fill(200))
    const pages = (await books().findBy(ids.map((id) => ({ id })))).map((book) => book.pages)
    // Whoever came last wrote all of them.
    expect(new Set(pages).size).to.equal(1)
  })

  it('delete each row once: of eight who delete the same, one does', async () => {
    const stored = await storeBooks(
      dataSource,
      Array.from({ length: clients }, (_, n) => `gone ${n}`),
    )
    const ids = stored.map(({ id }) => id)
    const answers = await together((client) => bulk('delete', { ids: shuffled(ids, client) }))
    expect(statusesOf(answers)).to.deep.equal([200, ...Array(clients - 1).fill(404)])
    expect(await books().countBy(ids.map((id) => ({ id })))).to.equal(0)
  })

  it('write from one version once, and leave no half of it', async () => {
    const ids = (await storeBooks(dataSource, ['one', 'two', 'three'])).map(({ id }) => id)
    const answers = await together((client) =>
      bulk('update', {
        items: shuffled(ids, client).map((id) => ({ id, version: 0, title: `by ${client}`, pages: client + 1 })),
      }),
    )
    expect(statusesOf(answers)).to.deep.equal([200, ...Array(clients - 1).fill(412)])
    const winner = answers.findIndex(({ status }) => status === 200)
    const rows = await books().findBy(ids.map((id) => ({ id })))
    expect(rows.map(({ title, pages }) => [title, pages])).to.deep.equal(ids.map(() => [`by ${winner}`, winner + 1]))
  })

  it('keep a list without gaps while they create, delete, restore and move', async () => {
    const { id: shelfId } = await dataSource.getRepository(Shelf).save({ name: 'busy' })
    const stored = await storeBooks(
      dataSource,
      Array.from({ length: 16 }, (_, n) => `busy ${n}`),
      { shelfId },
    )
    const ids = stored.map(({ id }) => id)
    const answers = await together((client) => {
      const own = ids.slice(client * 2, client * 2 + 2)
      if (client % 4 === 0) return bulk('delete', { ids: own })
      if (client % 4 === 1) return bulk('move-to-top', { ids: own })
      if (client % 4 === 2) return bulk('move-to', { items: own.map((id, n) => ({ id, input: { position: n + 1 } })) })
      const items = [0, 1].map((n) => ({ title: `new ${client} ${n}`, isbn: `new ${client} ${n}`, shelfId }))
      return bulk('create', { items })
    })
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(clients).fill(200))
    const gone = await bulk('restore', { ids: [ids[0], ids[1]] })
    expect(gone.status).to.equal(200)
    const rows = await books().find({ where: { shelfId }, order: { position: 'ASC' } })
    expect(rows.map(({ position }) => position)).to.deep.equal(Array.from({ length: 18 }, (_, n) => n + 1))
  })

  it('by filter, count what they find under their locks', async () => {
    const { id: shelfId } = await dataSource.getRepository(Shelf).save({ name: 'counted' })
    await storeBooks(dataSource, ['a1', 'a2', 'a3', 'a4'], { shelfId })
    const answers = await together(() => bulk('delete', { filter: { shelfId }, expectedCount: 4 }))
    expect(statusesOf(answers)).to.deep.equal([200, ...Array(clients - 1).fill(409)])
    for (const { status, body } of answers) {
      if (status === 409) expect(body['details']).to.deep.equal({ expectedCount: 4, actualCount: 0 })
    }
  })

  it('whatever is sent, fail without a trace or answer what became of each item', async () => {
    const { id: shelfId } = await dataSource.getRepository(Shelf).save({ name: 'any' })
    const ids = (await storeBooks(dataSource, ['x1', 'x2', 'x3'], { shelfId })).map(({ id }) => id)
    const wild = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('', '\0', '\ud800', 1e30, -1, '1'))
    const id = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, wild)
    const values = fc.record(
      {
        title: fc.oneof(fc.string({ maxLength: 8 }), wild),
        isbn: fc.oneof(fc.constantFrom('i1', 'i2'), wild),
        pages: fc.oneof(fc.nat(9001), wild),
        shelfId: fc.oneof(fc.constant(shelfId), wild),
        position: wild,
        version: fc.oneof(fc.nat(3), wild),
      },
      { requiredKeys: [] },
    )
    const input = fc.oneof(fc.record({ position: fc.oneof(fc.integer(), wild) }), wild)
    const item = fc.oneof(
      { weight: 4, arbitrary: fc.record({ id, input }, { requiredKeys: [] }) },
      { weight: 4, arbitrary: fc.tuple(fc.record({ id }), values).map(([named, given]) => ({ ...given, ...named })) },
      values,
      wild,
    )
    const body = fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record(
          {
            items: fc.oneof({ weight: 5, arbitrary: fc.array(item, { maxLength: 9 }) }, wild),
            ids: fc.oneof({ weight: 5, arbitrary: fc.array(id, { maxLength: 9 }) }, wild),
            filter: fc.oneof(
              fc.constant({ shelfId }),
              fc.dictionary(fc.constantFrom('title', 'pages__gte', 'x'), wild),
              wild,
            ),
            expectedCount: fc.oneof(fc.nat(6), wild),
            values,
            input,
            atomic: fc.oneof(fc.boolean(), wild),
          },
          { requiredKeys: [] },
        ),
      },
      wild,
    )
    const known = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 })
    const sensible = fc.oneof(
      known.map((named) => ({ ids: named, values: { pages: 1 }, input: {} })),
      known.map((named) => ({ items: named.map((one, n) => ({ id: one, title: `t${n}`, version: n })) })),
      fc.string({ maxLength: 9 }).map((isbn) => ({ items: [{ title: 'new', isbn, shelfId }] })),
      fc.nat(4).map((expectedCount) => ({ filter: { shelfId }, expectedCount, values: { pages: 2 } })),
    )
    const actions = fc.constantFrom('create', 'update', 'delete', 'restore', 'move-to', 'move-to-top', 'reorder')
    // Generated bodies name the rows in more than one way as a rule, which is refused: one of them is kept.
    const way = fc.constantFrom('items', 'ids', 'filter')
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(actions, fc.oneof(body, sensible), way, async (action, generated, kept) => {
        const sent = narrowed(generated, action, kept)
        const before = await stored()
        const answer = await bulk(action, sent)
        seen.add(answer.status)
        expect(answer.status, JSON.stringify({ action, sent })).to.be.lessThan(500)
        if (answer.status >= 400) expect(await stored(), JSON.stringify({ action, sent })).to.equal(before)
        else expect(answer.body['summary']).to.have.keys('total', 'succeeded', 'failed')
      }),
      { numRuns: 150 },
    )
    expect([...seen]).to.include.members([200, 400])
  })
})

/** A body that names its rows in one way, and gives what goes with it. */
function narrowed(body: unknown, action: string, wanted: string): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const [own] = ['items', 'ids', 'filter'].filter((name) => name in body)
  const way = wanted in body ? wanted : own
  const shared = way === 'items' ? [] : [action === 'update' ? 'values' : 'input']
  const others = action === 'delete' || action === 'create' ? [] : shared
  const kept = [way ?? wanted, 'atomic', ...others, ...(way === 'filter' ? ['expectedCount'] : [])]
  return Object.fromEntries(Object.entries(body).filter(([name]) => kept.includes(name)))
}
