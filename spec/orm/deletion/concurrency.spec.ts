import { expect } from 'chai'
import { explainDelete, type ModelDataSource, NotFoundError } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { waitsForLock } from '../../support/waits-for-lock.js'
import { failure } from '../writes/library.js'
import { Board, type Forum, Like, openForum, Post, Report, Topic } from './forum.js'

describeOnEngines('Deleting while others write', (engine) => {
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
  })

  it('never leaves a visible row below a deleted one', async () => {
    const posts = dataSource.getRepository(Post)
    const inserts = Array.from({ length: 12 }, (_, id) => () => posts.insert({ id, topic: { id: 1 } }))
    const outcomes = await Promise.allSettled([
      ...inserts.slice(0, 6).map((insert) => insert()),
      dataSource.getRepository(Board).delete(1),
      ...inserts.slice(6).map((insert) => insert()),
    ])
    expect(outcomes[6]).to.have.property('status', 'fulfilled')
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
    expect(refused.map(({ reason }) => (reason as { errorCode: string }).errorCode)).to.deep.equal(
      refused.map(() => 'REFERENCE_HIDDEN'),
    )
    expect(await posts.count()).to.equal(0)
    expect(await posts.withDeleted().count()).to.equal(12 - refused.length)
  })

  if (engine.name !== 'sqlite') {
    it('makes a delete wait for the insert that came first, and takes its row along', async () => {
      const order: string[] = []
      let deletion: Promise<unknown> = Promise.resolve()
      await dataSource.atomic(async () => {
        await dataSource.getRepository(Post).insert({ id: 1, topic: { id: 1 } })
        deletion = outside(() => dataSource.getRepository(Topic).delete(1)).then(() => order.push('deleted'))
        await waitsForLock(dataSource, engine.name)
        order.push('inserted')
      })
      await deletion
      expect(order).to.deep.equal(['inserted', 'deleted'])
      expect(await dataSource.getRepository(Post).count()).to.equal(0)
      expect(await dataSource.getRepository(Post).onlyDeleted().count()).to.equal(1)
    })

    it('makes an insert wait for the delete that came first, and refuses it', async () => {
      let insertion: Promise<unknown> = Promise.resolve()
      await dataSource.atomic(async () => {
        await dataSource.getRepository(Topic).delete(1)
        insertion = outside(() => failure(dataSource.getRepository(Post).insert({ id: 1, topic: { id: 1 } })))
        await waitsForLock(dataSource, engine.name)
      })
      expect(await insertion).to.have.property('errorCode', 'REFERENCE_HIDDEN')
    })
  }

  /** Runs work on a connection of its own: what is called in a unit of work belongs to it. */
  const outside = <T>(work: () => Promise<T>): Promise<T> =>
    dataSource.atomic(async () => work(), { propagation: 'new' })

  it('can be explained before it is done', async () => {
    await dataSource.getRepository(Board).insert({ id: 2 })
    await dataSource.getRepository(Topic).insert([
      { id: 2, board: { id: 1 }, archive: { id: 1 } },
      { id: 3, board: { id: 2 }, archive: { id: 1 } },
    ])
    await dataSource.getRepository(Post).insert([1, 2].map((id) => ({ id, topic: { id: 1 } })))
    await dataSource.getRepository(Like).insert({ id: 1, post: { id: 1 } })
    await dataSource.getRepository(Report).insert({ id: 5, post: { id: 2 } })
    forum.sent.length = 0
    expect(await explainDelete(dataSource, Board, 1)).to.deep.equal({
      hidden: { Board: 1, Topic: 2, Post: 2 },
      removed: { Like: 1 },
      detached: { Topic: 1 },
      restrictedBy: [{ entity: 'Report', count: 1, sampleIds: [5] }],
    })
    expect(forum.sent.filter((statement) => !statement.startsWith('SELECT'))).to.deep.equal([])
    expect(await failure(explainDelete(dataSource, Board, 7))).to.be.instanceOf(NotFoundError)
  })
})
