import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  type HasVersion,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  Versioned,
} from '../../../decorators/index.js'
import {
  type Adds,
  column,
  createDataSource,
  defineTrait,
  increment,
  type ModelDataSource,
  on,
  refers,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

/** Counts the rows that belong to another in a column of that. */
const Counted = defineTrait({
  name: 'Counted',
  defaults: { in: '', as: '', ruled: undefined as boolean | undefined },
  refers: refers<{ in: unknown }>(),
  rules: ({ in: relation, as: count, ruled }) => ({
    written: {
      relations: { [relation]: [count] },
      before: async (rows, context) => {
        const options = { among: 'stored', ...(ruled !== undefined && { ruled }) } as const
        const added = rows.flatMap(({ before, after }) => (after && !before ? [after] : []))
        if (added.length > 0)
          await context.related(relation).update({ [count]: increment(added.length) }, added, options)
      },
    },
  }),
})

/** What the likes are counted in: nobody else writes it. */
const Liked = defineTrait({
  name: 'Liked',
  defaults: {},
  columns: () => ({ likes: column.integer({ default: 0, managed: true }) }),
})

@Entity('held_post')
@Liked()
@Versioned()
@Timestamps()
class Post {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20, default: '' }) title!: string
  @Column({ type: 'int', default: 0 }) comments!: number
}
interface Post extends HasVersion, Timestamped, Adds<typeof Liked> {}

@Entity('held_comment')
@Counted({ in: 'post', as: 'comments' })
class Comment {
  @PrimaryColumn({ type: 'int' }) id!: number
  @ManyToOne(() => Post) post!: Relation<Post>
}

/** Without the rules of the post, and beside what nobody else writes. */
@Entity('held_reply')
@Counted({ in: 'post', as: 'comments', ruled: false })
class Reply {
  @PrimaryColumn({ type: 'int' }) id!: number
  @ManyToOne(() => Post) post!: Relation<Post>
}

@Entity('held_like')
@SoftDelete()
@Counted({ in: 'post', as: 'likes', ruled: false })
class Like {
  @PrimaryColumn({ type: 'int' }) id!: number
  @ManyToOne(() => Post) post!: Relation<Post>
}
interface Like extends SoftDeletable {}

describeOnEngines('Numbers of rows in what they belong to', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let instant = 0
  const clock = { now: () => new Date(Date.UTC(2024, 0) + instant) }

  before(async () => {
    database = await engine.create()
    const entities = [Post, Comment, Reply, Like]
    dataSource = createDataSource({ ...database.options, entities, synchronize: true, clock })
    await dataSource.initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const table of ['held_comment', 'held_like', 'held_post']) await dataSource.query(`DELETE FROM ${table}`)
    instant = 0
    await posts().insert({ id: 1 })
    instant = 1000
  })

  const posts = () => dataSource.getRepository(Post)
  const state = async () => {
    const { comments, likes, version, updatedAt } = await posts().findOneByOrFail({ id: 1 })
    return [comments, likes, version, updatedAt.getTime() - Date.UTC(2024, 0)]
  }

  it('are writes of that row unless they are told to be none', async () => {
    const read = await posts().findOneByOrFail({ id: 1 })
    await dataSource.getRepository(Comment).insert([
      { id: 1, post: { id: 1 } },
      { id: 2, post: { id: 1 } },
    ])
    expect(await state()).to.deep.equal([2, 0, 2, 1000])
    expect(await failure(posts().save(Object.assign(read, { title: 'late' })))).to.have.property('errorCode', 'STALE')
  })

  it('leave its version and its instants where its rules do not apply, and are told to who hears of it', async () => {
    const read = await posts().findOneByOrFail({ id: 1 })
    const told: unknown[] = []
    const listener = on(Post, {
      afterUpdate: ({ rows }) => void told.push(...rows.map(({ after }) => after?.['likes'])),
    })
    const stop = dataSource.events.listen(listener)
    await dataSource.getRepository(Like).insert([
      { id: 1, post: { id: 1 } },
      { id: 2, post: { id: 1 } },
    ])
    await dataSource.getRepository(Like).save({ id: 3, post: { id: 1 } })
    stop()
    expect(told).to.deep.equal([2, 3])
    expect(await state()).to.deep.equal([0, 3, 1, 0])
    await posts().save(Object.assign(read, { title: 'in time' }))
    expect(await state()).to.deep.equal([0, 3, 2, 1000])
  })

  it('are refused where a save of who has read the row before would write the old one back', async () => {
    const refused = await failure(dataSource.getRepository(Reply).insert({ id: 1, post: { id: 1 } }))
    expect(refused.message).to.contain('Post: "comments" is written without its rules')
    expect(await dataSource.getRepository(Reply).count()).to.equal(0)
  })

  it('are right whoever counts at the same time', async () => {
    const likes = Array.from({ length: 8 }, (_, index) => ({ id: index + 1, post: { id: 1 } }))
    await Promise.all(likes.map((like) => dataSource.getRepository(Like).insert(like)))
    expect(await state()).to.deep.equal([0, 8, 1, 0])
  })
})
