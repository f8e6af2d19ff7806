import { expect } from 'chai'
import { ConflictError, type ModelDataSource, ValidationError } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'
import { Board, type Forum, openForum, Post, Report, Topic } from './forum.js'

const refused = async (write: Promise<unknown>, property: string): Promise<void> => {
  const error = await failure(write)
  expect(error).to.be.instanceOf(ValidationError)
  expect(error).to.deep.include({
    errorCode: 'REFERENCE_HIDDEN',
    errors: [{ pointer: `#/${property}`, code: 'hidden', message: 'refers to a row that is deleted or hidden' }],
  })
}

describeOnEngines('Restoring rows that were deleted together', (engine) => {
  let forum: Forum
  let dataSource: ModelDataSource

  before(async () => {
    forum = await openForum(engine)
    dataSource = forum.dataSource
  })
  after(() => forum?.close())
  beforeEach(async () => {
    await forum.clear()
    await dataSource.getRepository(Board).insert([{ id: 1 }, { id: 2 }])
    await dataSource.getRepository(Topic).insert([
      { id: 1, board: { id: 1 } },
      { id: 2, board: { id: 1 } },
    ])
    for (const id of [1, 2, 3]) await dataSource.getRepository(Post).insert({ id, topic: { id: 1 } })
    await dataSource.getRepository(Post).insert({ id: 4, topic: { id: 1 }, answerTo: { id: 3 } })
  })

  const shown = async () => ({
    boards: (await dataSource.getRepository(Board).find({ order: { id: 'ASC' } })).map(({ id }) => id),
    topics: (await dataSource.getRepository(Topic).find({ order: { id: 'ASC' } })).map(({ id }) => id),
    posts: (await dataSource.getRepository(Post).find({ order: { id: 'ASC' } })).map(({ id }) => id),
  })
  const everything = { boards: [1, 2], topics: [1, 2], posts: [1, 2, 3, 4] }

  it('brings back all of them', async () => {
    await dataSource.getRepository(Board).delete(1)
    expect(await shown()).to.deep.equal({ boards: [2], topics: [], posts: [] })
    const receipt = await dataSource.getRepository(Board).restore(1)
    expect(receipt).to.deep.include({ affected: 1, byEntity: { Board: 1, Topic: 2, Post: 4 } })
    expect(await shown()).to.deep.equal(everything)
  })

  it('leaves what was deleted on its own', async () => {
    await dataSource.getRepository(Post).delete(2)
    await dataSource.getRepository(Board).delete(1)
    await dataSource.getRepository(Board).restore(1)
    expect(await shown()).to.deep.equal({ ...everything, posts: [1, 3, 4] })
  })

  it('leaves rows of the same deletion that do not belong to the restored one', async () => {
    await dataSource.getRepository(Board).delete({ id: 1 })
    await dataSource.getRepository(Board).restore(1)
    await dataSource.getRepository(Topic).delete([1, 2])
    await dataSource.getRepository(Topic).restore(2)
    expect(await shown()).to.deep.equal({ ...everything, topics: [2], posts: [] })
  })

  it('is refused while what a row belongs to is deleted', async () => {
    await dataSource.getRepository(Board).delete(1)
    const error = await failure(dataSource.getRepository(Topic).restore(1))
    expect(error).to.be.instanceOf(ConflictError)
    expect(error).to.deep.include({
      errorCode: 'PARENT_DELETED',
      details: { entity: 'Board', id: 1, property: 'board' },
    })
    expect(await shown()).to.deep.equal({ boards: [2], topics: [], posts: [] })
  })

  it('may name a row and what it belongs to in one call', async () => {
    await dataSource.getRepository(Post).delete(4)
    await dataSource.getRepository(Post).delete(3)
    expect(await failure(dataSource.getRepository(Post).restore(4))).to.have.property('errorCode', 'PARENT_DELETED')
    expect(await dataSource.getRepository(Post).restore([4, 3])).to.have.property('affected', 2)
    expect(await shown()).to.deep.equal(everything)
  })

  it('undoes purges of nothing: what was removed for good stays away', async () => {
    await dataSource.getRepository(Board).delete(1)
    await dataSource.getRepository(Post).purge(3)
    const receipt = await dataSource.getRepository(Board).restore(1)
    expect(receipt.byEntity).to.deep.equal({ Board: 1, Topic: 2, Post: 2 })
    expect(await shown()).to.deep.equal({ ...everything, posts: [1, 2] })
  })

  describe('and references to hidden rows', () => {
    beforeEach(() => dataSource.getRepository(Topic).delete(2))

    it('refuses them on insert, by every way', async () => {
      const posts = dataSource.getRepository(Post)
      await refused(posts.insert({ id: 8, topic: { id: 2 } }), 'topic')
      await refused(
        posts.insert([
          { id: 8, topic: { id: 1 } },
          { id: 9, topic: { id: 2 } },
        ]),
        'topic',
      )
      await refused(posts.save(posts.create({ id: 8, topic: { id: 2 } })), 'topic')
      const values = { id: 8, topic: { id: 2 } }
      await refused(dataSource.createQueryBuilder().insert().into(Post).values(values).execute(), 'topic')
      expect((await shown()).posts).to.deep.equal([1, 2, 3, 4])
    })

    it('refuses them on update, by every way', async () => {
      const posts = dataSource.getRepository(Post)
      await refused(posts.update(1, { topic: { id: 2 } }), 'topic')
      const post = await posts.findOneByOrFail({ id: 1 })
      await refused(posts.save(Object.assign(post, { topic: { id: 2 } })), 'topic')
      await refused(
        dataSource
          .createQueryBuilder()
          .update(Post)
          .set({ topic: { id: 2 } })
          .where('id = 1')
          .execute(),
        'topic',
      )
      const stored = await posts.findOneOrFail({ where: { id: 1 }, loadRelationIds: true })
      expect(stored).to.have.property('topic', 1)
    })

    it('refuses them where the policy is to keep them, but keeps those that are there', async () => {
      const reports = dataSource.getRepository(Report)
      await refused(reports.insert({ id: 1, post: { id: 1 }, topic: { id: 2 } }), 'topic')
      await dataSource.getRepository(Topic).restore(2)
      await reports.insert({ id: 1, post: { id: 1 }, topic: { id: 2 } })
      await dataSource.getRepository(Topic).delete(2)
      await reports.save(await reports.findOneByOrFail({ id: 1 }))
      expect(await reports.findOneOrFail({ where: { id: 1 }, loadRelationIds: true })).to.have.property('topic', 2)
    })

    it('lets them be, of rows that are hidden themselves', async () => {
      await dataSource.getRepository(Post).insert({ id: 8, topic: { id: 1 } })
      await dataSource.getRepository(Post).delete(8)
      await dataSource.getRepository(Topic).delete(1)
      expect(await failure(dataSource.getRepository(Post).restore(8))).to.have.property('errorCode', 'PARENT_DELETED')
    })

    it('refuses expressions of SQL, which nobody can look at', async () => {
      const write = dataSource.getRepository(Post).update(1, { topic: () => '2' })
      expect(await failure(write)).to.have.nested.property('mistakes[0].code', 'E_UNRULED_WRITE')
    })
  })
})
