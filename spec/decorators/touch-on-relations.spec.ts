import { expect } from 'chai'
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm'
import {
  type HasVersion,
  OnDelete,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  Versioned,
  withoutTimestamps,
} from '../../decorators/index.js'
import { createDataSource, DefinitionError, type ModelDataSource, type ModelRepository } from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

/** Labels hear of their posts; the posts hear of their tags and labels, but not of their readers. */
@Entity()
@Timestamps({ touchOnRelations: ['posts'] })
class Label {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @ManyToMany(
    () => Post,
    ({ labels }) => labels,
  )
  posts!: Relation<Post>[]
}
interface Label extends Timestamped {}

@Entity()
class Tag {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10, unique: true })
  name!: string
}

@Entity()
@SoftDelete()
class Author {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Author extends SoftDeletable {}

@Entity()
@Timestamps({ touchOnRelations: ['tags', 'labels', 'marks'] })
@Versioned()
@SoftDelete()
class Post {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  title!: string

  @ManyToOne(() => Author)
  @OnDelete('keep')
  author!: Relation<Author> | null

  @ManyToMany(() => Tag, { cascade: ['insert'] })
  @JoinTable()
  tags!: Relation<Tag>[]

  // By their names, which are no primary keys.
  @ManyToMany(() => Tag, { persistence: false })
  @JoinTable({ name: 'post_marks', inverseJoinColumn: { referencedColumnName: 'name' } })
  marks!: Relation<Tag>[]

  @ManyToMany(
    () => Label,
    ({ posts }) => posts,
  )
  @JoinTable()
  labels!: Relation<Label>[]

  @ManyToMany(() => Author)
  @JoinTable()
  readers!: Relation<Author>[]
}
interface Post extends Timestamped, HasVersion, SoftDeletable {}

const noon = Date.UTC(2024, 1, 29, 12)

const seconds = (row: Timestamped) => (row.updatedAt.getTime() - noon) / 1000
const tag = (id: number): Tag => ({ id, name: `t${id}` })
const of = (index: number) => 1 + (index % 2)

describeOnEngines('Rows whose links change', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let posts: ModelRepository<Post>
  let labels: ModelRepository<Label>
  const clock = { instant: noon, now: () => new Date(clock.instant) }
  const junctions = ['post_tags_tag', 'post_labels_label', 'post_readers_author', 'post_marks']

  before(async () => {
    database = await engine.create()
    const entities = [Post, Tag, Label, Author]
    dataSource = await createDataSource({ ...database.options, entities, clock }).initialize()
    await dataSource.synchronize()
    posts = dataSource.getRepository(Post)
    labels = dataSource.getRepository(Label)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const table of [...junctions, 'post', 'tag', 'label', 'author']) await dataSource.query(`DELETE FROM ${table}`)
    clock.instant = noon
    await dataSource.getRepository(Tag).insert([1, 2, 3].map((id) => ({ id, name: `t${id}` })))
    await dataSource.getRepository(Author).insert([{ id: 1 }, { id: 2 }])
    await labels.insert([{ id: 1 }, { id: 2 }])
    await posts.insert([{ id: 1, author: { id: 1 } }, { id: 2 }])
    for (const [relation, id] of [
      ['tags', 1],
      ['marks', 't1'],
      ['labels', 1],
    ] as const) {
      await withoutTimestamps(() => linksOf(relation).add(id))
    }
    clock.instant = noon + 1000
  })

  const linksOf = (relation: string, of: unknown = 1) => dataSource.createQueryBuilder().relation(Post, relation).of(of)

  /** When the posts and labels were last written, in seconds, and the versions of the posts. */
  const states = async () => {
    const found = await posts.unscoped().find({ order: { id: 'ASC' } })
    return [
      found.map((post) => `${post.version} at ${seconds(post)}`).join(', '),
      (await labels.find({ order: { id: 'ASC' } })).map(seconds).join(', '),
    ]
  }
  const untouched = ['1 at 0, 1 at 0', '0, 0']
  const load = (...names: ('tags' | 'labels' | 'readers' | 'author')[]) =>
    posts.findOneOrFail({
      where: { id: 1 },
      relations: Object.fromEntries(names.map((name) => [name, true])),
    })

  const ways: Readonly<Record<string, readonly [write: () => Promise<unknown>, states: readonly string[]]>> = {
    'a builder that adds': [() => linksOf('tags').add([2, 3]), ['2 at 1, 1 at 0', '0, 0']],
    'a builder that adds to many': [() => linksOf('tags', [1, 2]).add(2), ['2 at 1, 2 at 1', '0, 0']],
    'a builder that removes': [() => linksOf('tags').remove(1), ['2 at 1, 1 at 0', '0, 0']],
    'a builder that does both': [() => linksOf('tags').addAndRemove(2, 1), ['2 at 1, 1 at 0', '0, 0']],
    'what happens at the other side': [
      () => dataSource.createQueryBuilder().relation(Label, 'posts').of(2).add([1, 2]),
      ['2 at 1, 2 at 1', '0, 1'],
    ],
    'links that both sides hear of': [() => linksOf('labels').addAndRemove(2, 1), ['2 at 1, 1 at 0', '1, 1']],
    'links by what is no primary key': [() => linksOf('marks').addAndRemove('t2', 't1'), ['2 at 1, 1 at 0', '0, 0']],
    'a save that changes a list alone': [
      async () => posts.save(Object.assign(await load('tags'), { tags: [tag(2), tag(3)] })),
      ['2 at 1, 1 at 0', '0, 0'],
    ],
    'a save that empties a list': [
      async () => posts.save(Object.assign(await load('labels'), { labels: [] })),
      ['2 at 1, 1 at 0', '1, 0'],
    ],
    'a save that changes more, once': [
      async () => posts.save(Object.assign(await load('tags'), { title: 'new', tags: [tag(1), tag(2)] })),
      ['2 at 1, 1 at 0', '0, 0'],
    ],
    'a save of the other side': [
      async () => labels.save({ id: 2, posts: [{ id: 1 } as Post, { id: 2 } as Post] }),
      ['2 at 1, 2 at 1', '0, 1'],
    ],
    'a save that inserts, with its instant': [
      () => posts.save({ id: 3, tags: [tag(1), tag(9)], labels: [{ id: 1 } as Label] }),
      ['1 at 0, 1 at 0, 1 at 1', '1, 0'],
    ],
    'links that are written as rows': [
      () => dataSource.getRepository('post_tags_tag').insert({ postId: 2, tagId: 1 }),
      ['1 at 0, 2 at 1', '0, 0'],
    ],
    'links that are moved as rows': [
      () => dataSource.getRepository('post_tags_tag').update({ tagId: 1 }, { postId: 2 }),
      ['2 at 1, 2 at 1', '0, 0'],
    ],
    'links that are removed as rows': [
      () => dataSource.getRepository('post_tags_tag').delete({ tagId: 1 }),
      ['2 at 1, 1 at 0', '0, 0'],
    ],
    'the end of what they are linked with': [() => dataSource.getRepository(Tag).delete(1), ['2 at 1, 1 at 0', '0, 0']],
    'their own end, which the others hear of': [() => posts.purge(1), ['1 at 0', '1, 0']],
  }
  for (const [way, [write, expected]] of Object.entries(ways)) {
    it(`are written by ${way}`, async () => {
      await write()
      expect(await states()).to.deep.equal(expected)
    })
  }

  const notWays: Readonly<Record<string, () => Promise<unknown>>> = {
    'saves that change nothing': async () => posts.save(await load('tags', 'labels')),
    'links of relations that do not count': () => linksOf('readers').add(1),
    'links that are not there': () => linksOf('tags').remove(3),
    'links that are refused': () => failure(linksOf('tags').add(99)),
    'what is not to be stamped': () => withoutTimestamps(() => linksOf('tags').add(2)),
  }
  for (const [way, write] of Object.entries(notWays)) {
    it(`are not written by ${way}`, async () => {
      await write()
      expect(await states()).to.deep.equal(untouched)
    })
  }

  it('are left where they are hidden', async () => {
    await posts.delete(1)
    clock.instant += 1000
    await dataSource.getRepository(Tag).delete(1)
    expect(await states()).to.deep.equal(['2 at 1, 1 at 0', '0, 0'])
  })

  it('tell their entity, which can be saved again, and refuse one that is stale', async () => {
    const [post, stale] = [await load('tags'), await load('tags')]
    post.tags.push(tag(2))
    await posts.save(post)
    expect([post.version, post.updatedAt]).to.deep.equal([2, new Date(noon + 1000)])
    post.title = 'new'
    await posts.save(post)
    expect(post.version).to.equal(3)
    stale.tags = []
    expect((await failure(posts.save(stale))).errorCode).to.equal('STALE')
    expect(stale.version).to.equal(1)
    expect((await load('tags')).tags.map(({ name }) => name).sort()).to.deep.equal(['t1', 't2'])
  })

  for (const [change, tags] of [
    ['get', [tag(1), tag(2)]],
    ['lose', []],
  ] as const) {
    it(`are written also where a save looked as if it wrote them, and they ${change} links`, async () => {
      await dataSource.getRepository(Author).delete(1)
      const post = await load('tags', 'author')
      expect(post.author).to.equal(null)
      await posts.save(Object.assign(post, { tags: [...tags] }))
      expect(await states()).to.deep.equal(['2 at 1, 1 at 0', '0, 0'])
      expect(post.version).to.equal(2)
      expect(
        (
          await posts
            .relation('author', { whenHidden: 'show' })
            .findOneOrFail({ where: { id: 1 }, relations: { author: true } })
        ).author?.id,
      ).to.equal(1)
    })
  }

  it('refuse links from a SELECT, whose rows nobody knows', async () => {
    const statement = dataSource.createQueryBuilder().insert().into('post_tags_tag', ['postId', 'tagId'])
    const selection = dataSource.createQueryBuilder(Post, 'post').select('2').addSelect('1')
    const error = await failure(statement.valuesFromSelect(selection).execute())
    expect(error).to.be.instanceOf(DefinitionError)
    expect(error.message).to.include('E_UNRULED_WRITE').and.include('@Timestamps at ')
    expect(await states()).to.deep.equal(untouched)
  })

  it('by many at once: each change of links counts, and none is the victim of another', async () => {
    const tags = Array.from({ length: 24 }, (_, index) => tag(100 + index))
    await dataSource.getRepository(Tag).insert(tags)
    await Promise.all(tags.map(({ id }, index) => linksOf('tags', of(index)).add(id)))
    expect((await states())[0]).to.equal('13 at 1, 13 at 1')
    const others = tags.map(({ id }) => ({ id }))
    await labels.insert(others)
    const changes = tags.map(({ id }, index) => {
      if (index % 3 === 0) return dataSource.getRepository(Tag).delete(id)
      return index % 3 === 1 ? linksOf('tags', of(index)).remove(id) : linksOf('labels', of(index)).add(id)
    })
    await Promise.all(changes)
    expect(await dataSource.query('SELECT * FROM post_tags_tag')).to.have.length(9)
    expect(await dataSource.query('SELECT * FROM post_labels_label')).to.have.length(9)
    expect((await states())[0]).to.equal('25 at 1, 25 at 1')
  })
})

describe('@Timestamps', () => {
  it('touches by relations to many alone', async () => {
    @Entity()
    class Whole {
      @PrimaryColumn({ type: 'int' })
      id!: number

      @OneToMany(
        () => Part,
        ({ whole }) => whole,
      )
      parts!: Relation<Part>[]
    }
    @Entity()
    @Timestamps({ touchOnRelations: ['whole'] })
    class Part {
      @PrimaryColumn({ type: 'int' })
      id!: number

      @ManyToOne(
        () => Whole,
        ({ parts }) => parts,
      )
      whole!: Relation<Whole>
    }
    interface Part extends Timestamped {}
    const { default: driver } = await import('libsql')
    const options = { type: 'better-sqlite3', database: ':memory:', driver, entities: [Part, Whole] } as const
    const error = await failure(createDataSource(options).initialize())
    expect(error.message).to.include('"whole" is no many-to-many relation').and.include('E_RELATION')
  })
})
