import { expect } from 'chai'
import { findBySlug } from '../../decorators/index.js'
import { type ModelDataSource, UsageError } from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { describeOnEngines } from '../support/engines.js'
import { Article, Film, type Journal, Label, Note, openJournal, Page, Poster, team, Work } from './journal.js'

const taken = (slug: string) => ({ errorCode: 'SLUG_TAKEN', statusCode: 409, details: { slug } })

describeOnEngines('Sluggable', (engine) => {
  let journal: Journal
  let dataSource: ModelDataSource

  before(async () => {
    journal = await openJournal(engine)
    dataSource = journal.dataSource
  })
  after(() => journal?.close())
  beforeEach(() => journal.clear())

  const articles = () => dataSource.getRepository(Article)
  const notes = () => dataSource.getRepository(Note)
  const pages = () => dataSource.getRepository(Page)
  const labels = () => dataSource.getRepository(Label)

  const article = async (title: string, values: { readonly sectionId?: number; readonly slug?: string } = {}) => {
    const row = articles().create({ title, sectionId: null, ...values })
    await articles().insert(row)
    return row
  }
  const note = async (title: string, slug?: string) => {
    const row = notes().create({ title, ...(slug !== undefined && { slug }) })
    await notes().insert(row)
    return row
  }
  const slugOf = async ({ id }: Article) => (await articles().withDeleted().findOneByOrFail({ id })).slug
  const noteSlug = async ({ id }: Note) => (await notes().withDeleted().findOneByOrFail({ id })).slug
  const found = async (slug: string) => {
    const answer = await findBySlug(notes(), slug)
    return answer && [answer.row.id, answer.row.slug, answer.canonical]
  }

  describe('a new row', () => {
    it('has a slug in memory and in its table', async () => {
      const row = await article('Ärger & Käse')
      expect(row.slug).to.equal('arger-kase')
      expect(await slugOf(row)).to.equal('arger-kase')
      expect((await labels().save({ name: 'Ärger' })).slug).to.equal('aerger')
    })

    it('is numbered where its slug is taken, each group by itself', async () => {
      const slugs = []
      for (const sectionId of [1, 1, 2, 1, 2]) slugs.push((await article('Hello', { sectionId })).slug)
      expect(slugs).to.deep.equal(['hello', 'hello-2', 'hello', 'hello-3', 'hello-2'])
      expect([(await article('Hello')).slug, (await article('Hello')).slug]).to.deep.equal(['hello', 'hello-2'])
    })

    it('leaves numbers alone that other titles have', async () => {
      const slugs = []
      for (const title of ['Hello 2', 'Hello', 'Hello', 'Hello 2', 'hello-3', 'Hello']) {
        slugs.push((await article(title)).slug)
      }
      expect(slugs).to.deep.equal(['hello-2', 'hello', 'hello-3', 'hello-2-2', 'hello-3-2', 'hello-4'])
    })

    it('keeps the digits its title ends in', async () => {
      expect([(await article('Peugeot 206')).slug, (await article('Peugeot 206')).slug]).to.deep.equal([
        'peugeot-206',
        'peugeot-206-2',
      ])
    })

    it('is not disturbed by a slug that starts with its own', async () => {
      await article('my slug')
      expect((await article('my s')).slug).to.equal('my-s')
    })

    it('has room for its number in the limit', async () => {
      const title = 'The quick brown fox jumps over the lazy dog and runs away from the old bear'
      const rows = Array.from({ length: 13 }, () => ({ title, sectionId: null }))
      for (const row of rows.slice(0, 4)) await articles().insert(row)
      await articles().insert(rows.slice(4))
      const slugs = (await articles().find()).map(({ slug }) => slug)
      const numbered = Array.from({ length: 12 }, (_, index) => `the-quick-brown-fox-${index + 2}`)
      expect(slugs).to.have.members(['the-quick-brown-fox', ...numbered])
      expect(slugs.every((slug) => slug.length <= 24)).to.equal(true)
    })

    it('has room for its number in the limit also where numbers become longer', async () => {
      const title = 'The quick brown fox jumps over the lazy dog'
      await articles().insert(Array.from({ length: 105 }, () => articles().create({ title, sectionId: null })))
      const numbers = [9, 10, 11, 99, 100, 101].map((number) => `the-quick-brown-fox-${number}`)
      const slugs = (await articles().find()).map(({ slug }) => slug)
      expect(slugs).to.include.members(numbers.filter((slug) => slug.length <= 24))
      expect(new Set(slugs).size).to.equal(105)
      expect(slugs.every((slug) => slug.length <= 24 && /^the-quick-brown(-fox)?(-\d+)?$/.test(slug))).to.equal(true)
      expect((await article(title)).slug).to.match(/-106$/)
    })

    it('is never given a number that another had, also when that one is gone for good', async () => {
      await note('Hello')
      const [second, third] = [await note('Hello'), await note('Hello')]
      await notes().purge([second.id, third.id])
      expect((await note('Hello')).slug).to.equal('hello-4')
      const fourth = await note('Hello')
      await notes().delete(fourth.id)
      expect((await note('Hello')).slug).to.equal('hello-6')
    })

    it('gets no reserved slug, however it is written', async () => {
      expect((await article('New!')).slug).to.equal('new-2')
      expect((await article('EDIT')).slug).to.equal('edit-3')
      expect(await failure(article('Free', { slug: ' Edit ' }))).to.include({
        errorCode: 'SLUG_RESERVED',
        statusCode: 400,
      })
    })

    it('takes its id where the title names nothing, or is refused', async () => {
      const row = await article('---')
      expect(row.slug).to.equal(row.id.slice(-8))
      expect((await note('!!!')).slug).to.match(/^[a-z0-9]{8}$/)
      const refused = failure(team.run('a', () => pages().insert({ id: 1, name: '…' })))
      expect(await refused).to.include({ errorCode: 'SLUG_EMPTY', statusCode: 400 })
    })

    it('takes a slug given by hand, written as slugs are, or is a conflict', async () => {
      expect((await article('Any', { slug: ' My Own Slug ' })).slug).to.equal('my-own-slug')
      expect(await failure(article('Other', { slug: 'my-own-slug' }))).to.deep.include(taken('my-own-slug'))
      expect(await failure(article('Other', { slug: '--' }))).to.include({ errorCode: 'SLUG_EMPTY' })
      expect(await articles().count()).to.equal(1)
    })
  })

  describe('many rows at once', () => {
    it('have distinct slugs in their order', async () => {
      await article('Same')
      const rows = ['Same', 'Other', 'same!', 'Same'].map((title) => articles().create({ title, sectionId: null }))
      await articles().insert(rows)
      expect(rows.map(({ slug }) => slug)).to.deep.equal(['same-2', 'other', 'same-3', 'same-4'])
      const saved = await notes().save(['A', 'A', 'A'].map((title) => notes().create({ title })))
      expect(saved.map(({ slug }) => slug)).to.deep.equal(['a', 'a-2', 'a-3'])
    })

    it('that are given one title have distinct slugs too', async () => {
      for (const title of ['A', 'B', 'C']) await note(title)
      await notes().createQueryBuilder().update().set({ title: 'Same' }).execute()
      expect((await notes().find()).map(({ slug }) => slug)).to.have.members(['same', 'same-2', 'same-3'])
    })

    it('cannot be given one slug by hand', async () => {
      for (const title of ['A', 'B']) await note(title)
      const write = notes().createQueryBuilder().update().set({ slug: 'same' }).execute()
      expect(await failure(write)).to.deep.include(taken('same'))
      expect((await notes().find()).map(({ slug }) => slug)).to.have.members(['a', 'b'])
    })

    it('cost as many statements each, whether ten or four hundred have the slug', async () => {
      const cost = async () => {
        const before = statements
        await note('Equal')
        return statements - before
      }
      let statements = 0
      const logger = dataSource.logger
      Object.assign(dataSource, { logger: { ...logger, logQuery: () => void statements++ } })
      try {
        const insertMany = (count: number) =>
          notes().insert(Array.from({ length: count }, () => notes().create({ title: 'Equal' })))
        await insertMany(9)
        const tenth = await cost()
        await insertMany(389)
        expect(await cost())
          .to.equal(tenth)
          .and.above(3)
      } finally {
        Object.assign(dataSource, { logger })
      }
      expect(await notes().countBy({ slug: 'equal-400' })).to.equal(1)
    })
  })

  describe('a row that changes', () => {
    it('keeps its slug when its title changes', async () => {
      const row = await article('Foo')
      await articles().update(row.id, { title: 'Bar' })
      expect(await slugOf(row)).to.equal('foo')
      await articles().save({ id: row.id, title: 'Baz' })
      expect(await slugOf(row)).to.equal('foo')
    })

    it('has another slug where slugs follow titles, unless the title is written the same', async () => {
      const row = await note('Foo')
      await notes().update(row.id, { title: 'Foo Bar' })
      expect(await noteSlug(row)).to.equal('foo-bar')
      await notes().update(row.id, { title: 'FOO, bar!' })
      expect(await noteSlug(row)).to.equal('foo-bar')
      const saved = await notes().save(Object.assign(await notes().findOneByOrFail({ id: row.id }), { title: 'Quux' }))
      expect(saved.slug).to.equal('quux')
    })

    it('keeps it where it was loaded without its title', async () => {
      const row = await note('Foo')
      const part = await notes().findOneOrFail({ where: { id: row.id }, select: { id: true, views: true } })
      await notes().save(Object.assign(part, { views: 7 }))
      expect(await notes().findOneByOrFail({ id: row.id })).to.include({ slug: 'foo', views: 7, title: 'Foo' })
    })

    it('takes a slug by hand, or is a conflict', async () => {
      const [foo, bar] = [await article('Foo'), await article('Bar')]
      await articles().update(foo.id, { slug: 'Better Foo' })
      expect(await slugOf(foo)).to.equal('better-foo')
      expect(await failure(articles().update(bar.id, { slug: 'better-foo' }))).to.deep.include(taken('better-foo'))
      const saved = articles().save(Object.assign(bar, { slug: 'Better foo' }))
      expect(await failure(saved)).to.deep.include(taken('better-foo'))
      expect(await slugOf(bar)).to.equal('bar')
    })

    it('is given a made slug again when its own is taken away', async () => {
      const row = await article('Foo', { slug: 'special' })
      await articles().update(row.id, { slug: '' })
      expect(await slugOf(row)).to.equal('foo')
      const second = await article('Foo')
      await articles().update(second.id, { slug: null as never })
      expect(await slugOf(second)).to.equal('foo-2')
    })

    it('keeps its slug in another group, or gets a number there, or is a conflict by hand', async () => {
      await article('Foo', { sectionId: 2 })
      await article('Any', { sectionId: 2, slug: 'special' })
      const [foo, bar, own] = [
        await article('Foo', { sectionId: 1 }),
        await article('Bar', { sectionId: 1 }),
        await article('Own', { sectionId: 1, slug: 'special' }),
      ]
      for (const { id } of [foo, bar]) await articles().update(id, { sectionId: 2 })
      expect([await slugOf(foo), await slugOf(bar)]).to.deep.equal(['foo-2', 'bar'])
      expect(await failure(articles().update(own.id, { sectionId: 2 }))).to.deep.include(taken('special'))
      expect((await articles().findOneByOrFail({ id: own.id })).sectionId).to.equal(1)
    })
  })

  describe('a row that is deleted', () => {
    it('frees its slug, and takes it back', async () => {
      const row = await article('Foo')
      await articles().delete(row.id)
      const other = await article('Foo')
      expect(other.slug).to.equal('foo')
      expect(await failure(articles().restore(row.id))).to.deep.include(taken('foo'))
      await articles().delete(other.id)
      await articles().restore(row.id)
      expect(await slugOf(row)).to.equal('foo')
    })

    it('is not restored together with one of the same slug', async () => {
      const ids = []
      for (let copy = 0; copy < 2; copy++) {
        const { id } = await article('Foo')
        ids.push(id)
        await articles().delete(id)
      }
      expect(await failure(articles().restore(ids))).to.deep.include(taken('foo'))
      expect(await articles().count()).to.equal(0)
    })

    it('is made a slug when it is restored without one', async () => {
      const row = await article('Foo')
      await articles().delete(row.id)
      await article('Foo')
      await articles().withDeleted().update(row.id, { slug: '' })
      await articles().restore(row.id)
      expect(await slugOf(row)).to.equal('foo-2')
    })
  })

  describe('a slug that was given up', () => {
    it('stays reserved for its row, which may return to it', async () => {
      const row = await note('Foo')
      await notes().update(row.id, { title: 'Bar' })
      expect((await note('Foo')).slug).to.equal('foo-2')
      expect(await failure(note('Other', 'foo'))).to.deep.include(taken('foo'))
      await notes().update(row.id, { title: 'foo' })
      expect(await noteSlug(row)).to.equal('foo')
      expect((await note('Bar')).slug).to.equal('bar-2')
    })

    it('finds its row', async () => {
      const row = await note('Foo')
      for (const title of ['Bar', 'Baz']) await notes().update(row.id, { title })
      expect(await found('baz')).to.deep.equal([row.id, 'baz', true])
      expect(await found('foo')).to.deep.equal([row.id, 'baz', false])
      expect(await found('bar')).to.deep.equal([row.id, 'baz', false])
      await notes().delete(row.id)
      expect([await found('baz'), await found('foo')]).to.deep.equal([null, null])
      await notes().restore(row.id)
      expect(await found('foo')).to.deep.equal([row.id, 'baz', false])
    })

    it('is free once its row is removed, also while hidden', async () => {
      for (const hidden of [false, true]) {
        const row = await note('Foo')
        await notes().update(row.id, { title: 'Bar' })
        if (hidden) await notes().delete(row.id)
        await notes().purge(row.id)
        expect(await notes().companion('slug_history').count()).to.equal(0)
      }
      expect((await note('Foo')).slug).to.equal('foo')
    })

    it('is left behind in the group where it was', async () => {
      const row = await article('Foo', { sectionId: 1 })
      await articles().update(row.id, { sectionId: 2 })
      expect((await findBySlug(articles(), 'foo', { sectionId: 1 }))?.canonical).to.equal(false)
      expect((await findBySlug(articles(), 'foo', { sectionId: 2 }))?.canonical).to.equal(true)
      expect((await article('Foo', { sectionId: 1 })).slug).to.equal('foo-2')
    })

    it('is forgotten where nobody asked for memory', async () => {
      const row = await labels().save({ name: 'Foo' })
      await labels().update(row.id, { slug: 'bar' })
      expect(await findBySlug(labels(), 'foo')).to.equal(null)
      expect((await labels().save({ name: 'Foo' })).slug).to.equal('foo')
    })
  })

  describe('a search by slug', () => {
    it('takes no id, and no text that is none', async () => {
      const row = await note('Foo')
      for (const text of [String(row.id), '', 'Foo', 'foo ', 'f_o', 'f%', '\0', '\ud800', 'x'.repeat(5000)]) {
        expect(await found(text), JSON.stringify(text)).to.equal(null)
      }
    })

    it('asks for the group', async () => {
      const error = await failure(findBySlug(articles(), 'foo'))
      expect(error).to.be.instanceOf(UsageError).with.property('message').that.includes('sectionId')
    })
  })

  describe('with other traits', () => {
    it('gives a slug when a row is first published', async () => {
      await team.run('a', async () => {
        await pages().insert({ id: 1, name: 'Home Page', draft: true })
        await pages().insert({ id: 2, name: 'Other', draft: true, slug: 'Home Page' })
        const hidden = await pages()
          .unscoped('published')
          .find({ order: { id: 'ASC' } })
        expect(hidden.map(({ slug }) => slug)).to.deep.equal(['', 'home_page'])
        await pages().publish(1)
        expect(await pages().findOneByOrFail({ id: 1 })).to.include({ slug: 'home_page' })
        expect(await failure(pages().publish(2))).to.deep.include(taken('home_page'))
      })
    })

    it('keeps what locked scopes keep apart', async () => {
      for (const [index, name] of ['a', 'b', 'A'].entries()) {
        await team.run(name, () => pages().insert({ id: index + 1, name: 'Home' }))
      }
      await team.run('a', () => pages().update(1, { slug: 'start' }))
      const seen = []
      for (const name of ['a', 'b', 'A']) {
        const answer = await team.run(name, () => findBySlug(pages(), 'home'))
        seen.push([answer?.row.id, answer?.canonical])
      }
      expect(seen).to.deep.equal([
        [1, false],
        [2, true],
        [3, true],
      ])
    })

    it('keeps slugs distinct in a table that entities share', async () => {
      const [posters, films] = [dataSource.getRepository(Poster), dataSource.getRepository(Film)]
      const first = await posters.save({ name: 'Alien' })
      expect((await films.save({ name: 'Alien' })).slug).to.equal('alien-2')
      await posters.update(first.id, { slug: 'alien-poster' })
      expect((await films.save({ name: 'Alien' })).slug).to.equal('alien-3')
      expect(await findBySlug(posters, 'alien')).to.deep.include({ canonical: false })
      expect(await findBySlug(films, 'alien')).to.equal(null)
      expect((await findBySlug(dataSource.getRepository(Work), 'alien-2'))?.row).to.be.instanceOf(Film)
    })

    it('tells letters of every script apart', async () => {
      await team.run('a', async () => {
        const slugs = []
        for (const [index, name] of ['Cafe', 'Café', 'café!', '東京 都', '東京 都'].entries()) {
          const row = pages().create({ id: index, name })
          await pages().insert(row)
          slugs.push(row.slug)
        }
        expect(slugs).to.deep.equal(['cafe', 'café', 'café_2', '東京_都', '東京_都_2'])
      })
    })
  })

  it('has a schema that a second synchronization leaves as it is', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).to.deep.equal([])
  })
})
