import { expect } from 'chai'
import { type ModelDataSource, type ModelRepository, PermissionDeniedError } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { CountedNote, Diary, failure, type Library, Note, openLibrary, owner, stored } from './library.js'

const asAnn = <T>(work: () => Promise<T>) => owner.run('ann', work)

describeOnEngines('Locked scopes', (engine) => {
  let library: Library
  let dataSource: ModelDataSource
  let diaries: ModelRepository<Diary>

  before(async () => {
    library = await openLibrary(engine)
    dataSource = library.dataSource
    diaries = dataSource.getRepository(Diary)
  })
  after(() => library?.close())
  beforeEach(async () => {
    await dataSource.query('DELETE FROM diary')
    await owner.run('ann', () => diaries.insert({ id: 1, text: 'of ann' }))
    await owner.run('bob', () => diaries.insert({ id: 2, text: 'of bob' }))
  })

  const rows = async () => (await stored(dataSource, 'diary', 'id')).map(({ id, text, ownerId }) => [id, text, ownerId])
  const untouched = [
    [1, 'of ann', 'ann'],
    [2, 'of bob', 'bob'],
  ]

  describe('keep every row that is written inside', () => {
    const ways: Readonly<Record<string, () => Promise<unknown>>> = {
      insert: () => diaries.insert({ id: 3, text: 'x', ownerId: 'bob' }),
      'insert of several': () =>
        diaries.insert([
          { id: 3, text: 'x' },
          { id: 4, text: 'y', ownerId: 'bob' },
        ]),
      'insert of an expression': () => diaries.insert({ id: 3, text: 'x', ownerId: () => "'bob'" }),
      'save of a new row': () => diaries.save({ id: 3, text: 'x', ownerId: 'bob' }),
      save: async () => diaries.save(Object.assign(await diaries.findOneByOrFail({ id: 1 }), { ownerId: 'bob' })),
      'save without listeners': () => diaries.save({ id: 1, ownerId: 'bob' }, { listeners: false }),
      update: () => diaries.update(1, { ownerId: 'bob' }),
      updateAll: () => diaries.updateAll({ ownerId: 'bob' }),
      'update by an expression': () => diaries.update(1, { ownerId: () => "'bob'" }),
      'a builder': () => dataSource.createQueryBuilder().update(Diary).set({ ownerId: 'bob' }).execute(),
    }
    for (const [way, write] of Object.entries(ways)) {
      it(`by ${way}`, async () => {
        const error = await failure(asAnn(write))
        expect(error).to.be.instanceOf(PermissionDeniedError).with.property('errorCode', 'OUTSIDE_SCOPE')
        expect(await rows()).to.deep.equal(untouched)
      })
    }
  })

  it('keep rows of others from being written, and from being overwritten', async () => {
    await asAnn(async () => {
      expect(await diaries.update(2, { text: 'x' })).to.have.property('affected', 0)
      expect(await diaries.delete(2)).to.have.property('affected', 0)
      expect(await diaries.increment({ id: 2 }, 'id', 5)).to.have.property('affected', 0)
      expect(await failure(diaries.save({ id: 2, text: 'x' }))).to.have.nested.property('driverError')
      expect(await failure(diaries.upsert({ id: 2, text: 'x' }, ['id']))).to.have.property('name', 'DefinitionError')
    })
    expect(await rows()).to.deep.equal(untouched)
  })

  it('let a value be written that is the same', async () => {
    await asAnn(() => diaries.update(1, { text: 'new', ownerId: 'ann' }))
    await asAnn(() => diaries.save({ id: 1, text: 'newer', ownerId: 'ann' }))
    expect(await rows()).to.deep.equal([[1, 'newer', 'ann'], untouched[1]])
  })

  for (const entity of [Note, CountedNote]) {
    it(`look at the whole row where they need it: ${entity.name}`, async () => {
      const notes = dataSource.getRepository<Note>(entity)
      await asAnn(() =>
        notes.insert([
          { id: 1, ownerId: 'ann' },
          { id: 2, ownerId: 'bob', shared: true },
        ]),
      )
      await asAnn(() => notes.update(1, { shared: false }))
      await asAnn(() => notes.update(2, { ownerId: 'carl' }))
      for (const write of [
        () => notes.update(2, { shared: false }),
        () => notes.update([1, 2], { shared: false }),
        () => notes.update(1, { ownerId: 'bob' }),
        () => notes.save({ id: 2, shared: false }),
      ]) {
        expect(await failure(asAnn<unknown>(write))).to.have.property('errorCode', 'OUTSIDE_SCOPE')
      }
      const rows = await asAnn(() => notes.find({ order: { id: 'ASC' } }))
      expect(rows.map(({ ownerId, shared }) => [ownerId, shared])).to.deep.equal([
        ['ann', false],
        ['carl', true],
      ])
    })
  }

  it('refuse writes where their value is missing', async () => {
    for (const write of [
      () => diaries.insert({ id: 3, text: 'x' }),
      () => diaries.insert({ id: 3, text: 'x', ownerId: 'ann' }),
      () => diaries.update(1, { text: 'x' }),
      () => diaries.delete(1),
      () => diaries.purge(1),
    ]) {
      expect(await failure(write()))
        .to.be.instanceOf(PermissionDeniedError)
        .with.property('errorCode', 'CONTEXT_MISSING')
    }
    expect(await rows()).to.deep.equal(untouched)
  })
})
