import { expect } from 'chai'
import * as fc from 'fast-check'
import type { ModelDataSource } from '../../src/index.js'
import { describeOnEngines } from '../support/engines.js'
import { Article, type Journal, Note, openJournal } from './journal.js'

const clients = 12

/** Runs work for each number from 0, by so many clients at once. */
async function byClients(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const client = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: clients }, client))
}

const numbered = (base: string, from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${base}-${from + index}`)

describeOnEngines('Sluggable with many clients', (engine) => {
  let journal: Journal
  let dataSource: ModelDataSource

  before(async () => {
    journal = await openJournal(engine, clients)
    dataSource = journal.dataSource
  })
  after(() => journal?.close())
  beforeEach(() => journal.clear())

  const notes = () => dataSource.getRepository(Note)
  const articles = () => dataSource.getRepository(Article)
  const slugs = async () => (await notes().find()).map(({ slug }) => slug)

  it('gives 120 rows of one title distinct slugs, without gaps', async () => {
    await byClients(120, () => notes().insert(notes().create({ title: 'Hello' })))
    expect(await slugs()).to.have.members(['hello', ...numbered('hello', 2, 119)])
  })

  it('gives rows whose titles look like numbered ones distinct slugs', async () => {
    const titles = ['Hello', 'Hello 2', 'hello-3', 'Hello 2 2']
    await byClients(60, (number) => notes().insert(notes().create({ title: titles[number % titles.length]! })))
    expect(new Set(await slugs()).size).to.equal(60)
  })

  it('gives the rows of units distinct slugs, and those of units that fail none', async () => {
    const failed: unknown[] = []
    await byClients(50, (number) => {
      const unit = dataSource.atomic(async () => {
        await notes().insert(notes().create({ title: 'Hello' }))
        await notes().insert(notes().create({ title: 'Another' }))
        if (number % 2 === 1) throw new RangeError('half of them')
      })
      return unit.catch((error: unknown) => failed.push(error))
    })
    expect(failed.map(String)).to.deep.equal(Array.from({ length: 25 }, () => 'RangeError: half of them'))
    const kept = await slugs()
    expect(kept).to.have.members(['hello', ...numbered('hello', 2, 24), 'another', ...numbered('another', 2, 24)])
  })

  it('gives a slug that many want by hand to one of them', async () => {
    await notes().insert(numbered('n', 1, 24).map((title) => notes().create({ title })))
    const codes: unknown[] = []
    const ids = (await notes().find()).map(({ id }) => id)
    await byClients(24, (number) =>
      notes()
        .update(ids[number]!, { slug: 'wanted' })
        .catch(({ errorCode }: { readonly errorCode: string }) => codes.push(errorCode)),
    )
    expect(codes).to.deep.equal(Array.from({ length: 23 }, () => 'SLUG_TAKEN'))
    expect(await notes().countBy({ slug: 'wanted' })).to.equal(1)
  })

  it('keeps slugs distinct while rows are named, hidden and restored', async () => {
    const titles = ['Hello', 'Hello 2', 'World']
    const lost = new Set<unknown>()
    await notes().insert(Array.from({ length: 24 }, () => notes().create({ title: 'Hello' })))
    const ids = (await notes().find()).map(({ id }) => id)
    const write = async (number: number) => {
      const id = ids[(number * 7) % ids.length]!
      if (number % 4 === 0) return notes().delete(id)
      if (number % 4 === 1) return notes().restore(id)
      return notes().update(id, { title: titles[number % titles.length]! })
    }
    await byClients(144, (number) => write(number).catch((error: { errorCode?: string }) => lost.add(error.errorCode)))
    const told = ['NOT_FOUND', 'NOT_DELETED', 'STALE', 'SLUG_TAKEN']
    expect([...lost].filter((code) => !told.includes(String(code)))).to.deep.equal([])
    const visible = await slugs()
    expect(new Set(visible).size).to.equal(visible.length).and.above(5)
  })

  it('writes any titles as slugs that are well-formed, short enough and distinct in their group', async () => {
    const title = fc.oneof(
      fc.constantFrom('Hello', 'hello!', 'Hello 2', 'new', 'edit', '---', 'The quick brown fox jumps over it'),
      fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\0', '')),
    )
    const row = fc.record({ title, sectionId: fc.constantFrom(null, 1) })
    const call = fc.array(row, { minLength: 1, maxLength: 6 })
    const calls = fc.array(call, { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(calls, async (given) => {
        await journal.clear()
        for (const rows of given) await articles().insert(rows.map((values) => articles().create(values)))
        const stored = await articles().find()
        for (const { slug } of stored) {
          expect(slug).to.match(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
          expect(slug.length).to.be.at.most(24)
          expect(['new', 'edit', 'edit-2']).to.not.include(slug)
        }
        expect(new Set(stored.map(({ sectionId, slug }) => `${sectionId} ${slug}`)).size).to.equal(given.flat().length)
      }),
      { numRuns: 12, seed: 7 },
    )
  })
})
