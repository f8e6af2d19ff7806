import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import {
  findByIdOrSlug,
  findBySlug,
  reslugAll,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  slugWithId,
  type UuidIdentified,
  UuidPk,
  withNumberedSlugs,
} from '../../decorators/index.js'
import { type Adds, createDataSource, type ModelDataSource, type RowData, UsageError } from '../../src/index.js'
import { expectQueries } from '../../testing/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

/** Has candidates, and a slug that comes back. */
@Entity()
@SoftDelete()
@Sluggable({
  from: 'title',
  candidates: [
    'subtitle',
    ['title', 'year'],
    ({ code }: RowData) => (typeof code === 'string' ? `code ${code}` : null),
  ],
  reserved: ['new', 'edit', 'New 2001'],
})
class Essay {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 120 })
  title!: string

  @Column({ type: 'varchar', length: 120, nullable: true })
  subtitle!: string | null

  @Column({ type: 'int', default: 2001 })
  year!: number

  @Column({ type: 'varchar', length: 20, nullable: true })
  code!: string | null
}
interface Essay extends SoftDeletable, Slugged {}

const ShortSlug = Sluggable.as('shortSlug')

/** Has two slugs: one that follows its title and is remembered for a month, and a short one in each section. */
@Entity()
@UuidPk()
@Sluggable({ from: 'title', onUpdate: 'regenerate', onTaken: 'number', history: { days: 30 } })
@ShortSlug({ from: 'short', within: ['section'], maxLength: 16 })
class Guide {
  @Column({ type: 'varchar', length: 120 })
  title!: string

  @Column({ type: 'varchar', length: 120, default: 'x' })
  short!: string

  @Column({ type: 'int', default: 0 })
  section!: number
}
interface Guide extends UuidIdentified, Slugged, Adds<typeof ShortSlug> {}

/** Must not be called as a route is, remembers no slugs, and is found by its id behind one. */
@Entity()
@Sluggable({ from: 'title', reserved: ['new'], onReserved: 'error', history: false, idSuffix: true })
class Strict {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 120 })
  title!: string
}
interface Strict extends Slugged {}

const taken = (slug: string) => ({ errorCode: 'SLUG_TAKEN', statusCode: 409, details: { slug } })
const day = 86_400_000

describeOnEngines('Options of Sluggable', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let now = Date.UTC(2030, 0)
  const essays = () => dataSource.getRepository(Essay)
  const guides = () => dataSource.getRepository(Guide)
  const strict = () => dataSource.getRepository(Strict)
  const strictBySlug = async (text: string) => {
    const answer = await findBySlug(strict(), text)
    return answer && [answer.row.id, answer.canonical]
  }
  const slugs = async () => (await guides().find({ order: { id: 'ASC' } })).map(({ slug }) => slug)

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Essay, Guide, Strict],
      clock: { now: () => new Date(now) },
      synchronize: true,
    }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const tablePath of new Set(dataSource.entityMetadatas.map((table) => table.tablePath))) {
      await dataSource.query(`DELETE FROM ${dataSource.driver.escape(tablePath)}`)
    }
  })

  const essay = async (values: Partial<Essay>) => {
    const row = essays().create(values)
    await essays().insert(row)
    return row
  }
  const costOf = async (values: Partial<Essay>) => {
    let statements = 0
    const stop = dataSource.onStatement(() => {
      statements += 1
    })
    await essay(values)
    stop()
    return statements
  }
  const guide = async (values: Partial<Guide>) => {
    const row = guides().create(values)
    await guides().insert(row)
    return row
  }

  describe('candidates', () => {
    it('are tried in their order before a slug is numbered', async () => {
      const made = []
      for (let copy = 0; copy < 6; copy += 1) {
        made.push((await essay({ title: 'Hello', subtitle: 'To you', code: 'X1' })).slug)
      }
      expect(made).to.deep.equal(['hello', 'to-you', 'hello-2001', 'code-x1', 'hello-2', 'hello-3'])
    })

    it('of rows that are inserted at once are tried in their order too', async () => {
      const rows = Array.from({ length: 5 }, () => essays().create({ title: 'Hello', subtitle: 'To you' }))
      await essays().insert(rows)
      expect(rows.map(({ slug }) => slug)).to.deep.equal(['hello', 'to-you', 'hello-2001', 'hello-2', 'hello-3'])
    })

    it('that are all reserved are a mistake; one that is free is taken', async () => {
      const refused = failure(essay({ title: 'New', subtitle: 'Edit!' }))
      expect(await refused).to.include({ errorCode: 'SLUG_RESERVED', statusCode: 400 })
      expect(await essays().count()).to.equal(0)
      expect((await essay({ title: 'New', subtitle: 'Edit!', year: 1999 })).slug).to.equal('new-1999')
      expect((await essay({ title: 'New', subtitle: 'Edit!', year: 1999 })).slug).to.equal('new-1999-2')
    })

    it('name a row whose title names nothing', async () => {
      expect((await essay({ title: '---', subtitle: 'Something', year: 0 })).slug).to.equal('something')
    })

    it('may be left out: then a reserved title is numbered, or refused where that was asked for', async () => {
      expect(await failure(strict().insert({ title: 'NEW' }))).to.include({ errorCode: 'SLUG_RESERVED' })
      await strict().insert({ title: 'New one' })
      expect((await strict().find()).map(({ slug }) => slug)).to.deep.equal(['new-one'])
    })
  })

  describe('several slugs', () => {
    it('are each unique by itself', async () => {
      const [one, two, three] = [
        await guide({ title: 'Hello', short: 'Hello', section: 1 }),
        await guide({ title: 'Hello', short: 'Hello', section: 2 }),
        await guide({ title: 'Hello', short: 'Hello', section: 1 }),
      ]
      expect([one, two, three].map(({ slug, shortSlug }) => [slug, shortSlug])).to.deep.equal([
        ['hello', 'hello'],
        ['hello-2', 'hello'],
        ['hello-3', 'hello-2'],
      ])
      await guides().update(one.id, { title: 'Bye', short: 'Bye' })
      expect(await guides().findOneByOrFail({ id: one.id })).to.include({ slug: 'bye', shortSlug: 'hello' })
      await guides().update(one.id, { shortSlug: 'Ciao' })
      const found = async (slug: string) => {
        const answer = await findBySlug(guides(), slug, { section: 1 }, ShortSlug)
        return answer && [answer.row.id, answer.canonical]
      }
      expect([await found('ciao'), await found('hello'), await found('bye')]).to.deep.equal([
        [one.id, true],
        [one.id, false],
        null,
      ])
      expect((await findBySlug(guides(), 'hello'))?.row.slug).to.equal('bye')
      const tables = ['slug_history', 'slug_history_short_slug']
      expect(await Promise.all(tables.map((name) => guides().companion(name).count()))).to.deep.equal([1, 1])
    })

    it('have options of their own', async () => {
      await guide({ title: 'One', short: 'One' })
      const numbered = await guide({ title: 'Two', short: 'Two', slug: 'ONE' })
      expect(numbered.slug).to.equal('one-2')
      expect(await failure(guides().update(numbered.id, { shortSlug: 'one' }))).to.deep.include(taken('one'))
      await guides().update(numbered.id, { slug: 'One' })
      expect((await guides().findOneByOrFail({ id: numbered.id })).slug).to.equal('one-2')
    })

    it('are distinct under many writers', async () => {
      await Promise.all(
        Array.from({ length: 40 }, (_, number) =>
          guide({ title: `Hello ${number % 2}`, short: 'Hi', section: number % 3 }),
        ),
      )
      const rows = await guides().find()
      expect(new Set(rows.map(({ slug }) => slug)).size).to.equal(40)
      expect(new Set(rows.map(({ section, shortSlug }) => `${section} ${shortSlug}`)).size).to.equal(40)
    })

    it('that a class does not have are a mistake of the program', async () => {
      const asked = findBySlug(guides(), 'x', {}, Sluggable.as('shortSlug'))
      expect(await failure(asked))
        .to.have.property('message')
        .that.includes('section')
      const other = findBySlug(essays(), 'x', {}, Sluggable.as('title'))
      expect(await failure(other))
        .to.have.property('message')
        .that.includes("lacks Sluggable.as('title')")
    })
  })

  it('remembers slugs for some days', async () => {
    const row = await guide({ title: 'Foo' })
    await guides().update(row.id, { title: 'Bar' })
    now += 29 * day
    expect((await findBySlug(guides(), 'foo'))?.row.id).to.equal(row.id)
    expect((await guide({ title: 'Foo' })).slug).to.equal('foo-2')
    now += 2 * day
    expect(await findBySlug(guides(), 'foo')).to.equal(null)
    expect((await guide({ title: 'Foo' })).slug).to.equal('foo')
    await guides().update(row.id, { title: 'Baz' })
    now += 31 * day
    await guides().update(row.id, { title: 'Quux' })
    const entries = await guides().companion('slug_history').find()
    expect(entries.map(({ slug }) => slug as unknown)).to.deep.equal(['baz'])
  })

  describe('a text that is an id or a slug', () => {
    it('is an id where it is well-formed', async () => {
      const row = await guide({ title: 'Foo' })
      await guides().update(row.id, { title: 'Bar' })
      const found = async (text: string) => {
        const answer = await findByIdOrSlug(guides(), text)
        return answer && [answer.row.id, answer.canonical, answer.by]
      }
      expect(await found(row.id)).to.deep.equal([row.id, false, 'id'])
      expect(await found(row.id.toUpperCase())).to.deep.equal([row.id, false, 'id'])
      expect(await found('bar')).to.deep.equal([row.id, true, 'slug'])
      expect(await found('foo')).to.deep.equal([row.id, false, 'slug'])
      for (const text of [
        '00000000-0000-4000-8000-000000000000',
        `{${row.id}}`,
        row.id.replaceAll('-', ''),
        '',
        '\0',
      ]) {
        expect(await found(text), text).to.equal(null)
      }
      await expectQueries(dataSource, () => found('bar'), 1)
    })

    it('is the id of a row before it is the slug of another', async () => {
      const [first] = [await essay({ title: 'One' })]
      await essay({ title: String(first.id) })
      await essay({ title: '007' })
      const found = async (text: string) => {
        const answer = await findByIdOrSlug(essays(), text)
        return answer && [answer.row.title, answer.by]
      }
      expect(await found(String(first.id))).to.deep.equal(['One', 'id'])
      expect(await found('007')).to.deep.equal(['007', 'slug'])
      expect(await found('99999999999999999999')).to.equal(null)
      await essays().delete(first.id)
      expect(await found(String(first.id))).to.deep.equal([String(first.id), 'slug'])
    })
  })

  describe('a slug with an id behind it', () => {
    it('finds its row whatever its slug was, without any memory', async () => {
      const [row] = await strict().save([strict().create({ title: 'Hello' }), strict().create({ title: 'Other' })])
      const { id } = row!
      const address = slugWithId(strict(), row!)
      expect(address).to.equal(`hello--${id}`)
      await strict().update(id, { slug: 'bye' })
      expect([await strictBySlug('hello'), await strictBySlug(address)]).to.deep.equal([null, [id, false]])
      for (const text of [`bye--${id}`, `Any Thing--${id}`])
        expect(await strictBySlug(text), text).to.deep.equal([id, false])
      const either = await findByIdOrSlug(strict(), address)
      expect(either && [either.row.id, either.canonical, either.by]).to.deep.equal([id, false, 'slug'])
      await expectQueries(dataSource, () => strictBySlug(address), 1)
      for (const text of [`--${id}`, 'hello--', 'hello--0', 'hello--01', `hello--${id}.0`, `hello--${id}--${id}`]) {
        expect(await strictBySlug(text), text).to.equal(null)
      }
      await strict().delete(id)
      expect(await strictBySlug(address)).to.equal(null)
    })

    it('is never the number of another', async () => {
      const rows = await strict().save(Array.from({ length: 3 }, () => strict().create({ title: 'Hello' })))
      // A slug that ends in the id of another row.
      const ids = rows.map(({ id }) => id)
      await strict().update(ids[1]!, { slug: `hello ${ids[0]}` })
      expect(await strictBySlug(`hello-${ids[0]}`)).to.deep.equal([ids[1], true])
      await strict().delete(ids[1]!)
      expect(await strictBySlug(`hello-${ids[0]}`)).to.equal(null)
      expect(await strictBySlug(`hello--${ids[0]}`)).to.deep.equal([ids[0], false])
    })

    it('is nothing where that was not asked for', async () => {
      const row = await guide({ title: 'Foo' })
      expect(await findBySlug(guides(), `foo--${row.id}`)).to.equal(null)
      expect(() => slugWithId(guides(), row)).to.throw(UsageError, 'idSuffix: true')
      expect(() => slugWithId(guides(), row, ShortSlug)).to.throw(UsageError, '"shortSlug"')
    })
  })

  describe('slugs that are made anew', () => {
    it('are those that were not made from the present text', async () => {
      const [a, b, c] = [
        await guide({ title: 'A', short: 'One' }),
        await guide({ title: 'B', short: 'One' }),
        await guide({ title: 'C', short: 'One' }),
      ]
      await guides().update([a.id, b.id], { short: 'Two' })
      const receipt = await guides().reslugShortSlug([a.id, b.id, c.id])
      expect(receipt.affected).to.equal(2)
      const rows = await guides().find({ order: { title: 'ASC' } })
      expect(rows.map(({ shortSlug }) => shortSlug)).to.have.members(['two', 'two-2', 'one-3'])
      expect((await findBySlug(guides(), 'one', { section: 0 }, ShortSlug))?.row.id).to.equal(a.id)
      await guides().reslug(a.id)
      expect(await slugs()).to.have.members(['a', 'b', 'c'])
    })

    it('of a whole entity are made in chunks, while others write', async () => {
      await guides().insert(Array.from({ length: 60 }, () => guides().create({ title: 'T', short: 'Old' })))
      await guides().createQueryBuilder().update().set({ short: 'New' }).execute()
      const [written] = await Promise.all([
        reslugAll(guides(), { slugs: ShortSlug, chunk: 7 }),
        ...Array.from({ length: 10 }, () => guide({ title: 'T', short: 'New' })),
      ])
      expect(written).to.equal(60)
      const rows = await guides().find()
      const made = rows.map(({ shortSlug }) => shortSlug)
      expect(made).to.have.members(['new', ...Array.from({ length: 69 }, (_, index) => `new-${index + 2}`)])
      expect(await reslugAll(guides(), { slugs: ShortSlug })).to.equal(0)
      expect(await reslugAll(guides())).to.equal(0)
    })
  })

  it('numbers what comes back where that was asked for', async () => {
    const row = await essay({ title: 'Foo' })
    await essays().delete(row.id)
    await essay({ title: 'Foo' })
    expect(await failure(essays().restore(row.id))).to.deep.include(taken('foo'))
    await withNumberedSlugs(() => essays().restore(row.id))
    expect((await essays().findOneByOrFail({ id: row.id })).slug).to.equal('foo-2')
    const other = await essay({ title: 'Bar' })
    await withNumberedSlugs(() => essays().update(other.id, { slug: 'foo' }))
    expect((await essays().findOneByOrFail({ id: other.id })).slug).to.equal('foo-3')
  })

  describe('many rows', () => {
    it('cost statements by their titles, not by their number', async () => {
      const rows = (count: number) =>
        Array.from({ length: count }, (_, index) =>
          guides().create({ title: `Title ${'abcde'[index % 5]}`, short: 'Same' }),
        )
      await expectQueries(dataSource, () => guides().insert(rows(2000)), { atMost: 110 })
      const made = await guides().find()
      expect(new Set(made.map(({ slug }) => slug)).size).to.equal(2000)
      expect(made.filter(({ slug }) => slug === 'title-e-400')).to.have.length(1)
      expect(made.filter(({ shortSlug }) => shortSlug === 'same-2000')).to.have.length(1)
    })

    it('of one title do not make the next one dearer', async () => {
      const insertMany = (count: number) =>
        essays().insert(Array.from({ length: count }, () => essays().create({ title: 'Equal', year: 0 })))
      await insertMany(9)
      const tenth = await costOf({ title: 'Equal', year: 0 })
      await insertMany(3989)
      expect(await costOf({ title: 'Equal', year: 0 })).to.equal(tenth)
      expect(await essays().countBy({ slug: 'equal-3999' })).to.equal(1)
    })

    it('that no counter knows of are passed over quickly', async () => {
      await guides().insert(Array.from({ length: 300 }, () => guides().create({ title: 'Known' })))
      await dataSource.query(`DELETE FROM ${dataSource.driver.escape('plinth_counters')}`)
      const row = guides().create({ title: 'Known', section: 1 })
      await expectQueries(dataSource, () => guides().insert(row), { atMost: 40 })
      expect(row.slug).to.equal('known-301')
      expect((await guide({ title: 'Known', section: 2 })).slug).to.equal('known-302')
    })
  })

  it('has a schema that a second synchronization leaves as it is', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).to.deep.equal([])
  })
})
