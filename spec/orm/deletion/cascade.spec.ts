import { expect } from 'chai'
import { ConflictError, type ModelDataSource } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'
import { Account, Board, Egg, type Forum, Hen, Like, Note, openForum, Post, Report, Topic } from './forum.js'

const ids = async (rows: Promise<readonly { readonly id: number }[]>): Promise<readonly number[]> =>
  (await rows).map(({ id }) => id).sort((a, b) => a - b)

describeOnEngines('Deletion of rows that others refer to', (engine) => {
  let forum: Forum
  let dataSource: ModelDataSource

  before(async () => {
    forum = await openForum(engine)
    dataSource = forum.dataSource
  })
  after(() => forum?.close())
  beforeEach(() => forum.clear())

  const visible = async () => ({
    boards: await ids(dataSource.getRepository(Board).find()),
    topics: await ids(dataSource.getRepository(Topic).find()),
    posts: await ids(dataSource.getRepository(Post).find()),
    likes: await ids(dataSource.getRepository(Like).find()),
  })

  /** Two boards; the first has a topic with three posts, one below the other, and a like of each. */
  async function tree(): Promise<void> {
    await dataSource.getRepository(Board).insert([{ id: 1 }, { id: 2 }])
    await dataSource.getRepository(Topic).insert([
      { id: 1, board: { id: 1 } },
      { id: 2, board: { id: 2 }, archive: { id: 1 } },
    ])
    for (const id of [1, 2, 3]) {
      await dataSource
        .getRepository(Post)
        .insert({ id, topic: { id: 1 }, answerTo: id > 1 ? { id: id - 1 } : null, text: `${id}` })
      await dataSource.getRepository(Like).insert({ id, post: { id } })
    }
    await dataSource.getRepository(Post).insert({ id: 9, topic: { id: 2 } })
  }

  it('takes along what belongs to them, level by level, in one operation', async () => {
    await tree()
    const now = forum.clock.tick()
    const result = await dataSource.getRepository(Board).delete(1)
    expect(result).to.deep.include({ affected: 1, byEntity: { Board: 1, Topic: 1, Post: 3, Like: 3 } })
    expect(await visible()).to.deep.equal({ boards: [2], topics: [2], posts: [9], likes: [] })
    const posts = await dataSource.getRepository(Post).onlyDeleted().find()
    const board = await dataSource.getRepository(Board).withDeleted().findOneByOrFail({ id: 1 })
    expect(posts.map(({ deletionId, deletedAt }) => ({ deletionId, deletedAt }))).to.deep.equal(
      Array.from({ length: 3 }, () => ({ deletionId: board.deletionId, deletedAt: now })),
    )
    expect(await dataSource.getRepository(Like).count()).to.equal(0)
  })

  it('takes the link away where the policy is to detach', async () => {
    await tree()
    await dataSource.getRepository(Board).delete(1)
    const topic = await dataSource.getRepository(Topic).findOneOrFail({ where: { id: 2 }, loadRelationIds: true })
    expect(topic).to.deep.include({ board: 2, archive: null })
  })

  it('works by every way to delete', async () => {
    for (const [id, remove] of [
      [1, () => dataSource.getRepository(Board).delete({ id: 1 })],
      [2, () => dataSource.createQueryBuilder().delete().from(Board).where('id = :id', { id: 2 }).execute()],
      [3, () => dataSource.atomic(() => dataSource.manager.delete(Board, [3]))],
    ] as const) {
      await dataSource.getRepository(Board).insert({ id })
      await dataSource.getRepository(Topic).insert({ id, board: { id } })
      expect(await remove()).to.deep.include({ affected: 1, byEntity: { Board: 1, Topic: 1 } })
    }
    expect(await visible()).to.deep.include({ boards: [], topics: [] })
  })

  it('is refused where the policy is to restrict, and then changes nothing', async () => {
    await tree()
    await dataSource.getRepository(Report).insert([
      { id: 1, post: { id: 3 } },
      { id: 2, post: { id: 3 } },
    ])
    const before = await visible()
    const error = await failure(dataSource.getRepository(Board).delete(1))
    expect(error).to.be.instanceOf(ConflictError)
    expect(error).to.deep.include({
      errorCode: 'RESTRICTED',
      details: { entity: 'Report', count: 2, sampleIds: [1, 2] },
    })
    expect(await visible()).to.deep.equal(before)
    await dataSource.getRepository(Report).delete([1, 2])
    expect(await dataSource.getRepository(Board).delete(1)).to.have.property('affected', 1)
  })

  it('leaves rows as they are where the policy is to keep', async () => {
    await tree()
    await dataSource.getRepository(Report).insert({ id: 1, post: { id: 9 }, topic: { id: 1 } })
    await dataSource.getRepository(Topic).delete(1)
    const report = await dataSource.getRepository(Report).findOneOrFail({ where: { id: 1 }, loadRelationIds: true })
    expect(report).to.deep.include({ post: 9, topic: 1 })
  })

  it('ends where rows refer to one another in a circle', async () => {
    await dataSource.getRepository(Egg).insert({ id: 1 })
    await dataSource.getRepository(Hen).insert({ id: 1, egg: { id: 1 } })
    await dataSource.getRepository(Egg).update(1, { hen: { id: 1 } })
    expect(await dataSource.getRepository(Hen).delete(1)).to.deep.include({ byEntity: { Hen: 1, Egg: 1 } })
    expect(await dataSource.getRepository(Egg).count()).to.equal(0)
    expect(await dataSource.getRepository(Hen).purge(1)).to.deep.include({ byEntity: { Hen: 1, Egg: 1 } })
    expect(await dataSource.getRepository(Egg).withDeleted().count()).to.equal(0)
  })

  it('removes for good what was hidden too, by a verb that removes', async () => {
    await tree()
    await dataSource.getRepository(Post).delete(2)
    const receipt = await dataSource.getRepository(Board).purge(1)
    // The likes of the posts that were deleted went with them.
    expect(receipt.byEntity).to.deep.equal({ Board: 1, Topic: 1, Post: 3, Like: 1 })
    expect(await dataSource.getRepository(Post).withDeleted().count()).to.equal(1)
    expect(await dataSource.getRepository(Topic).withDeleted().count()).to.equal(1)
  })

  it('keeps rows with delete rules when what they refer to is removed', async () => {
    await dataSource.getRepository(Account).insert([{ id: 1 }, { id: 2 }])
    await dataSource.getRepository(Note).insert([1, 2, 3].map((id) => ({ id, account: { id: 1 } })))
    await dataSource.getRepository(Note).delete(1)
    const result = await dataSource.getRepository(Account).delete(1)
    expect(result).to.deep.include({ affected: 1, byEntity: { Account: 1, Note: 2 } })
    const notes = await dataSource.getRepository(Note).withDeleted().find({ loadRelationIds: true })
    expect(notes.map(({ account, isDeleted }) => ({ account, isDeleted }))).to.deep.equal(
      Array.from({ length: 3 }, () => ({ account: null, isDeleted: true })),
    )
  })

  it('takes few statements for many rows', async () => {
    await dataSource.getRepository(Board).insert({ id: 1 })
    await dataSource.getRepository(Topic).insert({ id: 1, board: { id: 1 } })
    await dataSource.getRepository(Post).insert(Array.from({ length: 2000 }, (_, id) => ({ id, topic: { id: 1 } })))
    forum.sent.length = 0
    const result = await dataSource.getRepository(Board).delete(1)
    expect(result).to.deep.include({ byEntity: { Board: 1, Topic: 1, Post: 2000 } })
    expect(forum.sent.length).to.be.lessThan(35)
  })

  it('undoes everything when a part of it fails', async () => {
    await tree()
    const before = await visible()
    await dataSource.query(blocking[engine.name][0])
    try {
      expect(await failure(dataSource.getRepository(Board).delete(1))).to.be.instanceOf(Error)
    } finally {
      for (const statement of blocking[engine.name].slice(1)) await dataSource.query(statement)
    }
    expect(await visible()).to.deep.equal(before)
  })
})

/** Triggers that refuse to remove rows of `like`, and how to get rid of them. */
const blocking = {
  sqlite: [
    `CREATE TRIGGER no_removal BEFORE DELETE ON "like" BEGIN SELECT RAISE(ABORT, 'No.'); END`,
    'DROP TRIGGER no_removal',
  ],
  postgres: [
    `CREATE FUNCTION no_removal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'No.'; END $$;
     CREATE TRIGGER no_removal BEFORE DELETE ON "like" FOR EACH ROW EXECUTE FUNCTION no_removal()`,
    'DROP TRIGGER no_removal ON "like"',
    'DROP FUNCTION no_removal()',
  ],
  mariadb: [
    "CREATE TRIGGER no_removal BEFORE DELETE ON `like` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'No.'",
    'DROP TRIGGER no_removal',
  ],
} as const
