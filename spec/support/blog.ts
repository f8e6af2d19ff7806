import {
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type Relation,
  Tree,
  TreeChildren,
  TreeParent,
} from 'typeorm'
import { DefaultOrdering, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import {
  type Adds,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  type ModelDataSourceOptions,
  type ModelEntityManager,
} from '../../src/index.js'
import type { Database, Engine } from './engines.js'
import { hide } from './hide.js'

export const currentTenant = contextVariable<string>('tenant')

/** A third party's trait: rows of other tenants do not exist. */
export const Tenanted = defineTrait({
  name: 'Tenanted',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 20 }) }),
  scopes: () => ({ tenant: { where: eq('tenantId', currentTenant), locked: true } }),
})
export type TenantOwned = Adds<typeof Tenanted>

/** A third party's trait: drafts are hidden, but there is no view called `withDeleted`. */
export const Publishable = defineTrait({
  name: 'Publishable',
  defaults: {},
  columns: () => ({ status: column.string({ length: 20, default: 'draft' }) }),
  scopes: () => ({ published: { where: eq('status', 'published'), default: true } }),
  views: () => ({ drafts: { without: ['published'], where: eq('status', 'draft') } }),
})
export type Published = Adds<typeof Publishable>

@Entity()
@SoftDelete()
export class Author {
  @PrimaryColumn()
  id!: number

  @Column({ length: 40 })
  name!: string

  @OneToMany(
    () => Post,
    (post) => post.author,
  )
  posts!: Relation<Post>[]
}
export interface Author extends SoftDeletable {}

@Entity()
@SoftDelete()
export class Tag {
  @PrimaryColumn()
  id!: number

  @Column({ length: 40 })
  name!: string

  @ManyToMany(
    () => Post,
    (post) => post.tags,
  )
  posts!: Relation<Post>[]
}
export interface Tag extends SoftDeletable {}

@Entity()
@SoftDelete()
@Tenanted()
@DefaultOrdering({ by: ['-score'] })
export class Post {
  @PrimaryColumn()
  id!: number

  @Column({ length: 40 })
  title!: string

  @Column()
  score!: number

  @ManyToOne(
    () => Author,
    (author) => author.posts,
  )
  author!: Relation<Author> | null

  @Column({ nullable: true, type: Number })
  editorId!: number | null

  @ManyToOne(() => Author, { nullable: false })
  @JoinColumn({ name: 'editorId' })
  editor!: Relation<Author>

  @ManyToMany(
    () => Tag,
    (tag) => tag.posts,
  )
  @JoinTable()
  tags!: Relation<Tag>[]

  @OneToMany(
    () => Comment,
    (comment) => comment.post,
  )
  comments!: Relation<Comment>[]
}
export interface Post extends SoftDeletable, TenantOwned {}

@Entity()
@SoftDelete()
export class Comment {
  @PrimaryColumn()
  id!: number

  @Column({ length: 40 })
  text!: string

  @ManyToOne(
    () => Post,
    (post) => post.comments,
  )
  post!: Relation<Post> | null
}
export interface Comment extends SoftDeletable {}

/** Has no trait itself: only what it refers to can be hidden. */
@Entity()
export class Bookmark {
  @PrimaryColumn()
  id!: number

  @ManyToOne(() => Author, { nullable: false, eager: true })
  eager!: Relation<Author>

  @ManyToOne(() => Author)
  lazy!: Promise<Author | null>

  @ManyToMany(() => Tag)
  @JoinTable()
  lazyTags!: Promise<Tag[]>
}

@Entity()
@Publishable()
export class Page {
  @PrimaryColumn()
  id!: number

  @Column({ length: 40 })
  title!: string

  @ManyToOne(
    () => Page,
    (page) => page.children,
  )
  parent!: Relation<Page> | null

  @OneToMany(
    () => Page,
    (page) => page.parent,
  )
  children!: Relation<Page>[]
}
export interface Page extends Published {}

/** 2 and 3 lie below 1, and 4 below 3; 3 is a draft. */
@Entity()
@Tree('closure-table')
@Publishable()
export class Topic {
  @PrimaryColumn()
  id!: number

  @TreeParent()
  parent!: Relation<Topic> | null

  @TreeChildren()
  children!: Relation<Topic>[]
}
export interface Topic extends Published {}

const entities = [Author, Tag, Post, Comment, Bookmark, Page, Topic]

/**
 * Authors 1 Ann, 2 Bob (deleted), 3 Cy. Tags 1 red, 2 blue (deleted), 3 green.
 * Posts 1, 2 and 4 of tenant a are visible, 3 is deleted; 5 belongs to tenant b. Post 2 was written and edited by Bob.
 */
async function seed(dataSource: ModelDataSource): Promise<void> {
  const insert = (entity: Parameters<ModelDataSource['getRepository']>[0], rows: readonly object[]) =>
    dataSource
      .createQueryBuilder()
      .insert()
      .into(entity)
      .values([...rows])
      .updateEntity(false)
      .execute()
  await insert(Author, [
    { id: 1, name: 'Ann' },
    { id: 2, name: 'Bob' },
    { id: 3, name: 'Cy' },
  ])
  await insert(Tag, [
    { id: 1, name: 'red' },
    { id: 2, name: 'blue' },
    { id: 3, name: 'green' },
  ])
  const posts = [
    { id: 1, title: 'one', score: 1, tenantId: 'a', author: { id: 1 }, editorId: 3 },
    { id: 2, title: 'two', score: 2, tenantId: 'a', author: { id: 2 }, editorId: 2 },
    { id: 3, title: 'three', score: 4, tenantId: 'a', author: { id: 1 }, editorId: 1 },
    { id: 4, title: 'four', score: 8, tenantId: 'a', author: null, editorId: 3 },
    { id: 5, title: 'five', score: 16, tenantId: 'b', author: { id: 1 }, editorId: 1 },
  ]
  for (const post of posts) await currentTenant.run(post.tenantId, () => insert(Post, [post]))
  const comments = [
    { id: 1, text: 'yes', post: { id: 1 } },
    { id: 2, text: 'spam', post: { id: 1 } },
    { id: 3, text: 'no', post: { id: 2 } },
    { id: 4, text: 'late', post: { id: 3 } },
  ]
  await currentTenant.run('a', () => insert(Comment, comments))
  for (const entity of [Author, Tag, Comment]) await hide(dataSource, entity, [2])
  await hide(dataSource, Post, [3])
  const links = dataSource.getManyToManyMetadata(Post, 'tags')!.target
  const linked = [
    { postId: 1, tagId: 1 },
    { postId: 1, tagId: 2 },
    { postId: 2, tagId: 3 },
    { postId: 3, tagId: 1 },
  ]
  await currentTenant.run('a', () => insert(links, linked))
  await currentTenant.run('b', () => insert(links, [{ postId: 5, tagId: 1 }]))
  await insert(Bookmark, [
    { id: 1, eager: { id: 2 }, lazy: { id: 2 } },
    { id: 2, eager: { id: 1 }, lazy: { id: 1 } },
  ])
  await insert(dataSource.getManyToManyMetadata(Bookmark, 'lazyTags')!.target, [
    { bookmarkId: 1, tagId: 1 },
    { bookmarkId: 1, tagId: 2 },
  ])
  await insert(Page, [
    { id: 1, title: 'home', status: 'published', parent: null },
    { id: 2, title: 'about', status: 'published', parent: { id: 1 } },
    { id: 3, title: 'draft', status: 'draft', parent: { id: 1 } },
    { id: 4, title: 'below', status: 'published', parent: { id: 3 } },
  ])
  const topics = dataSource.getRepository(Topic)
  const root = await topics.save({ id: 1, status: 'published' })
  await topics.save({ id: 2, status: 'published', parent: root })
  const draft = await topics.save({ id: 3, status: 'draft', parent: root })
  await topics.save({ id: 4, status: 'published', parent: draft })
}

/** A database with the blog in it. */
export async function openBlog(
  engine: Engine,
  options: Partial<ModelDataSourceOptions> = {},
): Promise<{ readonly database: Database; readonly dataSource: ModelDataSource }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, ...options, entities } as ModelDataSourceOptions)
  await dataSource.initialize()
  await dataSource.synchronize()
  await seed(dataSource)
  return { database, dataSource }
}

class Undo extends Error {}

/** Runs work as tenant a, in a transaction that is rolled back; gives what the work gave. */
export async function undone<T>(
  dataSource: ModelDataSource,
  work: (manager: ModelEntityManager) => Promise<T>,
): Promise<T> {
  let result: { readonly value: T } | undefined
  await currentTenant
    .run('a', () =>
      dataSource.transaction(async (manager) => {
        result = { value: await work(manager) }
        throw new Undo()
      }),
    )
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error
    })
  return result!.value
}
