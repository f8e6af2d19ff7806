import type { EntityManager, Repository } from 'typeorm'
import {
  type DeletionResult,
  isHidden,
  type ModelDataSource,
  type ModelRepository,
  orderingOf,
  type Receipt,
  type Selection,
} from '../../src/index.js'
import { Bookmark, Page, Post } from '../support/blog.js'

declare const dataSource: ModelDataSource

// Right programs.
export async function right(): Promise<readonly unknown[]> {
  const posts: ModelRepository<Post> = dataSource.getRepository(Post)
  const receipt: Receipt = await posts.restore(1)
  const again: Receipt = await posts.unscoped('kept').purge([1, 2])
  const trash: ModelRepository<Post> = posts.onlyDeleted().withDeleted()
  const drafts: ModelRepository<Page> = dataSource.getRepository(Page).drafts().view('drafts')
  const selection: Selection<Post> = trash
    .select()
    .where({ title: 'x', deletedAt: null, editorId: 1 })
    .view('onlyDeleted')
  const found: Post | null = await selection
    .orderBy(orderingOf(['-score']))
    .slice(0, 1)
    .first()
  const byId: Post | null = await posts.findById('1')
  const managed: ModelRepository<Post> = dataSource.manager.getRepository(Post)
  const named: Repository<Post> = dataSource.getRepository<Post>('Post')
  const builder = posts.createQueryBuilder('p').unscoped('kept').leftJoin('p.author', 'a').getMany()
  const plain: EntityManager = dataSource.manager
  const typed: Post[] = await posts.find({ where: { author: { name: 'x' } }, relations: { tags: true } })
  return [receipt, again, drafts, found, byId, managed, named, await builder, plain, typed]
}

export async function wrong(): Promise<void> {
  const bookmarks = dataSource.getRepository(Bookmark)
  // @ts-expect-error: the entity has no trait with this verb
  await bookmarks.restore(1)
  // @ts-expect-error: nor one with this view
  bookmarks.withDeleted()
  // @ts-expect-error: TypeORM's own soft delete has no column here
  await dataSource.getRepository(Post).softDelete(1)
  // @ts-expect-error: a view of another entity
  dataSource.getRepository(Page).view('onlyDeleted')
  // @ts-expect-error: a view of another entity
  dataSource.getRepository(Page).select().view('onlyDeleted')
  // @ts-expect-error: not a property
  dataSource.getRepository(Post).select().where({ titel: 'x' })
  // @ts-expect-error: a value the property cannot have
  dataSource.getRepository(Post).select().where({ score: 'x' })
  // @ts-expect-error: an id is text or a number
  await dataSource.getRepository(Post).findById({ id: 1 })
}

export async function looks(): Promise<readonly unknown[]> {
  const posts = dataSource.getRepository(Post)
  const right: Selection<Post> = posts
    .select()
    .relation('author', { view: 'withDeleted' })
    .relation('comments.post', { whenHidden: 'show' })
    .relation('tags')
  const repository: ModelRepository<Post> = posts.relation('author', { whenHidden: 'dropOwner' })
  const [post] = await right.rows()
  const hidden: boolean = isHidden(post!, 'author')
  // @ts-expect-error: not a relation
  posts.select().relation('title')
  // @ts-expect-error: not a relation of the related entity
  posts.select().relation('author.autor')
  // @ts-expect-error: the related entity has no such view
  posts.select().relation('author', { view: 'drafts' })
  // @ts-expect-error: no way to treat hidden rows
  posts.relation('author', { whenHidden: 'showw' })
  // @ts-expect-error: members of a list are left out, not null
  isHidden(post!, 'tags')
  return [repository, hidden]
}

export async function upserts(): Promise<void> {
  const posts = dataSource.getRepository(Post)
  await posts.updateOrCreate({ id: 1, title: 'x' }, { by: ['id'], revive: 'restore' })
  // @ts-expect-error: not a property
  await posts.updateOrCreate({ id: 1 }, { by: ['titel'] })
  // @ts-expect-error: known by nothing
  await posts.updateOrCreate({ id: 1 }, { by: [] })
  // @ts-expect-error: not a verb
  await posts.updateOrCreate({ id: 1 }, { by: ['id'], revive: 'publish' })
}

/** What every repository has is there of an entity that only callers know. */
export async function ofAnyEntity<E extends { id: number }>(rows: ModelRepository<E>): Promise<readonly unknown[]> {
  const found: E | null = await rows.findById(1)
  const counted: number = await rows.count()
  return [found, counted, rows.select(), await rows.unscoped().find(), await rows.delete(1)]
}

export async function deletes(): Promise<readonly unknown[]> {
  const posts = dataSource.getRepository(Post)
  const { affected, operation, byEntity }: DeletionResult = await posts.withDeleted().delete({ title: 'x' })
  const all: DeletionResult = await posts.deleteAll()
  const managed: DeletionResult = await dataSource.manager.delete(Post, [1, 2])
  const everything: DeletionResult = await dataSource.manager.deleteAll(Post)
  const count: number | undefined = byEntity['Post']
  // @ts-expect-error: not a property
  await posts.delete({ titel: 'x' })
  // @ts-expect-error: a result says what was, and is not changed
  all.byEntity['Post'] = 1
  // @ts-expect-error: nothing of the kind is told
  const wrong = managed.deletionId
  return [affected, operation, count, everything, wrong]
}
