import { expect } from 'chai'
import { type ModelDataSource, restoreDeletion } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { Board, type Forum, Like, openForum, Post, Topic } from './forum.js'

/** What a client may be told when somebody else was faster. */
const expected = new Set(['NOT_DELETED', 'NOT_FOUND', 'PARENT_DELETED', 'REFERENCE_HIDDEN'])

interface Failed {
  readonly errorCode?: string
  readonly message: string
}

/** The codes that clients were told; anything that is no answer of ours is told in full. */
async function told(calls: readonly (() => Promise<unknown>)[]): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(calls.map((call) => call()))
  return outcomes
    .filter((outcome) => outcome.status === 'rejected')
    .map(({ reason }) => (reason as Failed).errorCode ?? (reason as Failed).message)
}

const shown = (rows: readonly { readonly id: number; readonly isDeleted: boolean }[]) =>
  new Set<unknown>(rows.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id))

describeOnEngines('Deletes and restores of the same trees by many clients', (engine) => {
  let forum: Forum
  let dataSource: ModelDataSource

  before(async () => {
    forum = await openForum(engine)
    dataSource = forum.dataSource
  })
  after(() => forum?.close())
  beforeEach(async () => {
    await forum.clear()
    await dataSource.query(`DELETE FROM ${dataSource.driver.escape('plinth_detachments')}`)
    await dataSource.getRepository(Board).insert([{ id: 1 }, { id: 2 }])
    await dataSource.getRepository(Topic).insert([
      { id: 1, board: { id: 1 }, archive: { id: 2 } },
      { id: 2, board: { id: 1 }, archive: { id: 2 } },
      { id: 3, board: { id: 2 }, archive: { id: 1 } },
    ])
    // Answers to answers, of which some have smaller keys than what they answer.
    for (const [id, topic, answerTo] of [
      [5, 1, null],
      [2, 1, 5],
      [8, 1, 2],
      [1, 2, null],
      [9, 3, null],
      [3, 3, 9],
    ] as const) {
      await dataSource
        .getRepository(Post)
        .insert({ id, topic: { id: topic }, answerTo: answerTo === null ? null : { id: answerTo } })
      await dataSource.getRepository(Like).insert({ id, post: { id } })
    }
  })

  const boards = () => dataSource.getRepository(Board)
  const topics = () => dataSource.getRepository(Topic)
  const posts = () => dataSource.getRepository(Post)

  const all = async () => ({
    boards: await boards().withDeleted().find(),
    topics: await topics().withDeleted().find({ loadRelationIds: true }),
    posts: await posts().withDeleted().find({ loadRelationIds: true }),
    likes: await dataSource.getRepository(Like).find({ loadRelationIds: true }),
  })

  /** No visible row lies below a hidden one, none that is removed is referred to, and what is recorded agrees. */
  async function assertConsistent(): Promise<void> {
    const found = await all()
    const [seenBoards, seenTopics, seenPosts] = [shown(found.boards), shown(found.topics), shown(found.posts)]
    for (const topic of found.topics.filter(({ isDeleted }) => !isDeleted)) {
      expect(seenBoards.has(topic.board), `the board of topic ${topic.id}`).to.equal(true)
    }
    for (const post of found.posts.filter(({ isDeleted }) => !isDeleted)) {
      expect(seenTopics.has(post.topic), `the topic of post ${post.id}`).to.equal(true)
      if (post.answerTo !== null) expect(seenPosts.has(post.answerTo), `above post ${post.id}`).to.equal(true)
    }
    for (const like of found.likes) expect(seenPosts.has(like.post), `the post of like ${like.id}`).to.equal(true)
    for (const row of [...found.boards, ...found.topics, ...found.posts]) {
      expect([row.deletedAt === null, row.deletionId === null]).to.deep.equal([!row.isDeleted, !row.isDeleted])
    }
  }

  it('leave every tree whole, and no client hears of a deadlock', async () => {
    for (let round = 0; round < 6; round++) {
      const calls = [
        () => boards().delete(1),
        () => topics().delete({ id: 1 }),
        () => posts().delete(5),
        () => posts().delete([1, 2, 9]),
        () => topics().restore(1),
        () => boards().restore([1, 2]),
        () => posts().restore(8, { withAncestors: true }),
        () => boards().delete([2, 1]),
      ]
      const codes = await told([...calls.slice(round), ...calls.slice(0, round)])
      expect(codes.filter((code) => !expected.has(code))).to.deep.equal([])
      await assertConsistent()
    }
  }).timeout(120_000)

  it('undo one delete once, however many ask for it', async () => {
    const { operation } = await boards().delete([1, 2])
    const codes = await told(Array.from({ length: 8 }, () => () => restoreDeletion(dataSource, operation)))
    expect(codes).to.deep.equal(Array.from({ length: 7 }, () => 'NOT_FOUND'))
    await assertConsistent()
    expect([await boards().count(), await topics().count(), await posts().count()]).to.deep.equal([2, 3, 6])
    const archives = (await topics().find({ order: { id: 'ASC' }, loadRelationIds: true })).map(
      ({ archive }) => archive,
    )
    expect(archives).to.deep.equal([2, 2, 1])
  }).timeout(120_000)

  it('purge what others delete, restore and detach at the same moment', async () => {
    await boards().delete(2)
    const codes = await told([
      () => boards().purge(2),
      () => boards().restore(2),
      () => topics().restore(3, { withAncestors: true }),
      () => topics().purge(3),
      () => posts().purge(9),
      () => topics().update(1, { archive: null }),
      () => boards().delete(1),
      () => boards().restore(1),
    ])
    expect(codes.filter((code) => !expected.has(code))).to.deep.equal([])
    await assertConsistent()
  }).timeout(120_000)
})
