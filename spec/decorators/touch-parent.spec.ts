import { expect } from 'chai'
import {
  Column,
  Entity,
  In,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm'
import {
  type HasVersion,
  OnDelete,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  TouchParent,
  Versioned,
  withoutTimestamps,
} from '../../decorators/index.js'
import { createDataSource, DefinitionError, type ModelDataSource, type ModelRepository } from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Timestamps()
@Versioned()
class Blog {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20, unique: true })
  name!: string
}
interface Blog extends Timestamped, HasVersion {}

@Entity()
@Timestamps()
@Versioned()
@SoftDelete()
@TouchParent({ relation: 'blog' })
class Post {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  title!: string

  // By its name, which is no primary key.
  @ManyToOne(() => Blog)
  @JoinColumn({ name: 'blogName', referencedColumnName: 'name' })
  blog!: Relation<Blog> | null

  @OneToMany(
    () => Comment,
    ({ post }) => post,
    { cascade: true },
  )
  comments!: Relation<Comment>[]
}
interface Post extends Timestamped, HasVersion, SoftDeletable {}

@Entity()
@Timestamps()
@SoftDelete()
@TouchParent({ relation: ['post', 'answers'] })
class Comment {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  text!: string

  @Column({ type: 'int', default: 0 })
  likes!: number

  @ManyToOne(
    () => Post,
    ({ comments }) => comments,
  )
  @OnDelete('cascade')
  post!: Relation<Post> | null

  @ManyToOne(() => Comment)
  @OnDelete('detach')
  answers!: Relation<Comment> | null
}
interface Comment extends Timestamped, SoftDeletable {}

@Entity()
@Timestamps()
@Versioned()
class Invoice {
  @PrimaryGeneratedColumn()
  id!: number

  @OneToMany(
    () => Line,
    ({ invoice }) => invoice,
    { cascade: true },
  )
  lines!: Relation<Line>[]
}
interface Invoice extends Timestamped, HasVersion {}

@Entity()
@TouchParent({ relation: 'invoice' })
class Line {
  @PrimaryGeneratedColumn()
  id!: number

  @ManyToOne(
    () => Invoice,
    ({ lines }) => lines,
  )
  invoice!: Relation<Invoice>
}

const noon = Date.UTC(2024, 1, 29, 12)

describeOnEngines('Parents that are touched', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let posts: ModelRepository<Post>
  let comments: ModelRepository<Comment>
  const clock = { instant: noon, now: () => new Date(clock.instant) }

  before(async () => {
    database = await engine.create()
    const options = { ...database.options, entities: [Blog, Post, Comment, Invoice, Line], clock }
    dataSource = await createDataSource(options).initialize()
    await dataSource.synchronize()
    posts = dataSource.getRepository(Post)
    comments = dataSource.getRepository(Comment)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    const quoted = dataSource.driver.escape('answersId')
    await dataSource.query(`UPDATE comment SET ${quoted} = NULL`)
    for (const table of ['comment', 'post', 'blog']) await dataSource.query(`DELETE FROM ${table}`)
    clock.instant = noon
    await dataSource.getRepository(Blog).insert({ id: 1, name: 'b' })
    await withoutTimestamps(() =>
      posts.insert([1, 2].map((id) => ({ id, blog: { name: 'b' } as Blog, createdAt: at(0), updatedAt: at(0) }))),
    )
    await withoutTimestamps(() =>
      comments.insert([1, 2, 3].map((id) => ({ id, post: { id: 1 }, createdAt: at(0), updatedAt: at(0) }))),
    )
    clock.instant = noon + 1000
  })

  const at = (seconds: number) => new Date(noon + 1000 * seconds)

  /** How often the blog and the posts were written, after seconds: their versions, and when that was. */
  const states = async () => {
    const blogs = await dataSource.getRepository(Blog).find()
    const rows = [...blogs, ...(await posts.unscoped().find({ order: { id: 'ASC' } }))]
    return rows.map(({ version, updatedAt }) => `${version} at ${(updatedAt.getTime() - noon) / 1000}`)
  }
  const touched = ['2 at 1', '2 at 1', '1 at 0']

  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    'an insert': () => comments.insert({ id: 10, post: { id: 1 } }),
    'an insert of many': () => comments.insert([{ id: 10, post: { id: 1 } }, { id: 11, post: { id: 1 } }, { id: 12 }]),
    'a save of what is new': () => comments.save({ id: 10, post: { id: 1 } as Post }),
    'a save of what is there': () => comments.save({ id: 1, text: 'a' }),
    'a save of many': () =>
      comments.save([
        { id: 1, text: 'a' },
        { id: 2, text: 'b' },
        { id: 10, post: { id: 1 } as Post },
      ]),
    'an update': () => comments.update(1, { text: 'a' }),
    'an update of many': () => comments.update({ id: In([1, 2]) }, { text: 'a' }),
    'an increment': () => comments.increment({ id: 1 }, 'likes', 1),
    'a delete': () => comments.delete([1, 2]),
    'a touch': () => comments.touch([1, 2, 3]),
    'a removal': () => comments.purge(1),
    'a builder': () => comments.createQueryBuilder().update().set({ text: 'a' }).where('id = 2').execute(),
  }
  for (const [way, write] of Object.entries(ways)) {
    it(`once by ${way}, and theirs with them`, async () => {
      await write()
      expect(await states()).to.deep.equal(touched)
    })
  }

  it('both, where a row moves from one to the other', async () => {
    await comments.update([1, 2], { post: { id: 2 } })
    expect(await states()).to.deep.equal(['2 at 1', '2 at 1', '2 at 1'])
    clock.instant += 1000
    await comments.save({ id: 1, post: { id: 1 } as Post })
    expect(await states()).to.deep.equal(['3 at 2', '3 at 2', '3 at 2'])
  })

  it('by what comes back', async () => {
    await comments.delete(1)
    clock.instant += 1000
    await comments.restore(1)
    expect(await states()).to.deep.equal(['3 at 2', '3 at 2', '1 at 0'])
  })

  it('not by saves that change nothing, updates that meet nothing, and writes that are refused', async () => {
    await comments.save(await comments.findOneByOrFail({ id: 1 }))
    await comments.update({ id: 99 }, { text: 'a' })
    await failure(comments.update(1, { createdAt: at(9) }))
    await failure(comments.insert({ id: 1, post: { id: 1 } }))
    expect(await states()).to.deep.equal(['1 at 0', '1 at 0', '1 at 0'])
  })

  it('not by what is hidden before and after', async () => {
    await comments.delete(1)
    clock.instant += 1000
    await comments.purge(1)
    expect(await states()).to.deep.equal(touched)
  })

  it('not where they are hidden themselves', async () => {
    await posts.delete(1)
    clock.instant += 1000
    await comments.unscoped().update(2, { text: 'a' })
    expect(await states()).to.deep.equal(['2 at 1', '2 at 1', '1 at 0'])
  })

  it('not within withoutTimestamps', async () => {
    await withoutTimestamps(() => comments.update(1, { text: 'a' }))
    expect(await states()).to.deep.equal(['1 at 0', '1 at 0', '1 at 0'])
  })

  it('once where the call writes them itself: deletes, restores and saves with what belongs to them', async () => {
    await posts.delete(1)
    expect(await states()).to.deep.equal(['2 at 1', '2 at 1', '1 at 0'])
    clock.instant += 1000
    await posts.restore(1)
    expect(await states()).to.deep.equal(['3 at 2', '3 at 2', '1 at 0'])
    clock.instant += 1000
    const post = await posts.findOneOrFail({ where: { id: 1 }, relations: { comments: true } })
    post.title = 'new'
    for (const comment of post.comments) comment.text = 'new'
    await posts.save(post)
    expect(await states()).to.deep.equal(['4 at 3', '4 at 3', '1 at 0'])
    expect(post.version).to.equal(4)
    await posts.purge(1)
    expect(await states()).to.deep.equal(['5 at 3', '1 at 0'])
  })

  it('not where they are as new as what belongs to them', async () => {
    const invoices = dataSource.getRepository(Invoice)
    const made = await invoices.save(invoices.create({ lines: [{}, {}] }))
    expect((await invoices.findOneByOrFail({ id: made.id })).version).to.equal(1)
    await dataSource.getRepository(Line).insert({ invoice: made })
    expect((await invoices.findOneByOrFail({ id: made.id })).version).to.equal(2)
  })

  it('of their own kind too, in circles', async () => {
    await withoutTimestamps(() => comments.update(1, { answers: { id: 2 } }))
    await withoutTimestamps(() => comments.update(2, { answers: { id: 3 } }))
    await withoutTimestamps(() => comments.update(3, { answers: { id: 1 } }))
    await comments.update(1, { text: 'a' })
    const found = await comments.find({ order: { id: 'ASC' } })
    expect(found.map(({ updatedAt }) => updatedAt)).to.deep.equal([at(1), at(1), at(1)])
    expect(await states()).to.deep.equal(touched)
  })

  it('by one statement for all rows of a call', async () => {
    const updates: string[] = []
    const stop = dataSource.onStatement(({ sql }) => {
      if (/^UPDATE .?post/.test(sql)) updates.push(sql)
    })
    await comments.insert(
      Array.from({ length: 100 }, (_, index) => ({ id: 10 + index, post: { id: 1 + (index % 2) } })),
    )
    stop()
    expect(updates).to.have.length(1)
    expect(await states()).to.deep.equal(['2 at 1', '2 at 1', '2 at 1'])
  })

  it('by many at once: each write counts, none is the victim of another', async () => {
    const writes = Array.from({ length: 24 }, (_, index) => {
      const row = { id: 10 + index, text: `${index}`, post: { id: 1 + (index % 2) } as Post }
      if (index % 3 === 0) return comments.update(1 + (index % 2), { text: row.text })
      return index % 3 === 1 ? comments.insert(row) : comments.save(row)
    })
    await Promise.all(writes)
    const [blog, ...written] = (await states()).map((state) => Number(state.split(' ')[0]))
    expect(written.map((version) => version - 1).reduce((a, b) => a + b)).to.equal(24)
    expect(blog).to.equal(25)
  })
})

describe('@TouchParent', () => {
  it('needs a relation that holds the key of a row with timestamps', async () => {
    @Entity()
    class Plain {
      @PrimaryColumn({ type: 'int' })
      id!: number
    }
    @Entity()
    @TouchParent({ relation: ['plain', 'size'] })
    class Part {
      @PrimaryColumn({ type: 'int' })
      id!: number

      @Column({ type: 'int' })
      size!: number

      @ManyToOne(() => Plain)
      plain!: Relation<Plain>
    }
    const { default: driver } = await import('libsql')
    const options = { type: 'better-sqlite3', database: ':memory:', driver, entities: [Part, Plain] } as const
    const error = await failure(createDataSource(options).initialize())
    expect(error).to.be.instanceOf(DefinitionError)
    expect(error.message)
      .to.include('which has no "updatedAt"')
      .and.include('"size" is no relation that holds the key')
      .and.include('E_RELATION')
  })
})
