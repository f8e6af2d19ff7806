import { expect } from 'chai'
import {
  DeleteQueryBuilder,
  EntityManager,
  InsertQueryBuilder,
  QueryBuilder,
  RelationQueryBuilder,
  Repository,
  TreeRepository,
  UpdateQueryBuilder,
} from 'typeorm'
import { SoftDeleteQueryBuilder } from 'typeorm/query-builder/SoftDeleteQueryBuilder.js'
import type { DefinitionError, ModelDataSource, ModelEntityManager } from '../../../src/index.js'
import { Author, Comment, openBlog, Post, Tag, undone } from '../../support/blog.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

/** What a way of writing a hidden row, or one of another tenant, does: its code, or how many rows it wrote. */
type Way = readonly [name: string, write: (manager: ModelEntityManager) => Promise<unknown>, outcome: unknown]

const affected = async (write: Promise<{ readonly affected?: number | null }>) => (await write).affected
const posts = (manager: ModelEntityManager) => manager.getRepository(Post)
const own = (manager: ModelEntityManager) => manager.getRepository<Author>('Author')
const relation = (manager: ModelEntityManager, of: number) => manager.createQueryBuilder().relation(Post, 'tags').of(of)
const hidden = (manager: ModelEntityManager) => posts(manager).withDeleted().findOneByOrFail({ id: 3 })
const row = (id: number) => ({ id, title: 'x', score: 0, tenantId: 'a', editorId: 1 })
const builder = (manager: ModelEntityManager) => manager.createQueryBuilder()

// Post 3 is hidden, post 5 belongs to another tenant; author 2 and tag 2 are hidden.
const ways: readonly Way[] = [
  ['Repository.save of a foreign row', (m) => posts(m).save(m.create(Post, row(5))), 'refused'],
  ['Repository.insert', (m) => posts(m).insert({ ...row(9), tenantId: 'b' }), 'OUTSIDE_SCOPE'],
  ['Repository.update', (m) => affected(posts(m).update([{ id: 3 }, { id: 5 }], { title: 'x' })), 0],
  ['Repository.updateAll', (m) => affected(posts(m).updateAll({ title: 'x' })), 3],
  ['Repository.delete', (m) => affected(posts(m).delete([3, 5])), 0],
  ['Repository.deleteAll', (m) => affected(posts(m).deleteAll()), 3],
  ['Repository.increment', (m) => affected(posts(m).increment({ id: 3 }, 'score', 1)), 0],
  ['Repository.decrement', (m) => affected(posts(m).decrement({ id: 5 }, 'score', 1)), 0],
  ['Repository.upsert', (m) => posts(m).upsert(row(3), ['id']), 'E_UNGUARDED_WRITE'],
  ['Repository.updateOrCreate', (m) => posts(m).updateOrCreate(row(3), { by: ['id'] }), 'DUPLICATE'],
  ['Repository.clear', (m) => posts(m).clear(), 'E_UNGUARDED_WRITE'],
  ['Repository.remove', async (m) => posts(m).remove(await hidden(m)), 'E_UNRULED_WRITE'],
  ['Repository.softDelete', (m) => own(m).softDelete(1), 'E_UNRULED_WRITE'],
  ['Repository.softRemove', async (m) => own(m).softRemove({ id: 1 } as never), 'E_UNRULED_WRITE'],
  ['Repository.recover', async (m) => own(m).recover({ id: 1 } as never), 'E_UNRULED_WRITE'],
  ['Repository.restore, the verb', async (m) => posts(m).restore(5), 'NOT_FOUND'],
  ['EntityManager.update', (m) => affected(m.update(Post, { id: 3 }, { title: 'x' })), 0],
  ['EntityManager.updateAll', (m) => affected(m.updateAll(Post, { title: 'x' })), 3],
  ['EntityManager.delete', (m) => affected(m.delete(Post, { id: 5 })), 0],
  ['EntityManager.deleteAll', (m) => affected(m.deleteAll(Post)), 3],
  ['EntityManager.increment', (m) => affected(m.increment(Post, { id: 3 }, 'score', 1)), 0],
  ['EntityManager.decrement', (m) => affected(m.decrement(Post, { id: 3 }, 'score', 1)), 0],
  ['EntityManager.upsert', (m) => m.upsert(Post, row(3), ['id']), 'E_UNGUARDED_WRITE'],
  ['EntityManager.remove', async (m) => m.remove(await hidden(m)), 'E_UNRULED_WRITE'],
  ['EntityManager.softRemove', async (m) => m.softRemove(await hidden(m)), 'E_UNRULED_WRITE'],
  ['EntityManager.recover', async (m) => m.recover(await hidden(m)), 'E_UNRULED_WRITE'],
  ['EntityManager.softDelete', (m) => m.softDelete(Post, 3), 'E_UNRULED_WRITE'],
  ['EntityManager.restore', (m) => m.restore(Post, 3), 'E_UNRULED_WRITE'],
  ['EntityManager.clear', (m) => m.clear(Post), 'E_UNGUARDED_WRITE'],
  ['UpdateQueryBuilder', (m) => affected(builder(m).update(Post).set({ title: 'x' }).where('id > 2').execute()), 1],
  ['DeleteQueryBuilder', (m) => affected(builder(m).delete().from(Post).where('id > 2').execute()), 1],
  ['SoftDeleteQueryBuilder', (m) => builder(m).softDelete().from(Post).where('id = 3').execute(), 'E_UNRULED_WRITE'],
  ['restore by a builder', (m) => builder(m).restore().from(Post).where('id = 3').execute(), 'E_UNRULED_WRITE'],
  [
    'InsertQueryBuilder.orUpdate',
    (m) => builder(m).insert().into(Post).values(row(3)).orUpdate(['title'], ['id']).execute(),
    'E_UNGUARDED_WRITE',
  ],
  ['RelationQueryBuilder.add of a hidden row', (m) => relation(m, 1).add(2), 'NOT_FOUND'],
  ['RelationQueryBuilder.add to a hidden row', (m) => relation(m, 3).add(3), 'NOT_FOUND'],
  ['RelationQueryBuilder.remove from a foreign row', (m) => relation(m, 5).remove(1), 'NOT_FOUND'],
  ['RelationQueryBuilder.addAndRemove', (m) => relation(m, 5).addAndRemove(3, 1), 'NOT_FOUND'],
  ['EntityManager.save of a foreign row', (m) => m.save(m.create(Post, row(5))), 'refused'],
  ['EntityManager.insert', (m) => m.insert(Post, { ...row(9), tenantId: 'b' }), 'OUTSIDE_SCOPE'],
  [
    'Repository.insert without its tenant',
    async (m) => {
      const { tenantId, ...given } = row(9)
      await posts(m).insert(given)
      return (await posts(m).findOneByOrFail({ id: 9 })).tenantId === tenantId
    },
    true,
  ],
  [
    'InsertQueryBuilder.values with a key of a foreign row',
    (m) =>
      builder(m)
        .insert()
        .into(Comment)
        .values({ id: 9, text: 'x', post: { id: 5 } })
        .execute(),
    'VALIDATION_ERROR',
  ],
  [
    'InsertQueryBuilder.valuesFromSelect',
    (m) =>
      builder(m)
        .insert()
        .into(Comment, ['id', 'text'])
        .valuesFromSelect((query) => query.select('9', 'id').addSelect("'x'", 'text').from(Author, 'a'))
        .execute(),
    'E_UNRULED_WRITE',
  ],
  [
    'RelationQueryBuilder.set of a foreign row',
    (m) => builder(m).relation(Comment, 'post').of(1).set(5),
    'VALIDATION_ERROR',
  ],
  [
    'save of a list with a hidden row',
    async (m) => {
      const post = await posts(m).findOneOrFail({ where: { id: 2 }, relations: { tags: true } })
      post.tags.push(await m.getRepository(Tag).withDeleted().findOneByOrFail({ id: 2 }))
      return m.save(post)
    },
    'REFERENCE_HIDDEN',
  ],
]

type Class = { readonly name: string; readonly prototype: object }

/** What TypeORM's classes have that writes, or says what is to be written; everything else only reads or describes. */
const writing: readonly (readonly [type: Class, writes: string, others: string])[] = [
  [
    Repository,
    'save remove softRemove recover insert update updateAll upsert delete deleteAll softDelete restore clear increment decrement',
    'metadata createQueryBuilder hasId getId create merge preload exists existsBy count countBy sum average minimum maximum ' +
      'find findBy findAndCount findAndCountBy findOne findOneBy findOneOrFail findOneByOrFail query sql extend',
  ],
  [
    EntityManager,
    'save remove softRemove recover insert update updateAll upsert delete deleteAll softDelete restore clear increment decrement',
    'connection transaction createQueryBuilder hasId getId create merge preload exists existsBy count countBy sum average ' +
      'minimum maximum callAggregateFun find findBy findAndCount findAndCountBy findOne findOneBy findOneOrFail ' +
      'findOneByOrFail query sql normalizeAndValidateWhereCriteria incrementOrDecrementBy getRepository ' +
      'getTreeRepository getMongoRepository withRepository release',
  ],
  [
    TreeRepository,
    '',
    'findTrees findRoots findDescendants findDescendantsTree countDescendants createDescendantsQueryBuilder findAncestors ' +
      'findAncestorsTree countAncestors createAncestorsQueryBuilder',
  ],
  [
    InsertQueryBuilder,
    'values valuesFromSelect orUpdate',
    // `orIgnore` overwrites nothing.
    'getQuery execute into output returning updateEntity orIgnore createInsertExpression getInsertedColumns ' +
      'createColumnNamesExpression createValuesExpression getValueSets isOverridingAutoIncrementBehavior ' +
      'createMergeExpression createMergeIntoSourceExpression createMergeIntoInsertValuesExpression ' +
      'createUpsertConditionExpression createColumnValueExpression',
  ],
  [RelationQueryBuilder, 'set add remove addAndRemove', 'getQuery of loadOne loadMany'],
  ...[UpdateQueryBuilder, SoftDeleteQueryBuilder].map((type): readonly [Class, string, string] => [
    type,
    'execute',
    'getQuery where andWhere orWhere whereInIds andWhereInIds orWhereInIds output returning orderBy addOrderBy limit ' +
      'whereEntity updateEntity createUpdateExpression createOrderByExpression createLimitExpression ' +
      (type === UpdateQueryBuilder ? 'set getValueSet' : 'from'),
  ]),
  [
    DeleteQueryBuilder,
    'execute',
    'getQuery from where andWhere orWhere whereInIds andWhereInIds orWhereInIds output returning createDeleteExpression',
  ],
  [
    QueryBuilder,
    '',
    'connection alias select insert update delete softDelete restore relation hasRelation hasParameter setParameter ' +
      'setParameters createParameter getParameters getSql getQueryAndParameters execute createQueryBuilder clone comment ' +
      'disableEscaping escape setQueryRunner callListeners useTransaction addCommonTableExpression getTableName ' +
      'getMainTableName createFromAlias replacePropertyNamesForTheWholeQuery createComment createTimeTravelQuery ' +
      'createWhereExpression createReturningExpression getReturningColumns createWhereClausesExpression ' +
      'createWhereConditionExpression createCteExpression getWhereInIdsCondition getExistsCondition ' +
      'findColumnsForPropertyPath createPropertyPath getPredicates getWherePredicateCondition getWhereCondition ' +
      'obtainQueryRunner hasCommonTableExpressions validateOrderByCondition normalizeNumber validateNumericInput',
  ],
]

const words = (text: string) => text.split(' ').filter((word) => word !== '')

describe('The ways to write of TypeORM', () => {
  for (const [type, writes, others] of writing) {
    it(`are all known: ${type.name}`, () => {
      const methods = Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor')
      expect(methods).to.have.members([...words(writes), ...words(others)])
      const tried = ways.map(([name]) => name)
      const untried = words(writes).filter((method) => {
        const name = method === 'execute' ? type.name : `${type.name}.${method}`
        return !tried.some((way) => way === name || way.startsWith(`${name} `) || way.startsWith(`${name},`))
      })
      expect(untried).to.deep.equal([])
    })
  }
})

const codeOf = (error: unknown): unknown => {
  const { mistakes, errorCode } = error as Partial<DefinitionError> & { readonly errorCode?: string }
  return mistakes?.[0]?.code ?? errorCode ?? 'refused'
}

describeOnEngines('Every way to write', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await openBlog(engine))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [name, write, outcome] of ways) {
    it(`obeys the scopes and rules, or is refused: ${name}`, async () => {
      expect(await undone(dataSource, (manager) => write(manager).catch(codeOf))).to.deep.equal(outcome)
    })
  }
})
