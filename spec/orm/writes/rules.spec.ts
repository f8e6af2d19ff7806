import { expect } from 'chai'
import { validate, version } from 'uuid'
import type { ModelDataSource, ModelRepository } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { Book, type Library, openLibrary, Shelf, stored } from './library.js'

describeOnEngines('Write rules', (engine) => {
  let library: Library
  let dataSource: ModelDataSource
  let shelves: ModelRepository<Shelf>
  let books: ModelRepository<Book>

  before(async () => {
    library = await openLibrary(engine)
    dataSource = library.dataSource
    shelves = dataSource.getRepository(Shelf)
    books = dataSource.getRepository(Book)
  })
  after(() => library?.close())
  beforeEach(async () => {
    await dataSource.query('DELETE FROM book')
    await dataSource.query('DELETE FROM shelf')
    library.clock.tick()
  })

  const shelf = (label: string) => shelves.create({ label })
  const instants = async (label: string) => {
    const { createdAt, updatedAt } = await shelves.withDeleted().findOneByOrFail({ label })
    return [createdAt, updatedAt]
  }

  describe('fill every insert', () => {
    const ways: Readonly<Record<string, (labels: readonly string[]) => Promise<unknown>>> = {
      'save of one': (labels) => Promise.all(labels.map((label) => shelves.save(shelf(label)))),
      'save of several': (labels) => shelves.save(labels.map(shelf)),
      'save without listeners': (labels) => shelves.save(labels.map(shelf), { listeners: false }),
      'save without reload': (labels) => shelves.save(labels.map(shelf), { reload: false }),
      'save of a plain object': (labels) => shelves.save(labels.map((label) => ({ label }))),
      insert: (labels) => shelves.insert(labels.map((label) => ({ label }))),
      'manager.insert': (labels) =>
        dataSource.manager.insert(
          Shelf,
          labels.map((label) => ({ label })),
        ),
      'a builder': (labels) =>
        dataSource
          .createQueryBuilder()
          .insert()
          .into(Shelf)
          .values(labels.map((label) => ({ label })))
          .execute(),
      'a transaction': (labels) => dataSource.transaction((manager) => manager.save(labels.map(shelf))),
    }
    for (const [way, write] of Object.entries(ways)) {
      it(`by ${way}`, async () => {
        await write(['one', 'two'])
        const rows = await shelves.find({ order: { label: 'ASC' } })
        const now = library.clock.now()
        expect(rows.map(({ label, createdAt, updatedAt }) => [label, createdAt, updatedAt])).to.deep.equal([
          ['one', now, now],
          ['two', now, now],
        ])
        expect(rows.every(({ id }) => validate(id) && version(id) === 7)).to.equal(true)
      })
    }

    it('of rows that are saved because of another', async () => {
      const saved = await shelves.save(shelves.create({ label: 'novels', books: [{ title: 'one' }, { title: 'two' }] }))
      const rows = await books.find({ order: { title: 'ASC' }, relations: { shelf: true } })
      expect(rows.map(({ title, version, createdAt, shelf }) => [title, version, createdAt, shelf?.id])).to.deep.equal([
        ['one', 1, library.clock.now(), saved.id],
        ['two', 1, library.clock.now(), saved.id],
      ])
    })

    it('and tell the entity and the result what they have set', async () => {
      const entity = await books.save(books.create({ title: 'saved' }))
      const now = library.clock.now()
      expect(entity).to.deep.include({ version: 1, createdAt: now, updatedAt: now, deletedAt: null, lentTo: null })
      const { title, pages, shelf: _shelf, ...rest } = await books.findOneByOrFail({ id: entity.id })
      expect([title, pages]).to.deep.equal(['saved', 0])
      expect(entity).to.deep.include(rest)
      const { identifiers, generatedMaps } = await books.insert({ title: 'inserted' })
      expect(generatedMaps[0]).to.deep.include({ version: 1, createdAt: now, id: identifiers[0]?.['id'] })
      const upperCase = '018F3C2E-7D1A-7CC0-8000-000000000001'
      expect((await books.save(books.create({ id: upperCase, title: 'given' }))).id).to.equal(upperCase.toLowerCase())
    })
  })

  describe('bump every update', () => {
    const ways: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
      save: async (id) => {
        const entity = await books.findOneByOrFail({ id })
        await books.save(Object.assign(entity, { title: 'new' }))
        expect(entity).to.deep.include({ version: 2, updatedAt: library.clock.now() })
      },
      'save of a part': (id) => books.save({ id, title: 'new' }),
      'save without listeners': (id) => books.save({ id, title: 'new' }, { listeners: false }),
      update: (id) => books.update(id, { title: 'new' }),
      'update by a condition': (id) => books.update({ id }, { title: 'new' }),
      'manager.update': (id) => dataSource.manager.update(Book, id, { title: 'new' }),
      updateAll: () => books.updateAll({ title: 'new' }),
      'a builder': (id) =>
        dataSource.createQueryBuilder().update(Book).set({ title: 'new' }).where('id = :id', { id }).execute(),
      'an expression': (id) => books.update(id, { title: () => "'new'" }),
      increment: async (id) => {
        await books.increment({ id }, 'pages', 5)
        await dataSource.query(`UPDATE book SET title = 'new' WHERE pages = 5`)
      },
      decrement: async (id) => {
        await books.decrement({ id }, 'pages', 5)
        await dataSource.query(`UPDATE book SET title = 'new' WHERE pages = -5`)
      },
    }
    for (const [way, write] of Object.entries(ways)) {
      it(`by ${way}`, async () => {
        const { id } = await books.save(books.create({ title: 'old' }))
        const created = library.clock.now()
        const updated = library.clock.tick()
        await write(id)
        const { title, version, createdAt, updatedAt } = await books.findOneByOrFail({ id })
        expect({ title, version, createdAt, updatedAt }).to.deep.equal({
          title: 'new',
          version: 2,
          createdAt: created,
          updatedAt: updated,
        })
      })
    }

    it('also of rows that are updated because of another', async () => {
      const [first, second] = await books.save([books.create({ title: 'one' }), books.create({ title: 'two' })])
      const saved = await shelves.save(shelf('novels'))
      const later = library.clock.tick()
      await shelves.save({ id: saved.id, books: [{ id: first!.id }, { id: second!.id, title: 'too' }] })
      const rows = await books.find({ order: { title: 'ASC' }, relations: { shelf: true } })
      expect(rows.map(({ title, version, updatedAt, shelf }) => [title, version, updatedAt, shelf?.id])).to.deep.equal([
        ['one', 2, later, saved.id],
        ['too', 2, later, saved.id],
      ])
    })

    it('but not a save that changes nothing', async () => {
      const entity = await books.save(books.create({ title: 'same' }))
      library.clock.tick()
      await books.save(await books.findOneByOrFail({ id: entity.id }))
      expect(await books.findOneByOrFail({ id: entity.id })).to.deep.include({
        version: 1,
        updatedAt: entity.updatedAt,
      })
    })

    it('with the one instant of the unit', async () => {
      await shelves.insert([{ label: 'first' }, { label: 'second' }])
      library.clock.tick()
      const begun = await dataSource.atomic(async () => {
        await shelves.update({ label: 'first' }, { label: 'First' })
        library.clock.tick()
        await shelves.update({ label: 'second' }, { label: 'Second' })
        return dataSource.now()
      })
      expect(await instants('First')).to.deep.equal([new Date(begun.getTime() - 1000), begun])
      expect(await instants('Second')).to.deep.equal(await instants('First'))
    })
  })

  describe('make every delete an update', () => {
    const ways: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
      delete: (id) => books.delete(id),
      'delete of several': (id) => books.delete([id, '018f3c2e-7d1a-7cc0-8000-000000000001']),
      'delete by a condition': (id) => books.delete({ id }),
      'manager.delete': (id) => dataSource.manager.delete(Book, id),
      deleteAll: () => dataSource.manager.deleteAll(Book),
      'a builder': (id) => dataSource.createQueryBuilder().delete().from(Book).where({ id }).execute(),
      'a builder of the repository': (id) => books.createQueryBuilder('b').delete().where('id = :id', { id }).execute(),
    }
    for (const [way, write] of Object.entries(ways)) {
      it(`by ${way}`, async () => {
        const { id } = await books.save(books.create({ title: 'gone' }))
        const deleted = library.clock.tick()
        expect(await write(id)).to.have.property('affected', 1)
        expect(await books.findOneBy({ id })).to.equal(null)
        const row = await books.withDeleted().findOneByOrFail({ id })
        expect(row).to.deep.include({ deletedAt: deleted, updatedAt: deleted, version: 2, isDeleted: true })
        library.clock.tick()
        expect(await write(id)).to.have.property('affected', 0)
        expect(await books.withDeleted().findOneByOrFail({ id })).to.deep.equal(row)
      })
    }

    it('with one operation for all rows of a call, and another for the next', async () => {
      await shelves.insert(['a', 'b', 'c'].map((label) => ({ label })))
      await shelves.delete([{ label: 'a' }, { label: 'b' }])
      await shelves.delete({ label: 'c' })
      const rows = await shelves.onlyDeleted().find({ order: { label: 'ASC' } })
      const [a, b, c] = rows.map(({ deletionId }) => deletionId)
      expect([a === b, a === c, validate(a)]).to.deep.equal([true, false, true])
    })

    it('also of rows that a save takes out of a list and orphans', async () => {
      const saved = await shelves.save(shelves.create({ label: 'novels', books: [{ title: 'one' }, { title: 'two' }] }))
      await shelves.save({ id: saved.id, books: [{ id: saved.books[0]!.id }] })
      expect((await books.onlyDeleted().find()).map(({ title }) => title)).to.deep.equal(['two'])
    })
  })

  it('leave nothing behind when one row of an insert fails', async () => {
    const { id } = await shelves.save(shelf('taken'))
    await shelves.insert([{ label: 'first' }, { id, label: 'second' }]).catch(() => undefined)
    expect((await stored(dataSource, 'shelf', 'label')).map(({ label }) => label)).to.deep.equal(['taken'])
  })
})
