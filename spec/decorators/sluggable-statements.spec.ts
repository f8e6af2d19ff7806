import { once } from 'node:events'
import { expect } from 'chai'
import { withNumberedSlugs } from '../../decorators/index.js'
import { type CommittedWrite, type ModelDataSource, ModelService, silentLogger } from '../../src/index.js'
import { describeOnEngines } from '../support/engines.js'
import { Article, type Journal, Note, openJournal, Page, team } from './journal.js'

const clients = 8

class NoteService extends ModelService(Note) {}
class ArticleService extends ModelService(Article) {}
class PageService extends ModelService(Page) {}

/** Runs work for each number from 0, by so many clients at once. */
async function byClients(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const client = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: clients }, client))
}

describeOnEngines('Rows whose slugs are made sure of by the statement that makes them', (engine) => {
  let journal: Journal
  let dataSource: ModelDataSource
  let service: NoteService
  let sent: string[] = []

  before(async () => {
    journal = await openJournal(engine, clients)
    dataSource = journal.dataSource
    service = new NoteService({ dataSource, logger: silentLogger })
    dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
  })
  after(() => journal?.close())
  beforeEach(() => journal.clear())

  const notes = () => dataSource.getRepository(Note)
  const retired = () => notes().companion('slug_history')

  async function made(title: string, slug?: string): Promise<Note> {
    const result = await service.create({ title, ...(slug !== undefined && { slug }) })
    if (!result.success) throw new Error(result.errorCode)
    return result.data
  }

  /** Whether a row was made by one statement; on MariaDB a unit of work takes the locks before. */
  const isByOne = (): boolean => {
    const own = { sqlite: 'INSERT', postgres: 'WITH', mariadb: 'START INSERT INSERT COMMIT' }[engine.name]
    // MariaDB's connections are told once how units of work are isolated.
    return sent.filter((word) => word !== 'SET').join(' ') === own
  }

  async function slugOf(title: string, slug?: string): Promise<readonly [slug: string, byOne: boolean]> {
    sent = []
    const { slug: given } = await made(title, slug)
    return [given, isByOne()]
  }

  it('are made by one where the slug is free, and else as all are', async () => {
    expect(await slugOf('Hello')).to.deep.equal(['hello', true])
    expect(await slugOf('Hello')).to.deep.equal(['hello-2', false])
    expect(await slugOf('Hello 2')).to.deep.equal(['hello-2-2', false])
    expect(await slugOf('Other', 'By Hand')).to.deep.equal(['by-hand', true])
    expect((await slugOf('---'))[1]).to.equal(false)
    const slug = 'by-hand'
    expect(await service.create({ title: 'Other', slug })).to.include({ success: false, errorCode: 'SLUG_TAKEN' })
    expect(await withNumberedSlugs(() => made('Other', slug))).to.include({ slug: 'by-hand-2' })
  })

  it('get no slug that another row has given up, and one that a hidden row has', async () => {
    const { id } = await made('Hello')
    await notes().update(id, { title: 'World' })
    expect(await retired().countBy({ slug: 'hello' })).to.equal(1)
    expect(await slugOf('Hello')).to.deep.equal(['hello-2', false])
    await notes().delete(id)
    expect(await slugOf('World')).to.deep.equal(['world', true])
  })

  it('have slugs of their own in each group, and in what locked scopes keep apart', async () => {
    const articles = new ArticleService({ dataSource, logger: silentLogger })
    const pages = new PageService({ dataSource, logger: silentLogger })
    const slugs: unknown[] = []
    for (const sectionId of [1, 2, null, 1, null]) {
      const result = await articles.create({ title: 'Edit this', sectionId })
      slugs.push(result.success && result.data.slug)
    }
    expect(slugs).to.deep.equal(['edit-this', 'edit-this', 'edit-this', 'edit-this-2', 'edit-this-2'])
    // A word that no row gets is passed over.
    expect(await articles.create({ title: 'New', sectionId: 1 })).to.deep.include({ success: true })
    for (const [index, name] of ['red', 'blue', 'red'].entries()) {
      const result = await team.run(name, () => pages.create({ id: index, name: 'Ein Wort' }))
      slugs.push(result.success && result.data.slug)
    }
    expect(slugs.slice(5)).to.deep.equal(['ein_wort', 'ein_wort', 'ein_wort_2'])
    sent = []
    const draft = await team.run('red', () => pages.create({ id: 9, name: 'Ein Wort', draft: true }))
    expect(draft.success && draft.data.slug).to.equal('')
    expect(sent.at(-1)).to.equal('INSERT')
    expect(sent).to.have.length(1)
  })

  it('are told of once, when they are committed', async () => {
    const told: Partial<CommittedWrite>[] = []
    const deaf = dataSource.events.onCommitted(({ kind, entity, ids }) => {
      told.push({ kind, entity, ids, ...(dataSource.isInUnit && { operation: 'too early' }) })
    })
    const [first, second] = [await made('Hello'), await made('Hello')]
    deaf()
    expect(told).to.deep.equal([
      { kind: 'insert', entity: Note, ids: [first.id] },
      { kind: 'insert', entity: Note, ids: [second.id] },
    ])
  })

  it('leave nothing behind where they are refused', async () => {
    const broken = await service.create({ title: 't'.repeat(130) })
    // SQLite alone stores text of any length.
    expect(broken.success).to.equal(engine.name === 'sqlite')
    expect(await notes().countBy({ views: 0 })).to.equal(engine.name === 'sqlite' ? 1 : 0)
  })

  it('see a slug that was given and given up by a unit of work that was under way when they began', async () => {
    for (const [number, title] of ['One', 'Another', 'Third'].entries()) {
      const start = new AbortController()
      // Outside of the unit.
      const racing = once(start.signal, 'abort').then(() => made(title))
      await dataSource.atomic(async () => {
        await notes().insert(notes().create({ title }))
        await notes().update({ title }, { title: `Gone ${number}` })
        start.abort()
        // It waits for the lock of the slug, or for its turn.
        await new Promise((resolve) => setTimeout(resolve, 100))
      })
      const base = title.toLowerCase()
      expect(await retired().countBy({ slug: base })).to.equal(1)
      expect(await racing).to.include({ slug: `${base}-2` })
    }
  })

  it('are distinct from all that others have or had, whoever makes, names, hides and restores rows', async () => {
    const titles = ['Hello', 'Hello 2', 'hello-3', 'World', 'Hello 2 2']
    const refused = new Set<string>()
    const owners = new Map<string, Set<number>>()
    /** A slug that a row was seen to have. */
    const note = ({ id, slug }: Note): void => void (owners.get(slug) ?? owners.set(slug, new Set()).get(slug)!).add(id)
    const ids: number[] = []
    let created = 0
    await byClients(240, async (number) => {
      const title = titles[(number * 7) % titles.length]!
      const id = ids[(number * 13) % Math.max(ids.length, 1)]
      try {
        if (number % 3 !== 0 || id === undefined) {
          const row = await made(title)
          created += 1
          ids.push(row.id)
          note(row)
        } else await notes().update(id, { title })
      } catch (error) {
        refused.add((error as { readonly errorCode?: string }).errorCode ?? String(error))
      }
    })
    expect([...refused]).to.deep.equal([])
    const rows = await notes().find()
    expect(rows).to.have.length(created)
    const current = rows.map(({ slug }) => slug)
    expect(new Set(current).size).to.equal(rows.length)
    // What rows have given up is theirs: nobody else has it, and nobody else was given it.
    for (const { slug, row } of await retired().find()) {
      expect(rows.filter((one) => one.slug === slug && String(one.id) !== String(row))).to.deep.equal([])
    }
    for (const [slug, given] of owners) expect([slug, given.size]).to.deep.equal([slug, 1])
  })
})
