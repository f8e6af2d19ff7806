import { expect } from 'chai'
import type { ModelDataSource } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'
import { Board, type Forum, Note, openForum, Post, Topic } from './forum.js'

describeOnEngines('What a delete records', (engine) => {
  let forum: Forum
  let dataSource: ModelDataSource

  before(async () => {
    forum = await openForum(engine)
    dataSource = forum.dataSource
  })
  after(() => forum?.close())
  beforeEach(async () => {
    await forum.clear()
    await dataSource.getRepository(Board).insert({ id: 1 })
    await dataSource.getRepository(Topic).insert({ id: 1, board: { id: 1 } })
    await dataSource.getRepository(Post).insert({ id: 1, topic: { id: 1 }, text: 'first' })
  })

  const posts = () => dataSource.getRepository(Post)
  const stored = () => posts().withDeleted().findOneByOrFail({ id: 1 })

  it('is written by rules and verbs alone', async () => {
    const changes = [{ deletedAt: new Date(0) }, { deletionId: '018f3c2e-7d1a-7cc0-8000-000000000001' }]
    for (const change of changes) {
      expect(await failure(posts().update(1, change))).to.have.property('errorCode', 'MANAGED')
    }
    await posts().insert({ id: 2, topic: { id: 1 }, deletedAt: new Date(0) })
    expect(await posts().findOneByOrFail({ id: 2 })).to.have.property('deletedAt', null)
  })

  it('is not taken back by a save of an entity that was loaded before', async () => {
    const loaded = await posts().findOneByOrFail({ id: 1 })
    const deletedAt = forum.clock.tick()
    await posts().delete(1)
    const { deletionId } = await stored()
    await posts().save(Object.assign(loaded, { text: 'changed' }))
    expect(await stored()).to.deep.include({ text: 'changed', deletedAt, deletionId })
    expect(loaded).to.deep.include({ deletedAt, deletionId, isDeleted: true })
    expect(await posts().count()).to.equal(0)
  })

  it('is not written again by a save of an entity that was loaded as deleted', async () => {
    await posts().delete(1)
    const loaded = await stored()
    await posts().restore(1)
    await posts().save(Object.assign(loaded, { text: 'changed' }))
    expect(await posts().findOneByOrFail({ id: 1 })).to.deep.include({ text: 'changed', deletedAt: null })
    expect(loaded).to.deep.include({ deletedAt: null, deletionId: null })
  })

  it('is all that differs from an entity that has nothing to save, which is told and writes nothing', async () => {
    const loaded = await posts().findOneByOrFail({ id: 1 })
    const deletedAt = forum.clock.tick()
    await posts().delete(1)
    const { deletionId } = await stored()
    forum.sent.length = 0
    await posts().save(loaded)
    expect(loaded).to.deep.include({ text: 'first', deletedAt, deletionId, isDeleted: true })
    await posts().save(Object.assign(loaded, { deletedAt: null, isDeleted: false }))
    expect(loaded).to.deep.include({ deletedAt, isDeleted: true })
    expect(forum.sent.filter((sql) => sql.startsWith('UPDATE'))).to.deep.equal([])
    expect(await stored()).to.deep.include({ deletedAt, deletionId, isDeleted: true })
    await posts().restore(1)
    await posts().save(loaded)
    expect(loaded).to.deep.include({ deletedAt: null, deletionId: null, isDeleted: false })
    expect(await stored()).to.deep.include({ deletedAt: null, deletionId: null, isDeleted: false })
  })

  it('is all that differs beside a column that is never updated', async () => {
    const notes = dataSource.getRepository(Note)
    await notes.insert({ id: 1, code: 'first' })
    const loaded = await notes.findOneByOrFail({ id: 1 })
    const deletedAt = forum.clock.tick()
    await notes.delete(1)
    await notes.save(Object.assign(loaded, { code: 'changed' }))
    expect(loaded).to.deep.include({ deletedAt, isDeleted: true })
    expect(await notes.withDeleted().findOneByOrFail({ id: 1 })).to.deep.include({ code: 'first', deletedAt })
  })

  it('does not change when a row is deleted again, by every way', async () => {
    const first = forum.clock.tick()
    await posts().delete(1)
    const { deletionId } = await stored()
    forum.clock.tick()
    expect(await posts().delete(1)).to.have.property('affected', 0)
    expect(await posts().delete({ text: 'first' })).to.have.property('affected', 0)
    await dataSource.createQueryBuilder().delete().from(Post).where('id = 1 OR id = 2').execute()
    await dataSource.getRepository(Board).delete(1)
    expect(await stored()).to.deep.include({ deletedAt: first, deletionId })
  })

  it('stays away when a row is changed in memory, deleted and restored, and then saved', async () => {
    const loaded = await posts().findOneByOrFail({ id: 1 })
    loaded.text = 'changed'
    await posts().delete(1)
    await posts().restore(1)
    await posts().save(loaded)
    expect(await posts().findOneByOrFail({ id: 1 })).to.deep.include({ text: 'changed', deletedAt: null })
  })

  it('belongs to one row, however often an entity that refers to a deleted one is saved', async () => {
    const post = await posts().findOneOrFail({ where: { id: 1 }, relations: { topic: true } })
    await dataSource.getRepository(Topic).delete(1)
    for (const text of ['second', 'third']) await posts().save(Object.assign(post, { text }))
    expect(await dataSource.getRepository(Topic).withDeleted().count()).to.equal(1)
    expect(await dataSource.getRepository(Topic).count()).to.equal(0)
    const { topic } = await posts()
      .withDeleted()
      .findOneOrFail({ where: { id: 1 }, loadRelationIds: true })
    expect(topic).to.equal(1)
  })

  it('is that of a delete or of none, while saves race with deletes and restores', async () => {
    const loaded = await Promise.all(Array.from({ length: 8 }, () => posts().findOneByOrFail({ id: 1 })))
    const outcomes = await Promise.allSettled([
      ...loaded.map((post, index) => posts().save(Object.assign(post, { text: `${index}` }))),
      posts().delete(1),
      ...loaded.map((post, index) => posts().save(Object.assign(post, { text: `again ${index}` }))),
    ])
    expect(outcomes.filter(({ status }) => status === 'rejected')).to.deep.equal([])
    const row = await stored()
    expect([row.isDeleted, row.deletedAt === null, row.deletionId === null]).to.deep.equal([true, false, false])
    await Promise.all([
      posts().restore(1),
      ...loaded.map((post, index) => posts().save(Object.assign(post, { text: `more ${index}` }))),
    ])
    expect(await stored()).to.deep.include({ isDeleted: false, deletedAt: null, deletionId: null })
  })
})
