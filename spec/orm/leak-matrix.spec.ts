import { expect } from 'chai'
import { Brackets, In, IsNull, LessThan, MoreThan, Not } from 'typeorm'
import type { ModelDataSource, ModelEntityManager } from '../../src/index.js'
import { Author, Bookmark, Comment, currentTenant, openBlog, Page, Post, Tag, Topic, undone } from '../support/blog.js'
import { type Database, describeOnEngines, engines } from '../support/engines.js'

type Check = readonly [name: string, act: (manager: ModelEntityManager) => Promise<unknown>, expected: unknown]

const ids = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id).sort((a, b) => a - b)
const posts = (manager: ModelEntityManager) => manager.getRepository(Post)
const authors = (manager: ModelEntityManager) => manager.getRepository(Author)
const tags = (manager: ModelEntityManager) => manager.getRepository(Tag)
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const named = async (rows: Promise<readonly { readonly id: number }[]>) => ids(await rows)

/** What is stored, whatever the scopes say. */
async function stored(manager: ModelEntityManager, table: string, column: string, id: number): Promise<unknown> {
  const escape = (name: string) => manager.dataSource.driver.escape(name)
  const sql = `SELECT ${escape(column)} AS value FROM ${escape(table)} WHERE id = ${id}`
  const [row] = await manager.query<readonly { readonly value: unknown }[]>(sql)
  return row?.value
}

const total = async (manager: ModelEntityManager, table: string): Promise<number> => {
  const sql = `SELECT COUNT(*) AS value FROM ${manager.dataSource.driver.escape(table)}`
  const [row] = await manager.query<readonly { readonly value: unknown }[]>(sql)
  return Number(row?.value)
}

const reads: readonly Check[] = [
  ['find', (m) => named(posts(m).find()), [1, 2, 4]],
  ['find with OR conditions', (m) => named(posts(m).find({ where: [{ id: 1 }, { id: 3 }, { id: 5 }] })), [1]],
  ['find with an operator', (m) => named(posts(m).find({ where: { score: MoreThan(1) } })), [2, 4]],
  ['findBy', (m) => named(posts(m).findBy({ id: In([1, 3, 5]) })), [1]],
  ['findOne of a hidden row', (m) => posts(m).findOne({ where: { id: 3 } }), null],
  ['findOneBy of a row of another tenant', (m) => posts(m).findOneBy({ id: 5 }), null],
  [
    'findOneByOrFail of a hidden row',
    (m) =>
      posts(m)
        .findOneByOrFail({ id: 3 })
        .catch((e: Error) => e.name),
    'EntityNotFoundError',
  ],
  ['findAndCount', async (m) => (await posts(m).findAndCount())[1], 3],
  ['findAndCount of a page', async (m) => (await posts(m).findAndCount({ take: 1 }))[1], 3],
  ['count', (m) => posts(m).count(), 3],
  ['countBy', (m) => posts(m).countBy({ score: LessThan(5) }), 2],
  ['exists', (m) => posts(m).exists({ where: { id: 3 } }), false],
  ['existsBy', (m) => posts(m).existsBy({ id: 5 }), false],
  ['sum', (m) => posts(m).sum('score'), 11],
  ['average', (m) => authors(m).average('id'), 2],
  ['minimum', (m) => posts(m).minimum('score', { id: MoreThan(1) }), 2],
  ['maximum', (m) => posts(m).maximum('score'), 8],
  ['EntityManager.find', (m) => named(m.find(Post)), [1, 2, 4]],
  ['EntityManager.findBy by the name of the entity', (m) => named(m.find<Post>('Post')), [1, 2, 4]],
  ['EntityManager.preload of a hidden row', (m) => m.preload(Author, { id: 2, name: 'x' }), undefined],
  ['createQueryBuilder', (m) => named(posts(m).createQueryBuilder('p').getMany()), [1, 2, 4]],
  [
    'createQueryBuilder with OR',
    (m) => named(posts(m).createQueryBuilder('p').where('p.id = 1').orWhere('p.id = 3').orWhere('p.id = 5').getMany()),
    [1],
  ],
  [
    'createQueryBuilder with brackets',
    (m) =>
      named(
        posts(m)
          .createQueryBuilder('p')
          .where(new Brackets((q) => q.where('p.id = 3').orWhere('p.id = 2')))
          .getMany(),
      ),
    [2],
  ],
  [
    'dataSource.createQueryBuilder().from()',
    (m) => named(m.createQueryBuilder().select('p').from(Post, 'p').getMany()),
    [1, 2, 4],
  ],
  ['getRawMany', async (m) => (await posts(m).createQueryBuilder('p').select('p.id', 'id').getRawMany()).length, 3],
  ['getCount', (m) => posts(m).createQueryBuilder('p').getCount(), 3],
  ['getExists', (m) => posts(m).createQueryBuilder('p').where('p.id = 3').getExists(), false],
  [
    'a raw aggregate',
    async (m) => Number((await posts(m).createQueryBuilder('p').select('SUM(p.score)', 'sum').getRawOne()).sum),
    11,
  ],
  [
    'a raw aggregate by group',
    async (m) =>
      (
        await authors(m)
          .createQueryBuilder('a')
          .select('a.name', 'name')
          .addSelect('COUNT(*)', 'n')
          .groupBy('a.name')
          .orderBy('a.name')
          .getRawMany()
      ).map(({ name }) => name),
    ['Ann', 'Cy'],
  ],
  [
    'relations of one, hidden, by left join',
    async (m) => (await posts(m).findOneOrFail({ where: { id: 2 }, relations: { author: true } })).author,
    null,
  ],
  [
    'relations of many',
    async (m) => ids((await posts(m).findOneOrFail({ where: { id: 1 }, relations: { comments: true } })).comments),
    [1],
  ],
  [
    'relations through a junction table',
    async (m) => ids((await posts(m).findOneOrFail({ where: { id: 1 }, relations: { tags: true } })).tags),
    [1],
  ],
  [
    'relations of relations',
    async (m) =>
      ids(
        (await authors(m).findOneOrFail({ where: { id: 1 }, relations: { posts: { comments: true } } })).posts.flatMap(
          ({ comments }) => comments,
        ),
      ),
    [1],
  ],
  [
    'relations the other way',
    async (m) => ids((await tags(m).findOneOrFail({ where: { id: 1 }, relations: { posts: true } })).posts),
    [1],
  ],
  [
    'a relation that cannot be null keeps its owner',
    (m) => named(posts(m).find({ relations: { editor: true } })),
    [1, 2, 4],
  ],
  ['an eager relation that cannot be null keeps its owner', (m) => named(m.getRepository(Bookmark).find()), [1, 2]],
  ['an eager relation', async (m) => (await m.getRepository(Bookmark).findOneByOrFail({ id: 1 })).eager, null],
  ['a lazy relation of one', async (m) => (await m.getRepository(Bookmark).findOneByOrFail({ id: 1 })).lazy, null],
  [
    'a lazy relation of many',
    async (m) => ids(await (await m.getRepository(Bookmark).findOneByOrFail({ id: 1 })).lazyTags),
    [1],
  ],
  [
    'relations by separate queries',
    async (m) => {
      const [post] = await posts(m).find({
        where: { id: 1 },
        relations: { comments: true, tags: true, author: true },
        relationLoadStrategy: 'query',
      })
      return [ids(post!.comments), ids(post!.tags), post!.author?.id]
    },
    [[1], [1], 1],
  ],
  [
    'a hidden relation of one by separate queries',
    async (m) =>
      (await posts(m).findOneOrFail({ where: { id: 2 }, relations: { author: true }, relationLoadStrategy: 'query' }))
        .author,
    null,
  ],
  ['relation().loadMany()', (m) => named(m.createQueryBuilder().relation(Post, 'comments').of(1).loadMany()), [1]],
  ['relation().loadOne()', (m) => m.createQueryBuilder().relation(Post, 'author').of(2).loadOne(), undefined],
  [
    'relation ids of many',
    async (m) => {
      const { comments, tags } = await posts(m).findOneOrFail({
        where: { id: 1 },
        loadRelationIds: { relations: ['comments', 'tags'] },
      })
      return [comments, tags]
    },
    [[1], [1]],
  ],
  [
    'loadRelationIdAndMap',
    async (m) =>
      (
        (await posts(m)
          .createQueryBuilder('p')
          .loadRelationIdAndMap('p.tagIds', 'p.tags')
          .where('p.id = 1')
          .getOneOrFail()) as Post & { tagIds: number[] }
      ).tagIds,
    [1],
  ],
  [
    'a left join',
    async (m) =>
      (await posts(m).createQueryBuilder('p').leftJoinAndSelect('p.author', 'a').where('p.id = 2').getOneOrFail())
        .author,
    null,
  ],
  [
    'a left join with OR in its condition',
    async (m) =>
      ids(
        (
          await posts(m)
            .createQueryBuilder('p')
            .leftJoinAndSelect('p.comments', 'c', "c.text = 'spam' OR c.id > 0")
            .where('p.id = 1')
            .getOneOrFail()
        ).comments,
      ),
    [1],
  ],
  ['an inner join', (m) => named(posts(m).createQueryBuilder('p').innerJoin('p.author', 'a').getMany()), [1]],
  [
    'an inner join with OR in its condition',
    (m) =>
      named(posts(m).createQueryBuilder('p').innerJoin('p.author', 'a', "a.name = 'Bob' OR a.name = 'Ann'").getMany()),
    [1],
  ],
  [
    'a join of an entity',
    (m) =>
      named(
        authors(m)
          .createQueryBuilder('a')
          .innerJoin(Post, 'p', 'p.authorId = a.id AND p.score > 1 OR p.id = 5')
          .getMany(),
      ),
    [],
  ],
  [
    'leftJoinAndMapMany',
    async (m) =>
      ids(
        (
          (await authors(m)
            .createQueryBuilder('a')
            .leftJoinAndMapMany('a.written', Post, 'p', 'p.authorId = a.id')
            .where('a.id = 1')
            .getOneOrFail()) as Author & { written: Post[] }
        ).written,
      ),
    [1],
  ],
  ['a condition on the key of a hidden row', (m) => named(posts(m).find({ where: { author: { id: 2 } } })), [2]],
  [
    'conditions on keys and others',
    (m) =>
      named(
        posts(m).find({
          where: [
            { author: { id: In([1, 2]) }, score: MoreThan(1) },
            { editor: { id: 3 }, author: { name: 'Ann' } },
          ],
        }),
      ),
    [1, 2],
  ],
  [
    'a condition on a key joins nothing',
    async (m) =>
      posts(m)
        .createQueryBuilder('p')
        .setFindOptions({ where: { author: { id: 2 }, tenantId: 'a' } })
        .getSql()
        .includes(' JOIN '),
    false,
  ],
  ['a condition on a relation', (m) => named(posts(m).find({ where: { author: { name: Not(IsNull()) } } })), [1]],
  ['an order by a relation', (m) => named(posts(m).find({ order: { author: { name: 'ASC' } } })), [1, 2, 4]],
  [
    'a second entity by addFrom',
    async (m) =>
      (
        await m
          .createQueryBuilder()
          .select('a.id', 'a')
          .addSelect('p.id', 'p')
          .from(Author, 'a')
          .addFrom(Post, 'p')
          .getRawMany()
      ).length,
    6,
  ],
  [
    'a subquery in WHERE',
    (m) =>
      named(
        authors(m)
          .createQueryBuilder('a')
          .where((q) => `a.id IN ${q.subQuery().select('p.authorId').from(Post, 'p').getQuery()}`)
          .getMany(),
      ),
    [1],
  ],
  [
    'a subquery in FROM',
    async (m) =>
      Number(
        (
          await m
            .createQueryBuilder()
            .select('COUNT(*)', 'n')
            .from((q) => q.select('p.id', 'id').from(Post, 'p'), 's')
            .getRawOne()
        ).n,
      ),
    3,
  ],
  [
    'a subquery in SELECT',
    async (m) =>
      Number(
        (
          await authors(m)
            .createQueryBuilder('a')
            .select((q) => q.select('COUNT(*)').from(Post, 'p').where('p.authorId = a.id'), 'n')
            .where('a.id = 1')
            .getRawOne()
        ).n,
      ),
    1,
  ],
  [
    'a subquery in a join',
    async (m) =>
      (
        await authors(m)
          .createQueryBuilder('a')
          .select('a.id', 'id')
          .innerJoin(
            (q) => q.select('p.authorId', 'author').from(Post, 'p'),
            's',
            `${m.dataSource.driver.escape('s')}.author = a.id`,
          )
          .getRawMany()
      ).length,
    1,
  ],
  [
    'a common table expression',
    async (m) => {
      const visible = m.createQueryBuilder().select('p.id', 'id').from(Post, 'p')
      return Number(
        (
          await m
            .createQueryBuilder()
            .addCommonTableExpression(visible, 'visible')
            .select('COUNT(*)', 'n')
            .from('visible', 'v')
            .getRawOne()
        ).n,
      )
    },
    3,
  ],
  [
    'EXISTS',
    (m) =>
      named(
        authors(m)
          .createQueryBuilder('a')
          .whereExists(
            m
              .createQueryBuilder()
              .select('1')
              .from(Post, 'p')
              .where('p.authorId = a.id AND (p.score = 2 OR p.score = 4 OR p.score = 16)'),
          )
          .getMany(),
      ),
    [],
  ],
  [
    'NOT EXISTS',
    (m) =>
      named(
        authors(m)
          .createQueryBuilder('a')
          .where((q) => `NOT EXISTS ${q.subQuery().select('1').from(Post, 'p').where('p.authorId = a.id').getQuery()}`)
          .getMany(),
      ),
    [3],
  ],
  [
    'pages of joined rows',
    async (m) => {
      const [rows, count] = await posts(m).findAndCount({
        relations: { comments: true, tags: true },
        order: { id: 'ASC' },
        skip: 1,
        take: 2,
      })
      return [ids(rows), count]
    },
    [[2, 4], 3],
  ],
  [
    'pages of joined rows in the default order',
    async (m) => (await posts(m).find({ relations: { comments: true }, take: 2 })).map(({ id }) => id),
    [4, 2],
  ],
  ['a clone', (m) => named(posts(m).createQueryBuilder('p').where('p.id < 4').clone().getMany()), [1, 2]],
  [
    'a trait without a deleting view ignores withDeleted',
    (m) => named(m.getRepository(Page).find({ withDeleted: true })),
    [1, 2, 4],
  ],
  [
    'relation().loadMany() to the same entity',
    (m) => named(m.createQueryBuilder().relation(Page, 'children').of(1).loadMany()),
    [2],
  ],
  [
    'relation().loadOne() to the same entity',
    (m) => m.createQueryBuilder().relation(Page, 'parent').of(4).loadOne(),
    undefined,
  ],
  [
    'relations to the same entity by separate queries',
    async (m) =>
      ids(
        (
          await m
            .getRepository(Page)
            .find({ where: { id: 1 }, relations: { children: true }, relationLoadStrategy: 'query' })
        )[0]!.children,
      ),
    [2],
  ],
  [
    'a page of joined rows with some columns, in the default order',
    async (m) =>
      asJson(
        await posts(m).find({
          select: { title: true, comments: { id: true, text: true } },
          relations: { comments: true },
          take: 2,
        }),
      ),
    [
      { title: 'four', comments: [] },
      { title: 'two', comments: [{ id: 3, text: 'no' }] },
    ],
  ],
  [
    'a page of joined rows ordered by what is joined',
    async (m) =>
      (
        await posts(m)
          .createQueryBuilder('p')
          .select(['p.id'])
          .leftJoin('p.author', 'a')
          .orderBy('a.name', 'DESC')
          .addOrderBy('p.score')
          .take(2)
          .getMany()
      ).map(({ id }) => id).length,
    2,
  ],
  [
    'trees',
    async (m) => (await m.getTreeRepository(Topic).findTrees()).map(({ id, children }) => [id, ids(children)]),
    [[1, [2]]],
  ],
  [
    'descendants in a tree',
    (m) => m.getTreeRepository(Topic).countDescendants(Object.assign(new Topic(), { id: 1 })),
    3,
  ],
  [
    'ancestors in a tree',
    async (m) => ids(await m.getTreeRepository(Topic).findAncestors(Object.assign(new Topic(), { id: 4 }))),
    [1, 4],
  ],
  [
    'a relation to the same entity',
    async (m) => [
      ids((await m.getRepository(Page).findOneOrFail({ where: { id: 1 }, relations: { children: true } })).children),
      (await m.getRepository(Page).findOneOrFail({ where: { id: 4 }, relations: { parent: true } })).parent,
    ],
    [[2], null],
  ],
]

const looks: readonly Check[] = [
  ['withDeleted() shows one kind of hidden row', (m) => named(posts(m).withDeleted().find()), [1, 2, 3, 4]],
  ['onlyDeleted()', (m) => named(posts(m).onlyDeleted().find()), [3]],
  ['onlyDeleted().count()', (m) => posts(m).onlyDeleted().count(), 1],
  ['unscoped() keeps locked scopes', (m) => named(posts(m).unscoped().find()), [1, 2, 3, 4]],
  ['unscoped() by name', (m) => named(posts(m).unscoped('kept').find()), [1, 2, 3, 4]],
  [
    'unscoped() of a locked scope',
    async (m) => caught(() => posts(m).unscoped('tenant')),
    ['E_UNKNOWN_SCOPE', 'Post: a query removes the scope "tenant", which is locked.'],
  ],
  [
    'unscoped() of an unknown scope',
    async (m) => caught(() => posts(m).unscoped('keep')),
    ['E_UNKNOWN_SCOPE', 'Post: a query removes the scope "keep", which does not exist.'],
  ],
  ['a view of another trait', (m) => named(m.getRepository(Page).drafts().find()), [3]],
  [
    'a view leaves joined entities alone',
    async (m) =>
      ids(
        (
          await posts(m)
            .withDeleted()
            .findOneOrFail({ where: { id: 1 }, relations: { comments: true } })
        ).comments,
      ),
    [1],
  ],
  [
    'find({ withDeleted }) looks behind every entity',
    async (m) =>
      ids(
        (await posts(m).findOneOrFail({ where: { id: 1 }, relations: { comments: true }, withDeleted: true })).comments,
      ),
    [1, 2],
  ],
  [
    'find({ withDeleted }) by separate queries',
    async (m) =>
      ids(
        (
          await posts(m).findOneOrFail({
            where: { id: 1 },
            relations: { comments: true },
            relationLoadStrategy: 'query',
            withDeleted: true,
          })
        ).comments,
      ),
    [1, 2],
  ],
  ['find({ withDeleted }) keeps locked scopes', (m) => named(posts(m).find({ withDeleted: true })), [1, 2, 3, 4]],
  [
    'the order of withDeleted() and joins does not matter',
    async (m) =>
      (
        await posts(m)
          .createQueryBuilder('p')
          .leftJoinAndSelect('p.author', 'a')
          .withDeleted()
          .where('p.id = 2')
          .getOneOrFail()
      ).author?.id,
    2,
  ],
  [
    'a builder without a scope',
    (m) => named(posts(m).createQueryBuilder('p').where('p.id > 2').unscoped('kept').getMany()),
    [3, 4],
  ],
  [
    'a builder without a scope of a joined entity',
    async (m) =>
      (
        await posts(m)
          .createQueryBuilder('p')
          .leftJoinAndSelect('p.author', 'a')
          .unscopedJoin('a', 'kept')
          .where('p.id = 2')
          .getOneOrFail()
      ).author?.id,
    2,
  ],
  ['a builder in a view', (m) => named(posts(m).createQueryBuilder('p').view('onlyDeleted').getMany()), [3]],
  [
    'relations of a hidden row by separate queries',
    async (m) => {
      const [post] = await posts(m)
        .onlyDeleted()
        .find({ relations: { author: true, tags: true }, relationLoadStrategy: 'query' })
      return [post!.author?.id, ids(post!.tags)]
    },
    [1, [1]],
  ],
  [
    'a subquery does not inherit what its query removes',
    (m) =>
      named(
        authors(m)
          .createQueryBuilder('a')
          .unscoped('kept')
          .where((q) => `a.id IN ${q.subQuery().select('b.id').from(Author, 'b').getQuery()}`)
          .getMany(),
      ),
    [1, 3],
  ],
]

const relate = (manager: ModelEntityManager, property: string, of: number) =>
  manager.createQueryBuilder().relation(Post, property).of(of)

const writes: readonly Check[] = [
  [
    'relation().add() to a row of another tenant',
    async (m) => [await relate(m, 'tags', 5).add(3).catch(nameOf), await total(m, 'post_tags_tag')],
    ['NotFoundError', 5],
  ],
  [
    'relation().add() of a hidden row',
    async (m) => [await relate(m, 'tags', 2).add([1, 2]).catch(nameOf), await total(m, 'post_tags_tag')],
    ['NotFoundError', 5],
  ],
  [
    'relation().add() of visible rows',
    async (m) => [await relate(m, 'tags', 2).add([1, { id: 1 }].slice(1)), await total(m, 'post_tags_tag')],
    [undefined, 6],
  ],
  [
    'relation().remove() from a row of another tenant',
    async (m) => [await relate(m, 'tags', 5).remove(1).catch(nameOf), await total(m, 'post_tags_tag')],
    ['NotFoundError', 5],
  ],
  [
    'relation().remove()',
    async (m) => [await relate(m, 'tags', 1).remove(1), await total(m, 'post_tags_tag')],
    [undefined, 4],
  ],
  [
    'update',
    async (m) => [
      (await posts(m).update({ score: MoreThan(0) }, { title: 'x' })).affected,
      await stored(m, 'post', 'title', 3),
      await stored(m, 'post', 'title', 5),
    ],
    [3, 'three', 'five'],
  ],
  ['update by id', async (m) => (await posts(m).update(5, { title: 'x' })).affected, 0],
  [
    'update with OR',
    async (m) => [
      (await posts(m).update([{ id: 1 }, { id: 3 }, { id: 5 }], { title: 'x' })).affected,
      await stored(m, 'post', 'title', 3),
    ],
    [1, 'three'],
  ],
  ['updateAll', async (m) => (await posts(m).updateAll({ title: 'x' })).affected, 3],
  [
    'a builder of an update',
    async (m) =>
      (await m.createQueryBuilder().update(Post).set({ title: 'x' }).where('id = 1 OR id = 3 OR id = 5').execute())
        .affected,
    1,
  ],
  [
    'a builder of a select that becomes an update',
    async (m) =>
      (await posts(m).createQueryBuilder('p').update().set({ title: 'x' }).where('id = 3').execute()).affected,
    0,
  ],
  [
    'increment',
    async (m) => [
      (await posts(m).increment({ id: In([1, 3, 5]) }, 'score', 1)).affected,
      await stored(m, 'post', 'score', 3),
    ],
    [1, 4],
  ],
  ['decrement', async (m) => (await posts(m).decrement({ id: 5 }, 'score', 1)).affected, 0],
  [
    'update in a view',
    async (m) => [
      (
        await posts(m)
          .onlyDeleted()
          .update({ score: MoreThan(0) }, { title: 'x' })
      ).affected,
      await stored(m, 'post', 'title', 3),
      await stored(m, 'post', 'title', 1),
    ],
    [1, 'x', 'one'],
  ],
  ['update without a scope', async (m) => (await posts(m).unscoped().updateAll({ title: 'x' })).affected, 4],
  [
    'upsert',
    (m) => posts(m).upsert({ id: 5, title: 'x', score: 1, editorId: 1, tenantId: 'a' }, ['id']).catch(codeOf),
    'E_UNGUARDED_WRITE',
  ],
  ['upsert of a hidden row', (m) => tags(m).upsert({ id: 2, name: 'x' }, ['id']).catch(codeOf), 'E_UNGUARDED_WRITE'],
  ['clear', (m) => posts(m).clear().catch(codeOf), 'E_UNGUARDED_WRITE'],
  [
    'a builder of a delete',
    async (m) => [
      (await m.createQueryBuilder().delete().from(Comment).where('id = 2 OR id = 4').execute()).affected,
      await total(m, 'comment'),
    ],
    [1, 4],
  ],
  [
    'relation().set() on a hidden row',
    async (m) => [
      await m.createQueryBuilder().relation(Post, 'author').of(3).set(3),
      await stored(m, 'post', 'authorId', 3),
    ],
    [undefined, 1],
  ],
]

async function caught(act: () => unknown): Promise<unknown> {
  try {
    await act()
    return undefined
  } catch (error) {
    return [codeOf(error), (error as Error).message.split('\n')[0]]
  }
}

const nameOf = ({ name }: Error) => name

const codeOf = (error: unknown) => (error as { mistakes?: { code: string }[] }).mistakes?.[0]?.code ?? String(error)

describeOnEngines('Scopes guard', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await openBlog(engine))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [title, checks] of Object.entries({
    'every read': reads,
    'what looks behind them': looks,
    'every write': writes,
  })) {
    describe(title, () => {
      for (const [name, act, expected] of checks) {
        it(name, async () => {
          expect(await undone(dataSource, act)).to.deep.equal(expected)
        })
      }
    })
  }
})

describe('Scopes guard cached results', () => {
  it('which belong to the context they were made in', async () => {
    const sqlite = engines.find(({ name }) => name === 'sqlite')!
    const { dataSource, database } = await openBlog(sqlite, { cache: true })
    const cache = { id: 'posts', milliseconds: 60_000 }
    const found = (tenant: string) =>
      currentTenant.run(tenant, async () => [
        ids(await dataSource.getRepository(Post).find({ cache })),
        ids(
          (
            await dataSource
              .getRepository(Post)
              .findAndCount({ cache: { ...cache, id: 'page' }, relations: { comments: true }, take: 1 })
          )[0],
        ),
        await dataSource.getRepository(Post).count({ cache: { ...cache, id: 'count' } }),
      ])
    expect([await found('a'), await found('b'), await found('a')]).to.deep.equal([
      [[1, 2, 4], [4], 3],
      [[5], [5], 1],
      [[1, 2, 4], [4], 3],
    ])
    await dataSource.destroy()
    await database.drop()
  })
})
