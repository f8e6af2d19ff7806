import { expect } from 'chai'
import { EntityManager, RelationQueryBuilder, Repository, SelectQueryBuilder, TreeRepository } from 'typeorm'
import type { ModelDataSource } from '../../../src/index.js'
import { undone } from '../../support/blog.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { ofBuilders } from './by-builders.js'
import { ofRepositories } from './by-repositories.js'
import { ofEagerness, ofJunctions, ofLaziness } from './of-other-relations.js'
import { ofRelations } from './of-relations.js'
import { ofTrees } from './of-trees.js'
import { openStore } from './open-store.js'
import { looks, type Path } from './path.js'

const paths: Readonly<Record<string, readonly Path[]>> = {
  'by repositories and managers': ofRepositories,
  'by builders': ofBuilders,
  'of relations': ofRelations,
  'of junctions': ofJunctions,
  'of lazy relations': ofLaziness,
  'of eager relations': ofEagerness,
  'of trees': ofTrees,
}

const items = { visible: [1], withDeleted: [1, 2], onlyDeleted: [2] } as const

type Class = { readonly name: string; readonly prototype: object }

const finds =
  'find findBy findAndCount findAndCountBy findOne findOneBy findOneOrFail findOneByOrFail exists existsBy count countBy ' +
  'sum average minimum maximum preload'

/** What TypeORM's classes have that reads, or names rows that are read; and everything else. */
const reading: readonly (readonly [type: Class, prefix: string, reads: string, others: string])[] = [
  [
    Repository,
    '',
    finds,
    'metadata createQueryBuilder hasId getId create merge save remove softRemove recover insert update updateAll upsert ' +
      'delete deleteAll softDelete restore clear increment decrement query sql extend',
  ],
  [
    EntityManager,
    'EntityManager',
    finds,
    'connection transaction createQueryBuilder hasId getId create merge save remove softRemove recover insert update ' +
      'updateAll upsert delete deleteAll softDelete restore clear increment decrement callAggregateFun query sql ' +
      'normalizeAndValidateWhereCriteria incrementOrDecrementBy getRepository getTreeRepository getMongoRepository ' +
      'withRepository release',
  ],
  [
    TreeRepository,
    'TreeRepository',
    'findTrees findRoots findDescendants findDescendantsTree countDescendants createDescendantsQueryBuilder findAncestors ' +
      'findAncestorsTree countAncestors createAncestorsQueryBuilder',
    '',
  ],
  [RelationQueryBuilder, '', 'loadOne loadMany', 'getQuery of set add remove addAndRemove'],
  [
    SelectQueryBuilder,
    '',
    'getRawOne getRawMany getRawAndEntities getOne getOneOrFail getMany getCount getExists getManyAndCount stream ' +
      'subQuery from addFrom innerJoin leftJoin innerJoinAndSelect leftJoinAndSelect innerJoinAndMapMany ' +
      'innerJoinAndMapOne leftJoinAndMapMany leftJoinAndMapOne loadRelationIdAndMap loadAllRelationIds where orWhere ' +
      'whereExists andWhereExists orWhereExists whereInIds andWhereInIds orWhereInIds having orHaving groupBy limit ' +
      'offset take distinct',
    // These name no rows, or only repeat what others say.
    'getQuery setFindOptions select addSelect maxExecutionTime distinctOn fromDummy andWhere andHaving addGroupBy ' +
      'timeTravelQuery orderBy addOrderBy skip useIndex setLock setOnLocked withDeleted cache setOption lazyCount ' +
      'join createSelectExpression createSelectDistinctExpression createJoinExpression createJoinTreeRecursively ' +
      'buildJoinClause createGroupByExpression createOrderByExpression createLimitOffsetExpression ' +
      'createTableLockExpression createLockExpression createHavingExpression buildEscapedEntityColumnSelects ' +
      'buildColumnSelectionExpression findEntityColumnSelects computeCountExpression ' +
      'computeSelectedColumnExpressions computeDistinctCountExpression executeCountQuery executeExistsQuery ' +
      'applyFindOptions concatRelationMetadata executeEntitiesAndRawResults ' +
      'createOrderByCombinedWithSelectExpression loadRawResults mergeExpressionMap obtainQueryRunner buildSelect ' +
      'getRelationJoinType buildRelations buildEagerRelations buildOrder buildWhere',
  ],
]

const words = (text: string) => text.split(' ').filter((word) => word !== '')

describe('The ways to read of TypeORM', () => {
  const names = Object.values(paths).flatMap((ways) => ways.map(({ name }) => name))
  for (const [type, prefix, reads, others] of reading) {
    it(`are all known: ${type.name}`, () => {
      const methods = Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor')
      expect(methods).to.have.members([...words(reads), ...words(others)])
      const own = names.filter((name) => name.startsWith(prefix)).flatMap((name) => name.split(/[^\w]+/))
      expect(words(reads).filter((method) => !own.includes(method))).to.deep.equal([])
    })
  }
})

describeOnEngines('Every way to read', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await openStore(engine))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [kind, ways] of Object.entries(paths)) {
    describe(kind, () => {
      for (const { name, read, gives = items } of ways) {
        for (const look of looks.filter((asked) => gives[asked] !== undefined)) {
          it(`${name}: ${look}`, async () => {
            expect(await undone(dataSource, (manager) => read(manager, look))).to.deep.equal(gives[look])
          })
        }
      }
    })
  }
})
