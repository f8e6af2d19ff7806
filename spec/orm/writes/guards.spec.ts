import { expect } from 'chai'
import { ConflictError, type ModelDataSource, type ModelRepository, ValidationError } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { Book, Drawer, failure, type Library, openLibrary, stored } from './library.js'

/** How many of the writes won; every other one must have lost to them. */
async function winners(writes: readonly Promise<unknown>[]): Promise<number> {
  const outcomes = await Promise.allSettled(writes)
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue
    expect(outcome.reason).to.be.instanceOf(ConflictError).with.property('errorCode', 'STALE')
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}

describeOnEngines('Guards of writes', (engine) => {
  let library: Library
  let dataSource: ModelDataSource
  let books: ModelRepository<Book>

  before(async () => {
    library = await openLibrary(engine)
    dataSource = library.dataSource
    books = dataSource.getRepository(Book)
  })
  after(() => library?.close())
  beforeEach(async () => {
    await dataSource.query('DELETE FROM book')
    await dataSource.query('DELETE FROM drawer')
  })

  const numbers = [0, 1, 2, 3, 4, 5, 6, 7]
  const book = (title = 'old') => books.save(books.create({ title }))

  it('let one of eight saves of the same row win', async () => {
    const { id } = await book()
    const loaded = await Promise.all(numbers.map(() => books.findOneByOrFail({ id })))
    const saves = loaded.map((entity, number) => books.save(Object.assign(entity, { title: `by ${number}` })))
    expect(await winners(saves)).to.equal(1)
    const { version, title } = await books.findOneByOrFail({ id })
    const winner = loaded.find((entity) => entity.version === 2)
    expect([version, title]).to.deep.equal([2, winner?.title])
    // An entity that lost is as its caller made it, so saving it again is refused again.
    expect(loaded.filter((entity) => entity.version === 1)).to.have.length(7)
    const loser = loaded.find((entity) => entity.version === 1)!
    expect(await failure(books.save(loser))).to.have.property('errorCode', 'STALE')
  })

  it('let one of eight updates from the same version win', async () => {
    const { id } = await book()
    const updates = numbers.map((number) => books.update({ id }, { title: `by ${number}`, version: 1 }))
    expect(await winners(updates)).to.equal(1)
    expect(await books.findOneByOrFail({ id })).to.have.property('version', 2)
  })

  it('let every update count that does not depend on a version', async () => {
    const { id } = await book()
    await Promise.all(numbers.map(() => books.increment({ id }, 'pages', 1)))
    expect(await books.findOneByOrFail({ id })).to.include({ pages: 8, version: 9 })
  })

  it('refuse to save what others have changed since it was loaded', async () => {
    const { id } = await book()
    const mine = await books.findOneByOrFail({ id })
    await books.update(id, { title: 'theirs' })
    const error = await failure(books.save(Object.assign(mine, { title: 'mine' })))
    expect(error).to.be.instanceOf(ConflictError).with.property('errorCode', 'STALE')
    expect(await books.findOneByOrFail({ id })).to.include({ title: 'theirs', version: 2 })
  })

  it('refuse to save what is no longer there', async () => {
    const entity = await book()
    const other = await books.findOneByOrFail({ id: entity.id })
    const removed = dataSource.atomic(async () => {
      Object.assign(other, { title: 'new' })
      const { subscribers } = dataSource
      subscribers.push({
        beforeUpdate: () => {
          subscribers.pop()
          return dataSource.query(`DELETE FROM book`)
        },
      })
      await books.save(other)
    })
    expect(await failure(removed)).to.have.property('errorCode', 'STALE')
  })

  it('undo all rows of an update of which one is stale', async () => {
    const [one, two] = [await book('one'), await book('two')]
    await books.update(two.id, { pages: 1 })
    const error = await failure(books.update([one.id, two.id], { title: 'both', version: 1 }))
    expect(error).to.have.property('errorCode', 'STALE')
    await dataSource.atomic(async () => {
      await failure(books.update([one.id, two.id], { title: 'both', version: 1 }))
      await book('three')
    })
    expect((await stored(dataSource, 'book', 'title')).map(({ title }) => title)).to.deep.equal(['one', 'three', 'two'])
  })

  it('of deletes may refuse a row, and then none is removed', async () => {
    const drawers = dataSource.getRepository(Drawer)
    await drawers.insert([{ id: 1 }, { id: 2, locked: true }, { id: 3 }])
    expect(await failure(drawers.delete([1, 2]))).to.have.property('errorCode', 'LOCKED')
    expect(await failure(drawers.remove(await drawers.findOneByOrFail({ id: 2 })))).to.have.property(
      'errorCode',
      'LOCKED',
    )
    expect(await drawers.count()).to.equal(3)
    expect(await drawers.delete([1])).to.have.property('affected', 1)
    await drawers.remove(await drawers.findOneByOrFail({ id: 3 }))
    expect((await drawers.find()).map(({ id }) => id)).to.deep.equal([2])
  })

  describe('of columns that never change', () => {
    const earlier = new Date(0)
    const ways: Readonly<Record<string, (entity: Book) => Promise<unknown>>> = {
      save: (entity) => books.save(Object.assign(entity, { createdAt: earlier })),
      'save of other changes too': (entity) => books.save(Object.assign(entity, { createdAt: earlier, title: 'new' })),
      'save without listeners': (entity) => books.save({ id: entity.id, createdAt: earlier }, { listeners: false }),
      update: ({ id }) => books.update(id, { createdAt: earlier, title: 'new' }),
      'a builder': ({ id }) => books.createQueryBuilder().update().set({ createdAt: earlier }).whereInIds(id).execute(),
    }
    for (const [way, write] of Object.entries(ways)) {
      it(`refuse ${way}`, async () => {
        const entity = await book()
        const error = await failure(write(await books.findOneByOrFail({ id: entity.id })))
        expect(error).to.be.instanceOf(ValidationError)
        expect(error).to.deep.include({
          errorCode: 'IMMUTABLE',
          errors: [{ pointer: '#/createdAt', code: 'immutable', message: 'cannot be changed' }],
        })
        expect(await books.findOneByOrFail({ id: entity.id })).to.deep.include({
          createdAt: entity.createdAt,
          title: 'old',
        })
      })
    }

    it('refuse another id', async () => {
      const { id } = await book()
      const other = '018f3c2e-7d1a-7cc0-8000-000000000001'
      expect(await failure(books.update(id, { id: other }))).to.have.property('errorCode', 'IMMUTABLE')
    })
  })
})
