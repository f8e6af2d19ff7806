import { expect } from 'chai'
import { type CommittedWrite, createDataSource, type ModelDataSource, ModelService, silentLogger } from 'plinth'
import {
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity } from 'typeorm'
import { RowExpectation } from '../../src/orm/writes/row-expectation.js'
import { type Database, describeOnEngines } from '../support/engines.js'

interface Page extends UuidIdentified, Timestamped, SoftDeletable {}
@Entity('unit_pages')
@UuidPk()
@Timestamps()
@SoftDelete()
class Page {
  @Column({ type: 'varchar', length: 40, unique: true }) name!: string
  @Column({ type: 'int', default: 0 }) words!: number
}

interface Post extends UuidIdentified, Slugged {}
@Entity('unit_posts')
@UuidPk()
@Sluggable({ from: 'title' })
class Post {
  @Column({ type: 'varchar', length: 40 }) title!: string
}

const binary = { sqlite: 'blob', postgres: 'bytea', mariadb: 'blob' } as const

class PageService extends ModelService(Page) {}
class PostService extends ModelService(Post) {}

describeOnEngines('What a service writes in a unit of work', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let pages: PageService
  let posts: PostService
  interface Drawing extends UuidIdentified {}
  @Entity('unit_drawings')
  @UuidPk()
  class Drawing {
    @Column({ type: binary[engine.name] as 'blob' }) bytes!: Buffer
  }
  class DrawingService extends ModelService(Drawing) {}
  let drawings: DrawingService
  let sent: string[] = []

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Page, Post, Drawing], synchronize: true })
    await dataSource.initialize()
    pages = new PageService({ dataSource, logger: silentLogger })
    posts = new PostService({ dataSource, logger: silentLogger })
    drawings = new DrawingService({ dataSource, logger: silentLogger })
    dataSource.onStatement(({ sql }) => sent.push(sql))
  })
  beforeEach(async () => {
    for (const entity of [Page, Post]) await dataSource.query(`DELETE FROM ${dataSource.getMetadata(entity).tableName}`)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  /** The first words of what work sends, in a unit that is there already. */
  const sentBy = (work: () => Promise<unknown>): Promise<readonly string[]> =>
    dataSource.atomic(async () => {
      await dataSource.query('SELECT 1')
      sent = []
      await work()
      return sent.map((sql) => sql.split(' ', 1)[0]!)
    })

  const page = async (name: string) => (await pages.create({ name })).unwrap()
  const stored = async () => {
    const rows = (await pages.list(pages.select().orderBy([{ property: 'name', direction: 'ASC' }]))).unwrap()
    return rows.map(({ name, words }) => [name, words])
  }

  const make = async () => (await posts.create({ title: 'Same' })).unwrap().slug
  /** Counts up, from what the row has while nobody else may write it. */
  const raise = async (id: string) => {
    const lock = engine.name === 'sqlite' ? {} : { lock: { mode: 'pessimistic_write' as const } }
    const { words } = await dataSource.getRepository(Page).findOneOrFail({ where: { id }, ...lock })
    ;(await pages.update(id, { words: words + 1 })).unwrap()
  }

  it('is one statement for a row, in a savepoint where a refusal would be the end of the unit', async () => {
    const saved = (...own: readonly string[]) => (engine.name === 'postgres' ? ['SAVEPOINT', ...own, 'RELEASE'] : own)
    const { id } = await page('first')
    expect(await sentBy(() => page('second'))).to.deep.equal(saved('INSERT'))
    const updated = engine.name === 'mariadb' ? ['SAVEPOINT', 'UPDATE', 'SELECT', 'RELEASE'] : saved('UPDATE')
    expect(await sentBy(async () => (await pages.update(id, { words: 3 })).unwrap())).to.deep.equal(updated)
    expect(await sentBy(async () => (await pages.delete(id)).unwrap())).to.deep.equal(saved('UPDATE'))
    expect(await stored()).to.deep.equal([['second', 0]])
  })

  it('answers the row as it is stored, in the instant of the unit', async () => {
    const [made, changed] = await dataSource.atomic(async () => {
      const one = await page('one')
      return [one, (await pages.update(one.id, { words: 5 })).unwrap(), dataSource.now()] as const
    })
    expect(changed).to.be.instanceOf(Page)
    expect(changed).to.deep.equal((await pages.get(made.id)).unwrap())
    expect(changed.updatedAt).to.deep.equal(made.createdAt)
  })

  it('is undone with the unit, and nobody is told of it', async () => {
    const { id } = await page('kept')
    const told: CommittedWrite[] = []
    const deaf = dataSource.events.onCommitted((write) => void told.push(write))
    const failing = dataSource.atomic(async () => {
      await page('lost')
      ;(await pages.update(id, { words: 9 })).unwrap()
      ;(await pages.delete(id)).unwrap()
      throw new RangeError('undone')
    })
    const error = await failing.catch((thrown: unknown) => thrown)
    deaf()
    expect(error).to.be.instanceOf(RangeError)
    expect(await stored()).to.deep.equal([['kept', 0]])
    expect(told).to.deep.equal([])
  })

  it('is told of once the unit is committed, in its order', async () => {
    const told: (readonly [string, unknown])[] = []
    const deaf = dataSource.events.onCommitted(({ kind, ids }) => void told.push([kind, ids]))
    const id = await dataSource.atomic(async () => {
      const made = await page('told')
      ;(await pages.update(made.id, { words: 1 })).unwrap()
      ;(await pages.delete(made.id)).unwrap()
      expect(told).to.deep.equal([])
      return made.id
    })
    deaf()
    expect(told).to.deep.equal([
      ['insert', [id]],
      ['update', [id]],
      ['delete', [id]],
    ])
  })

  it('may be refused without an end of the unit', async () => {
    const { id } = await page('taken')
    const other = await page('other')
    const codes = await dataSource.atomic(async () => {
      const refused = [
        await pages.create({ name: 'taken' }),
        await pages.update(other.id, { name: 'taken' }),
        await pages.update('00000000-0000-7000-8000-000000000000', { words: 1 }),
        await pages.delete('00000000-0000-7000-8000-000000000000'),
      ]
      ;(await pages.update(id, { words: 2 })).unwrap()
      await page('third')
      return refused.map((result) => result.success || result.errorCode)
    })
    expect(codes).to.deep.equal(['DUPLICATE', 'DUPLICATE', 'NOT_FOUND', 'NOT_FOUND'])
    expect(await stored()).to.deep.equal([
      ['other', 0],
      ['taken', 2],
      ['third', 0],
    ])
  })

  it('goes on behind refusals of statements that are prepared, and of those that are not', async () => {
    await page('taken')
    const { id } = await page('free')
    const refuse = async () => {
      const results = [await pages.update(id, { name: 'taken' }), await pages.create({ name: 'taken' })]
      return results.map((result) => result.success || result.errorCode)
    }
    const write = async (index: number) => {
      ;(await pages.update(id, { name: `free ${index}` })).unwrap()
      await page(`new ${index}`)
    }
    for (let index = 0; index < 3; index += 1) {
      const codes = await dataSource.atomic(async () => {
        const before = await refuse()
        await write(index)
        return [...before, ...(await refuse())]
      })
      expect(codes).to.deep.equal(['DUPLICATE', 'DUPLICATE', 'DUPLICATE', 'DUPLICATE'])
    }
    expect((await stored()).map(([name]) => name)).to.deep.equal(['free 2', 'new 0', 'new 1', 'new 2', 'taken'])
  })

  it('may hold what the driver writes in a way of its own', async () => {
    const made = await dataSource.atomic(async () => {
      const rows: Drawing[] = []
      for (const byte of [1, 2, 3]) rows.push((await drawings.create({ bytes: Buffer.from([0, byte, 0xff]) })).unwrap())
      for (const { id } of rows) (await drawings.update(id, { bytes: Buffer.from([7, 0]) })).unwrap()
      return rows
    })
    expect(made.map(({ bytes }) => [...bytes])).to.deep.equal([1, 2, 3].map((byte) => [0, byte, 0xff]))
    const rows = await dataSource.getRepository(Drawing).find()
    expect(rows.map(({ bytes }) => [...bytes])).to.deep.equal([1, 2, 3].map(() => [7, 0]))
  })

  it('is written as the unit expects the row to be', async () => {
    const row = await page('expected')
    const expected = () => new RowExpectation(dataSource, Page, row, { words: 0 })
    const written = (words: number) => dataSource.atomic(() => expected().run(() => pages.update(row.id, { words })))
    expect((await written(7)).success).to.equal(true)
    expect(await written(8)).to.include({ success: false, errorCode: 'STALE' })
    expect(await stored()).to.deep.equal([['expected', 7]])
  })

  it('looks at the row first where the unit is of another isolation', async () => {
    const { id } = await page('careful')
    sent = []
    await dataSource.atomic(async () => (await pages.update(id, { words: 4 })).unwrap(), { isolation: 'SERIALIZABLE' })
    expect(sent.filter((sql) => sql.startsWith('SELECT'))).to.have.length(2)
    expect(await stored()).to.deep.equal([['careful', 4]])
  })

  it('gives slugs of their own to rows that are made at the same time, in one unit and in several', async () => {
    const together = await dataSource.atomic(() => Promise.all([make(), make(), make()]))
    const apart = await Promise.all([1, 2, 3, 4].map(() => dataSource.atomic(async () => [await make(), await make()])))
    const slugs = [...together, ...apart.flat()]
    expect(new Set(slugs).size).to.equal(11)
    const rows = await dataSource.getRepository(Post).find()
    expect(rows.map(({ slug }) => slug).sort((a, b) => a.localeCompare(b))).to.deep.equal(
      slugs.sort((a, b) => a.localeCompare(b)),
    )
  })

  it('loses nothing where units write the same rows in other orders', async () => {
    const [a, b] = [await page('a'), await page('b')]
    const units = Array.from({ length: 6 }, (_, index) =>
      dataSource.atomic(
        async () => {
          for (const { id } of index % 2 === 0 ? [a, b] : [b, a]) await raise(id)
        },
        { retries: 20 },
      ),
    )
    await Promise.all(units)
    expect(await stored()).to.deep.equal([
      ['a', 6],
      ['b', 6],
    ])
  })
})
