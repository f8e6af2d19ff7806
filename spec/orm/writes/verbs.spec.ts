import { expect } from 'chai'
import { validate } from 'uuid'
import {
  ConflictError,
  type ModelDataSource,
  type ModelRepository,
  NotFoundError,
  ValidationError,
} from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { Book, Diary, failure, type Library, openLibrary, owner, Shelf, stored } from './library.js'

describeOnEngines('Verbs', (engine) => {
  let library: Library
  let dataSource: ModelDataSource
  let books: ModelRepository<Book>
  let shelves: ModelRepository<Shelf>

  before(async () => {
    library = await openLibrary(engine)
    dataSource = library.dataSource
    books = dataSource.getRepository(Book)
    shelves = dataSource.getRepository(Shelf)
  })
  after(() => library?.close())
  beforeEach(async () => {
    await dataSource.query('DELETE FROM book')
    await dataSource.query('DELETE FROM shelf')
    await dataSource.query('DELETE FROM diary')
    library.clock.tick()
  })

  const missing = '018f3c2e-7d1a-7cc0-8000-000000000001'

  async function shelved(...labels: readonly string[]): Promise<readonly string[]> {
    const saved = await shelves.save(labels.map((label) => shelves.create({ label })))
    return saved.map(({ id }) => id)
  }

  it('bring back what was deleted, and say what they did', async () => {
    const [id = ''] = await shelved('one')
    await shelves.delete(id)
    const restored = library.clock.tick()
    const receipt = await shelves.restore(id)
    expect(receipt.affected).to.equal(1)
    expect(validate(receipt.operation)).to.equal(true)
    expect(await shelves.findOneByOrFail({ id })).to.deep.include({
      deletedAt: null,
      deletionId: null,
      isDeleted: false,
      updatedAt: restored,
    })
  })

  it('refuse rows by what they are, and then write none', async () => {
    const [kept = '', gone = ''] = await shelved('kept', 'gone')
    await shelves.delete(gone)
    const error = await failure(shelves.restore([gone, kept]))
    expect(error).to.be.instanceOf(ConflictError).with.property('errorCode', 'NOT_DELETED')
    expect(await shelves.count()).to.equal(1)
  })

  it('remove rows for good, hidden or not', async () => {
    const [one = '', two = '', three = ''] = await shelved('one', 'two', 'three')
    await shelves.delete(two)
    expect(await shelves.purge([one, two])).to.have.property('affected', 2)
    expect((await shelves.withDeleted().find()).map(({ id }) => id)).to.deep.equal([three])
  })

  it('find every row they are given, or write none', async () => {
    const [one = '', two = ''] = await shelved('one', 'two')
    for (const ids of [missing, [one, missing], [one, 'no uuid', two], ['']]) {
      expect(await failure(shelves.purge(ids))).to.be.instanceOf(NotFoundError)
      expect(await failure(shelves.restore(ids))).to.be.instanceOf(NotFoundError)
    }
    expect(await shelves.count()).to.equal(2)
    expect(await failure(shelves.purge([])))
      .to.be.instanceOf(ValidationError)
      .with.property('errorCode', 'NO_IDS')
    expect(await shelves.purge([one, one.toUpperCase()])).to.have.property('affected', 1)
  })

  it('see only what the scopes show, unless they do without one', async () => {
    const { id } = await books.save(books.create({ title: 'hidden' }))
    await books.delete(id)
    expect(await failure(books.giveBack(id))).to.be.instanceOf(NotFoundError)
    expect(await books.withDeleted().giveBack(id)).to.have.property('affected', 1)
  })

  it('are given typed input, and share it with every row', async () => {
    const saved = await books.save(['a', 'b'].map((title) => books.create({ title })))
    const due = new Date('2024-06-01T00:00:00.000Z')
    await books.lend(
      saved.map(({ id }) => id),
      { to: 'Ann', due },
    )
    const rows = await books.find()
    expect(rows.map(({ lentTo, due, version }) => [lentTo, due, version])).to.deep.equal([
      ['Ann', due, 2],
      ['Ann', due, 2],
    ])
    expect(await failure(books.lend(saved[0]!.id, { to: 'Bob', due: null }))).to.have.property('errorCode', 'LENT')
  })

  it('refuse input that is missing, unknown, too long or no instant, naming each', async () => {
    const { id } = await books.save(books.create({ title: 'one' }))
    const refused = async (input: object) => {
      const error = await failure(books.lend(id, input as { to: string; due: null }))
      expect(error).to.be.instanceOf(ValidationError)
      return (error as ValidationError).errors.map(({ pointer, code }) => `${pointer} ${code}`)
    }
    expect(await refused({})).to.deep.equal(['#/to required'])
    expect(await refused({ to: 7, due: 'soon', by: 1 })).to.deep.equal([
      '#/by unknown',
      '#/to string',
      '#/due timestamp',
    ])
    expect(await refused({ to: 'x'.repeat(21) })).to.deep.equal(['#/to maxLength'])
    expect(await refused({ to: 'nul\0', due: new Date(Number.NaN) })).to.deep.equal([
      '#/to malformed',
      '#/due timestamp',
    ])
    const text = '2024-06-01T02:00:00+02:00' as unknown as Date
    await books.lend(id, { to: 'Ann', due: text })
    expect((await books.findOneByOrFail({ id })).due).to.deep.equal(new Date('2024-06-01T00:00:00.000Z'))
  })

  it('set what depends on the row, also of many at once', async () => {
    const saved = await books.save(Array.from({ length: 12 }, (_, number) => books.create({ title: `t${number}` })))
    await books.update({ title: 't3' }, { renewals: 5 })
    await books.renew(saved.map(({ id }) => id))
    const rows = await books.find()
    expect(
      rows.map(({ title, renewals }) => [title, renewals] as const).filter(([, times]) => times !== 1),
    ).to.deep.equal([['t3', 6]])
  })

  it('lose no call when eight run at once', async () => {
    const { id } = await books.save(books.create({ title: 'popular' }))
    await Promise.all(Array.from({ length: 8 }, () => books.renew(id)))
    expect(await books.findOneByOrFail({ id })).to.include({ renewals: 8, version: 9 })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, number) => books.lend(id, { to: `n${number}`, due: null })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
  })

  it('belong to the unit they are called in', async () => {
    const [id = ''] = await shelved('one')
    await failure(
      dataSource.atomic(async () => {
        await shelves.purge(id)
        throw new Error('undo')
      }),
    )
    await failure(
      dataSource.transaction(async (manager) => {
        await manager.getRepository(Shelf).purge(id)
        throw new Error('undo')
      }),
    )
    expect(await shelves.count()).to.equal(1)
  })

  it('of many rows stay under the limits of a statement', async () => {
    await shelves.insert(Array.from({ length: 1200 }, (_, number) => ({ label: `${number}` })))
    const ids = (await shelves.find({ select: { id: true } })).map(({ id }) => id)
    await shelves.deleteAll()
    expect(await shelves.restore(ids)).to.have.property('affected', 1200)
    expect(await shelves.purge(ids)).to.have.property('affected', 1200)
    expect(await stored(dataSource, 'shelf', 'label')).to.deep.equal([])
  })

  it('never reach rows outside of a locked scope', async () => {
    const diaries = dataSource.getRepository(Diary)
    await owner.run('ann', () => diaries.insert({ id: 1, text: 'mine' }))
    await owner.run('bob', async () => {
      expect(await failure(diaries.purge(1))).to.be.instanceOf(NotFoundError)
      expect(await failure(diaries.restore(1))).to.be.instanceOf(NotFoundError)
    })
    expect(await owner.run('ann', () => diaries.purge(1))).to.have.property('affected', 1)
  })
})
