import { deepStrictEqual } from 'node:assert/strict'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { createDataSource, eq, type ModelDataSource, not, oneOf, type Selection } from '../../../src/index.js'
import type { EntityRow } from '../../../src/orm/entity-row.js'
import type { ScopedRepository } from '../../../src/orm/model-repository.js'
import { entityFormOf } from '../../../src/orm/reads/entity-form.js'
import { firstLockedOf } from '../../../src/orm/reads/read-entities.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { type RandomEntity, randomEntities, rowOf } from './support.js'

const rowCount = 24

/** How many random entities are compared on each engine, beside two that have columns of all types. */
const entityCount = 3

/** The keys of everything in a value, in the order in which they stand. */
function keysIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Reflect.ownKeys(value).map((key) => [key, keysIn(Reflect.get(value, key))])
}

/** Reads rows both ways, three times: the second time the statement is known, the third it is prepared. */
async function compare(selection: Selection<EntityRow>): Promise<readonly EntityRow[]> {
  const expected = await selection.queryBuilder().getMany()
  for (const _ of [1, 2, 3]) {
    const rows = await selection.rows()
    deepStrictEqual(rows, expected)
    deepStrictEqual(keysIn(rows), keysIn(expected))
    const first = await selection.first()
    deepStrictEqual(first, expected[0] ?? null)
    deepStrictEqual(keysIn(first), keysIn(expected[0] ?? null))
  }
  return expected
}

describeOnEngines('Entities of rows that a statement has read', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let randoms: readonly RandomEntity[]

  before(async () => {
    database = await engine.create()
    randoms = randomEntities('hydrated', engine.name, entityCount)
    dataSource = createDataSource({ ...database.options, entities: randoms.map(({ entity }) => entity) })
    await dataSource.initialize()
    await dataSource.synchronize()
    for (const { entity, properties } of randoms) {
      const rows = fc.sample(rowOf(properties), rowCount).map((row, index) => ({ id: index + 1, ...row }))
      await dataSource.createQueryBuilder().insert().into(entity).values(rows).updateEntity(false).execute()
      await hide(dataSource, entity, [3, 7])
    }
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const selectionOf = ({ entity }: RandomEntity): Selection<EntityRow> => dataSource.getRepository(entity).select()

  it('are what TypeORM makes of them, of any type, with all and without hidden rows', async () => {
    for (const random of randoms) {
      expect(entityFormOf(dataSource, dataSource.getMetadata(random.entity))).to.not.equal(undefined)
      const rows = await compare(selectionOf(random))
      expect(rows).to.have.length(rowCount - 2)
      expect(rows[0]).to.be.instanceOf(random.entity)
      expect(await compare(selectionOf(random).unscoped())).to.have.length(rowCount)
      for (const id of [1, 2, 3, '4', 99, 'five']) await compare(selectionOf(random).byId(id))
    }
  })

  it('are those of the selection, in its order, of any slice', async () => {
    for (const random of randoms) {
      // No engine orders documents alike, and TypeORM writes names that are no words into orders as they are.
      const sortable = random.properties.filter(({ name, type }) => /^\w+$/.test(name) && !type.name.includes('json'))
      const ordering = sortable.slice(0, 2)
      for (const direction of ['ASC', 'DESC'] as const) {
        const sorted = selectionOf(random).orderBy([
          ...ordering.map(({ name }) => ({ property: name, direction })),
          { property: 'id', direction },
        ])
        await compare(sorted)
        await compare(sorted.slice(0, 5))
        expect(await compare(sorted.slice(20, 5))).to.have.length(2)
        await compare(sorted.slice(3, 0))
        await compare(sorted.where(not(eq('id', 5))).slice(2, 3))
      }
      const some = await compare(selectionOf(random).where(oneOf('id', [5, 3, 9])))
      expect(some.map(({ id }) => id as number)).to.deep.equal([5, 9])
      const many = Array.from({ length: 60 }, (_, index) => index + 1)
      expect(await compare(selectionOf(random).where(oneOf('id', many)))).to.have.length(rowCount - 2)
    }
  })

  it('have the values of each call', async () => {
    const [random] = randoms as [RandomEntity]
    const ids: unknown[] = []
    for (const id of [1, 2, 3, 4]) ids.push((await selectionOf(random).where(eq('id', id)).first())?.['id'])
    expect(ids).to.deep.equal([1, 2, undefined, 4])
    const pages: unknown[] = []
    for (const offset of [0, 1, 2, 3]) pages.push((await selectionOf(random).slice(offset, 1).first())?.['id'])
    expect(pages).to.deep.equal([1, 2, 4, 5])
  })

  it('are looked at as the manager of their repository looks at them', async () => {
    const [random] = randoms as [RandomEntity]
    const repository = dataSource.getRepository(random.entity) as unknown as ScopedRepository<EntityRow>
    expect(await compare(repository.unscoped().select())).to.have.length(rowCount)
    for (const id of [2, 4]) {
      const seeing = repository.seeing({ without: new Set(), where: [eq('id', id)] })
      expect((await compare(seeing.select())).map((row) => row['id'] as number)).to.deep.equal([id])
    }
  })

  it('are read in the unit of work that runs, and by the runner of a manager', async () => {
    const [random] = randoms as [RandomEntity]
    const undo = new Error('undo')
    const unit = dataSource.transaction(async (manager) => {
      await manager.getRepository(random.entity).delete(5)
      expect(await selectionOf(random).byId(5).first()).to.equal(null)
      const own = manager.getRepository(random.entity)
      expect(await own.findById(5)).to.equal(null)
      expect((await own.unscoped().findById(5))?.id).to.equal(5)
      throw undo
    })
    expect(await unit.catch((error: unknown) => error)).to.equal(undo)
    expect((await selectionOf(random).byId(5).first())?.['id']).to.equal(5)
  })

  it('are locked as they are read, so that of several who decide about a row one is right', async () => {
    const [random] = randoms as [RandomEntity]
    const row = selectionOf(random).where(eq('unselected', 7)).byId(9)
    const sent: string[] = []
    const stop = dataSource.onStatement(({ sql }) => sent.push(sql))
    const taken = await Promise.all(
      Array.from({ length: 12 }, () =>
        dataSource.atomic(async () => {
          const found = await firstLockedOf(row)
          if (found) {
            expect(keysIn(found)).to.deep.equal(keysIn(await selectionOf(random).byId(9).first()))
            await dataSource.getRepository(random.entity).update(9, { unselected: 8 })
          }
          return found !== null
        }),
      ),
    )
    stop()
    expect(taken.filter(Boolean)).to.have.length(1)
    const locking = { sqlite: 0, postgres: 12, mariadb: 12 }[engine.name]
    const locked = sent.filter((sql) => sql.includes('read_0') && /FOR (?:NO KEY )?UPDATE$/.test(sql))
    expect(locked.length).to.be.at.least(locking)
  })
})
