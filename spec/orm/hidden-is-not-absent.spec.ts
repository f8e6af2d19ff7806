import { expect } from 'chai'
import {
  Column,
  DeleteDateColumn,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type Relation,
} from 'typeorm'
import { type AppException, createDataSource, type ModelDataSource, type ModelEntityManager } from '../../src/index.js'
import { Author, Comment, currentTenant, openBlog, Page, Post, Tag, undone } from '../support/blog.js'
import { type Database, describeOnEngines } from '../support/engines.js'

interface Row {
  readonly [column: string]: unknown
}

async function rows(manager: ModelEntityManager, table: string, columns: readonly string[]): Promise<readonly Row[]> {
  const escape = (name: string) => manager.dataSource.driver.escape(name)
  const list = columns.map(escape).join(', ')
  return manager.query<readonly Row[]>(`SELECT ${list} FROM ${escape(table)} ORDER BY ${list}`)
}

const linksOf = async (manager: ModelEntityManager, post: number) =>
  (await rows(manager, 'post_tags_tag', ['postId', 'tagId']))
    .filter(({ postId }) => postId === post)
    .map(({ tagId }) => tagId)

const authorOf = async (manager: ModelEntityManager, post: number) =>
  (await rows(manager, 'post', ['id', 'authorId'])).find(({ id }) => id === post)?.['authorId']

describeOnEngines('What is hidden is not absent', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await openBlog(engine))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('saving an owner keeps its key of a hidden row', async () => {
    const stored = await undone(dataSource, async (manager) => {
      const posts = manager.getRepository(Post)
      const post = await posts.findOneOrFail({ where: { id: 2 }, relations: { author: true, editor: true } })
      expect([post.author, post.editor]).to.deep.equal([null, null])
      post.title = 'changed'
      await posts.save(post)
      return (await rows(manager, 'post', ['id', 'title', 'authorId', 'editorId']))[1]
    })
    expect(stored).to.deep.include({ title: 'changed', authorId: 2, editorId: 2 })
  })

  it('saving an owner keeps its links to hidden rows', async () => {
    const links = await undone(dataSource, async (manager) => {
      const posts = manager.getRepository(Post)
      const post = await posts.findOneOrFail({ where: { id: 1 }, relations: { tags: true } })
      post.tags = [...post.tags, await manager.getRepository(Tag).findOneByOrFail({ id: 3 })]
      await posts.save(post)
      return linksOf(manager, 1)
    })
    expect(links).to.deep.equal([1, 2, 3])
  })

  it('saving an owner removes links to visible rows only', async () => {
    const links = await undone(dataSource, async (manager) => {
      const post = await manager.getRepository(Post).findOneOrFail({ where: { id: 1 }, relations: { tags: true } })
      post.tags = []
      await manager.getRepository(Post).save(post)
      return linksOf(manager, 1)
    })
    expect(links).to.deep.equal([2])
  })

  it('a hidden row may be linked again by who sees it', async () => {
    const links = await undone(dataSource, async (manager) => {
      const post = await manager
        .getRepository(Post)
        .findOneOrFail({ where: { id: 1 }, relations: { tags: true }, withDeleted: true })
      expect(post.tags.map(({ id }) => id)).to.have.members([1, 2])
      await manager.getRepository(Post).save(post)
      return linksOf(manager, 1)
    })
    expect(links).to.deep.equal([1, 2])
  })

  it('a row that is hidden is not linked anew, from either side', async () => {
    const outcome = await undone(dataSource, async (manager) => {
      const hidden = await manager.getRepository(Tag).withDeleted().findOneByOrFail({ id: 2 })
      const post = await manager.getRepository(Post).findOneOrFail({ where: { id: 2 }, relations: { tags: true } })
      post.tags.push(hidden)
      const fromPost = await manager.save(post).catch((error: AppException) => error.errorCode)
      const tag = await manager.getRepository(Tag).findOneOrFail({ where: { id: 3 }, relations: { posts: true } })
      tag.posts.push(await manager.getRepository(Post).withDeleted().findOneByOrFail({ id: 3 }))
      const fromTag = await manager.save(tag).catch((error: AppException) => error.errorCode)
      return [fromPost, fromTag, await linksOf(manager, 2), await linksOf(manager, 3)]
    })
    expect(outcome).to.deep.equal(['REFERENCE_HIDDEN', 'REFERENCE_HIDDEN', [3], [1]])
  })

  it('a hidden row that somebody holds may be given members that are visible', async () => {
    const links = await undone(dataSource, async (manager) => {
      const post = await manager
        .getRepository(Post)
        .onlyDeleted()
        .findOneOrFail({ where: { id: 3 }, relations: { tags: true } })
      post.tags.push(await manager.getRepository(Tag).findOneByOrFail({ id: 3 }))
      await manager.save(post)
      return linksOf(manager, 3)
    })
    expect(links).to.deep.equal([1, 3])
  })

  it('saving an owner keeps hidden members', async () => {
    const members = await undone(dataSource, async (manager) => {
      const posts = manager.getRepository(Post)
      const post = await posts.findOneOrFail({ where: { id: 1 }, relations: { comments: true } })
      post.comments = []
      await posts.save(post)
      return rows(manager, 'comment', ['id', 'postId'])
    })
    expect(members.slice(0, 2)).to.deep.equal([
      { id: 1, postId: null },
      { id: 2, postId: 1 },
    ])
  })

  it('a visible row is unlinked by null', async () => {
    const author = await undone(dataSource, async (manager) => {
      const post = await manager.getRepository(Post).findOneOrFail({ where: { id: 1 }, relations: { author: true } })
      post.author = null
      await manager.getRepository(Post).save(post)
      return authorOf(manager, 1)
    })
    expect(author).to.equal(null)
  })

  it('a hidden row is unlinked by update(), and by a key of its own', async () => {
    const stored = await undone(dataSource, async (manager) => {
      const posts = manager.getRepository(Post)
      await posts.update({ id: 2 }, { author: null })
      const author = await authorOf(manager, 2)
      await manager.getRepository(Author).insert({ id: 9, name: 'New' })
      const post = await posts.findOneOrFail({ where: { id: 2 }, relations: { editor: true } })
      post.editorId = 9
      await posts.save(post)
      return [author, (await rows(manager, 'post', ['id', 'editorId']))[1]?.['editorId']]
    })
    expect(stored).to.deep.equal([null, 9])
  })

  it('a hidden parent of the same entity stays', async () => {
    const parents = await undone(dataSource, async (manager) => {
      const pages = manager.getRepository(Page)
      const [shown, hidden] = await pages.find({
        where: [{ id: 2 }, { id: 4 }],
        relations: { parent: true },
        order: { id: 'ASC' },
      })
      expect([shown!.parent?.id, hidden!.parent]).to.deep.equal([1, null])
      shown!.parent = null
      await pages.save([shown!, hidden!])
      return (await rows(manager, 'page', ['id', 'parentId'])).map(({ parentId }) => parentId)
    })
    expect(parents).to.deep.equal([null, null, 1, 3])
  })

  it('a hidden row that somebody holds can be saved', async () => {
    const stored = await undone(dataSource, async (manager) => {
      const post = await manager.getRepository(Post).withDeleted().findOneByOrFail({ id: 3 })
      post.title = 'changed'
      await manager.getRepository(Post).save(post)
      return rows(manager, 'post', ['id', 'title'])
    })
    expect(stored).to.have.length(5)
    expect(stored[2]).to.deep.equal({ id: 3, title: 'changed' })
  })

  it('a row that is hidden by being saved is not saved twice', async () => {
    const stored = await undone(dataSource, async (manager) => {
      const pages = manager.getRepository(Page)
      const page = await pages.findOneByOrFail({ id: 2 })
      page.status = 'draft'
      await pages.save(page)
      page.title = 'later'
      await pages.save(page)
      return rows(manager, 'page', ['id', 'title', 'status'])
    })
    expect(stored[1]).to.deep.equal({ id: 2, title: 'later', status: 'draft' })
    expect(stored).to.have.length(4)
  })

  it('what the database fills in comes back for a row that is hidden at once', async () => {
    const page = await undone(dataSource, async (manager) => {
      const page: Partial<Page> = { id: 90, title: 'new' }
      await manager.getRepository(Page).insert(page)
      return page
    })
    expect(page).to.include({ id: 90, title: 'new', status: 'draft' })
  })

  it('a row of another tenant cannot be saved', async () => {
    const outcome = await undone(dataSource, async (manager) => {
      const foreign = manager.create(Post, { id: 5, title: 'taken', score: 0, tenantId: 'a', editorId: 1 })
      return manager.save(foreign).then(
        () => 'saved',
        () => 'refused',
      )
    })
    expect(outcome).to.equal('refused')
    const [title] = await currentTenant.run('b', () => dataSource.getRepository(Post).find())
    expect(title).to.deep.include({ id: 5, title: 'five', tenantId: 'b' })
  })

  it('subscribers of a save get the ordinary, guarded manager', async () => {
    const seen: unknown[] = []
    const subscriber = {
      afterUpdate: async ({ manager }: { readonly manager: ModelEntityManager }) => {
        seen.push(await manager.getRepository(Comment).count())
      },
    }
    dataSource.subscribers.push(subscriber as never)
    try {
      await undone(dataSource, async (manager) => {
        const comment = await manager.getRepository(Comment).findOneByOrFail({ id: 1 })
        comment.text = 'changed'
        await manager.getRepository(Comment).save(comment)
      })
    } finally {
      dataSource.subscribers.pop()
    }
    expect(seen).to.deep.equal([3])
  })
})

@Entity()
class Owner {
  @PrimaryColumn()
  id!: number

  @DeleteDateColumn()
  removedAt!: Date | null

  @OneToMany(
    () => Thing,
    (thing) => thing.owner,
  )
  things!: Relation<Thing>[]
}

@Entity()
class Thing {
  @PrimaryColumn()
  id!: number

  @Column()
  name!: string

  @DeleteDateColumn()
  removedAt!: Date | null

  @ManyToOne(
    () => Owner,
    (owner) => owner.things,
  )
  owner!: Relation<Owner> | null

  @ManyToMany(() => Owner)
  @JoinTable()
  owners!: Relation<Owner>[]
}

describeOnEngines("TypeORM's own soft delete", (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Owner, Thing] }).initialize()
    await dataSource.synchronize()
    await dataSource.getRepository(Owner).insert([{ id: 1 }, { id: 2 }])
    const owners = await dataSource.getRepository(Owner).find()
    await dataSource.getRepository(Thing).save([
      { id: 1, name: 'a', owner: { id: 1 }, owners },
      { id: 2, name: 'b', owner: { id: 2 }, owners: [] },
    ])
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('does not delete again what is deleted, whatever the condition', async () => {
    await dataSource.manager.softDelete(Thing, { id: 2 })
    const again = dataSource.createQueryBuilder().softDelete().from(Thing).where('id = 2 OR id = 3')
    expect((await again.execute()).affected).to.equal(0)
    await dataSource.manager.restore(Thing, { id: 2 })
  })

  it('is not undone by an OR in the condition of a join', async () => {
    await dataSource.manager.softDelete(Thing, { id: 1 })
    const builder = dataSource.getRepository(Owner).createQueryBuilder('o')
    const owner = await builder
      .leftJoinAndSelect('o.things', 't', "t.name = 'a' OR t.id > 0")
      .where('o.id = 1')
      .getOneOrFail()
    expect(owner.things).to.deep.equal([])
    await dataSource.manager.restore(Thing, { id: 1 })
  })

  it('keeps the links of what is hidden when its owner is saved', async () => {
    await dataSource.manager.softDelete(Owner, { id: 1 })
    const things = dataSource.getRepository(Thing)
    const thing = await things.findOneOrFail({ where: { id: 1 }, relations: { owner: true, owners: true } })
    expect([thing.owner, thing.owners.map(({ id }) => id)]).to.deep.equal([null, [2]])
    thing.name = 'changed'
    await things.save(thing)
    await dataSource.manager.restore(Owner, { id: 1 })
    const again = await things.findOneOrFail({ where: { id: 1 }, relations: { owner: true, owners: true } })
    expect([again.name, again.owner?.id, again.owners.map(({ id }) => id).sort((a, b) => a - b)]).to.deep.equal([
      'changed',
      1,
      [1, 2],
    ])
  })
})
