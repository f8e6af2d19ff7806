import { expect } from 'chai'
import * as fc from 'fast-check'
import { QueryFailedError } from 'typeorm'
import { type CommittedWrite, createDataSource, eq, type ModelDataSource } from '../../../src/index.js'
import type { EntityRow } from '../../../src/orm/entity-row.js'
import type { ScopedRepository } from '../../../src/orm/model-repository.js'
import { deleteRow } from '../../../src/orm/writes/by-statement/delete-row.js'
import { entityReaderOf } from '../../../src/orm/writes/by-statement/entity-reader.js'
import { insertRow } from '../../../src/orm/writes/by-statement/insert-row.js'
import { newRow } from '../../../src/orm/writes/by-statement/new-row.js'
import { changeRow } from '../../../src/orm/writes/by-statement/one-row.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { type RandomEntity, randomEntities, rowOf } from '../reads/support.js'

/** How many random entities are compared on each engine, beside two that have columns of all types. */
const entityCount = 3
/** How many pairs of equal rows are changed, one of each in either way. */
const pairCount = 20

/**
 * New values. SQLite reads the text of a number, as TypeORM writes it into the statement, less exactly than a number that
 * is bound, unless it has few digits.
 */
function valuesFor({ properties }: RandomEntity): Record<string, unknown> {
  const [values] = fc.sample(rowOf(properties), 1)
  return Object.fromEntries(Object.entries(values!).map(([name, value]) => [name, short(value)]))
}

const short = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Math.trunc(value % 2 ** 30) + 0.125 : value

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describeOnEngines('Rows that are written by one statement', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let randoms: readonly RandomEntity[]
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    randoms = randomEntities('written', engine.name, entityCount)
    dataSource = await createDataSource({
      ...database.options,
      entities: randoms.map(({ entity }) => entity),
      synchronize: true,
    }).initialize()
    for (const { entity, properties } of randoms) {
      const rows = fc.sample(rowOf(properties), pairCount).flatMap((row, index) => [
        { id: 2 * index + 1, ...row },
        { id: 2 * index + 2, ...row },
      ])
      await dataSource.createQueryBuilder().insert().into(entity).values(rows).updateEntity(false).execute()
    }
    dataSource.onStatement(({ sql }) => sent.push(sql))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  /** A row as the database has it, without its key. */
  async function stored({ entity }: RandomEntity, id: number): Promise<object> {
    const { tablePath } = dataSource.getMetadata(entity)
    const kinds =
      engine.name === 'sqlite' ? dataSource.getMetadata(entity).columns.map(({ databaseName }) => databaseName) : []
    const more = kinds.map((name, index) => `, typeof(${dataSource.driver.escape(name)}) AS kind${index}`).join('')
    const sql = `SELECT *${more} FROM ${dataSource.driver.escape(tablePath)} WHERE id = ${id}`
    const [row] = await dataSource.query<Record<string, unknown>[]>(sql)
    return { ...row, id: undefined }
  }

  const repositoryOf = ({ entity }: RandomEntity) => dataSource.getRepository(entity)

  it('are stored, and answered, as rows are that are updated and read', async () => {
    for (const random of randoms) {
      const repository = repositoryOf(random)
      for (let pair = 0; pair < pairCount; pair++) {
        const values = valuesFor(random)
        const [own, other] = [2 * pair + 1, 2 * pair + 2]
        // What is written is not to be changed by who writes it.
        const changed = await changeRow(repository.select(), own, structuredClone(values))
        expect(changed, JSON.stringify(values)).to.be.instanceOf(random.entity)
        await repository.update({ id: other }, structuredClone(values) as never)
        expect(await stored(random, own)).to.deep.equal(await stored(random, other))
        const read = await repository.findOneByOrFail({ id: other })
        expect({ ...changed, id: other }).to.deep.equal({ ...read })
        expect(Object.keys(changed!).toSorted()).to.deep.equal(Object.keys(read).toSorted())
      }
    }
  })

  it('are stored, and answered, as rows are that are inserted and read', async () => {
    for (const random of randoms) {
      const repository = repositoryOf(random)
      for (let pair = 0; pair < pairCount; pair++) {
        const values = valuesFor(random)
        const [own, other] = [1001 + 2 * pair, 1002 + 2 * pair]
        const draft = repository.create({ id: own, ...structuredClone(values) } as never)
        sent.length = 0
        const inserted = await insertRow(repository as never, draft, { undone: false })
        expect(sent.map((sql) => sql.split(' ')[0])).to.deep.equal(['INSERT'])
        await repository.insert(repository.create({ id: other, ...structuredClone(values) } as never) as never)
        expect(await stored(random, own)).to.deep.equal(await stored(random, other))
        const read = await repository.findOneByOrFail({ id: other })
        expect(Object.assign(inserted, { id: other })).to.deep.equal(read)

        expect(draft).to.deep.include({ id: own, isDeleted: false })
      }
      expect(
        await refusal(insertRow(repository as never, repository.create({ id: 1001 }), { undone: false })),
      ).to.be.instanceOf(QueryFailedError)
      expect((await insertRow(repository as never, repository.create({ id: 2000 }), { undone: false })).id).to.equal(
        2000,
      )
    }
  })

  it('are stored, and answered, as rows are that are inserted, where they are new', async () => {
    for (const random of randoms) {
      const repository = repositoryOf(random) as unknown as ScopedRepository<EntityRow>
      const reader = entityReaderOf(dataSource, repository.metadata)!
      const drafted = (values: object) => () => repository.create(values as EntityRow)
      for (let pair = 0; pair < pairCount; pair++) {
        const values = valuesFor(random)
        const [own, other] = [3001 + 2 * pair, 3002 + 2 * pair]
        sent.length = 0
        const given = { id: own, ...structuredClone(values) }
        const made = await newRow(repository, drafted(given), reader)
        expect(sent.map((sql) => sql.split(' ')[0])).to.deep.equal(['INSERT'])
        expect(given).to.deep.equal({ id: own, ...values })
        await repository.insert(repository.create({ id: other, ...structuredClone(values) }))
        expect(await stored(random, own)).to.deep.equal(await stored(random, other))
        const read = await repository.findOneByOrFail({ id: other })
        expect(Object.assign(made!, { id: other })).to.deep.equal(read)
      }
      // Nobody is told why here: whoever looks says it.
      expect(await newRow(repository, drafted({ id: 3001 }), reader)).to.equal(undefined)
      expect(await newRow(repository, drafted({}), reader)).to.equal(undefined)
      expect(await dataSource.atomic(() => newRow(repository, drafted({ id: 3999 }), reader))).to.equal(undefined)
      expect(await newRow(repository, drafted({ id: 3999, unselected: () => '7' }), reader)).to.equal(undefined)
      expect(await newRow(repository, drafted({ id: 3999 }), reader)).to.include({ id: 3999 })
    }
  })

  it('are written by nothing else', async () => {
    const [random] = randoms
    const rows = repositoryOf(random!).select()
    const [{ name } = { name: '' }] = random!.properties
    sent.length = 0
    await changeRow(rows, 1, { [name]: null })
    const own = engine.name === 'mariadb' ? ['START', 'UPDATE', 'SELECT', 'COMMIT'] : ['UPDATE']
    // MariaDB's connections are told once how units of work are isolated.
    expect(sent.filter((sql) => !sql.startsWith('SET')).map((sql) => sql.split(' ')[0])).to.deep.equal(own)
    sent.length = 0
    expect(await deleteRow(rows, 1)).to.equal(true)
    expect(sent.map((sql) => sql.split(' ')[0])).to.deep.equal(['UPDATE'])
    expect(await repositoryOf(random!).findById(1)).to.equal(null)
    expect(await repositoryOf(random!).unscoped().findById(1)).to.include({ isDeleted: true })
  })

  it('are only those that the selection shows', async () => {
    const [random] = randoms
    const [{ name } = { name: '' }] = random!.properties
    const repository = repositoryOf(random!)
    const values = { [name]: null }
    await hide(dataSource, random!.entity, [3])
    const before = await Promise.all([3, 5].map((id) => stored(random!, id)))
    expect(await changeRow(repository.select(), 3, values)).to.equal(undefined)
    expect(await deleteRow(repository.select(), 3)).to.equal(false)
    expect(await changeRow(repository.select().where(eq('id', 7)), 5, values)).to.equal(undefined)
    expect(await changeRow(repository.select(), 'five', values)).to.equal(undefined)
    expect(await changeRow(repository.select(), 999, values)).to.equal(undefined)
    expect(await Promise.all([3, 5].map((id) => stored(random!, id)))).to.deep.equal(before)
    // Past a scope rows are read, but not written by a statement alone.
    expect(await changeRow(repository.unscoped().select(), 3, values)).to.equal(undefined)
    expect(await changeRow(repository.select().unscoped('kept'), 3, values)).to.equal(undefined)
  })

  it('are left to others where somebody must see them, or they may go out of sight', async () => {
    const [random] = randoms
    const rows = repositoryOf(random!).select()
    const [{ name } = { name: '' }] = random!.properties
    expect(await changeRow(rows, 9, { deletedAt: new Date() })).to.equal(undefined)
    expect(await changeRow(rows.where(eq('unselected', 7)), 9, { unselected: 8 })).to.equal(undefined)
    expect(await changeRow(rows, 9, { id: 10_000 })).to.equal(undefined)
    expect(await changeRow(rows, 9, {})).to.equal(undefined)
    expect(await changeRow(rows, 9, { [name]: () => 'NULL' })).to.equal(undefined)
    expect(await dataSource.atomic(() => changeRow(rows, 9, { [name]: null }))).to.equal(undefined)
    const deaf = dataSource.events.listen({
      entity: random!.entity,
      handlers: { beforeUpdate: () => undefined, afterDelete: () => undefined },
      place: '',
    })
    expect(await changeRow(rows, 9, { [name]: null })).to.equal(undefined)
    expect(await deleteRow(rows, 9)).to.equal(false)
    deaf()
    expect(await changeRow(rows, 9, { [name]: null })).to.be.instanceOf(random!.entity)
  })

  it('are told of once they are committed', async () => {
    const [random] = randoms
    const rows = repositoryOf(random!).select()
    const [{ name } = { name: '' }] = random!.properties
    const told: Partial<CommittedWrite>[] = []
    const deaf = dataSource.events.onCommitted(({ kind, entity, ids }) => {
      told.push({ kind, entity, ids, ...(dataSource.isInUnit && { operation: 'too early' }) })
    })
    await changeRow(rows, '11', { [name]: null })
    await deleteRow(rows, 11)
    await deleteRow(rows, 11)
    deaf()
    const { entity } = random!
    expect(told).to.deep.equal([
      { kind: 'update', entity, ids: [11] },
      { kind: 'delete', entity, ids: [11] },
    ])
  })

  it('are written as they were when somebody decided about them', async () => {
    const [random] = randoms
    const repository = repositoryOf(random!)
    const rows = repository.select()
    const [{ name } = { name: '' }] = random!.properties
    const values = { [name]: null }
    if (engine.name === 'mariadb') {
      expect(await changeRow(rows, 15, values, { decide: () => true })).to.equal(undefined)
      expect(await deleteRow(rows, 15, { decide: () => true })).to.equal(false)
      return
    }
    for (const { entity } of randoms) {
      const each = dataSource.getRepository(entity)
      const read = await each.findOneByOrFail({ id: 15 })
      const seen: object[] = []
      const decide = (row: object) => seen.push(row) > 0
      expect(await deleteRow(each.select(), 15, { decide })).to.equal(true)
      expect(seen).to.deep.equal([read])
    }
    sent.length = 0
    expect(await changeRow(rows, 17, values, { decide: () => false })).to.equal(undefined)
    expect(await deleteRow(rows, 17, { decide: () => Promise.resolve(true) })).to.equal(false)
    expect(sent.map((sql) => sql.split(' ')[0])).to.deep.equal(['SELECT', 'SELECT'])
    expect(await changeRow(rows, 999, values, { decide: () => true })).to.equal(undefined)
  })

  it('are written by one of those who decide about the same row', async () => {
    if (engine.name === 'mariadb') return
    const [random] = randoms
    const rows = repositoryOf(random!).select()
    const won = await Promise.all(Array.from({ length: 12 }, async () => deleteRow(rows, 19, { decide: () => true })))
    expect(won.filter(Boolean)).to.have.length(1)
    const { name } = random!.properties.at(-1)!
    await changeRow(rows, 21, { [name]: null })
    const [value] = fc.sample(rowOf(random!.properties), 40).flatMap((row) => row[name] ?? [])
    const take = async () => changeRow(rows, 21, { [name]: value }, { decide: (row) => row[name] === null })
    const taken = await Promise.all(Array.from({ length: 12 }, take))
    expect(taken.filter(Boolean)).to.have.length(1)
  })

  it('are written by one of those who race to delete one', async () => {
    const [random] = randoms
    const rows = repositoryOf(random!).select()
    const won = await Promise.all(Array.from({ length: 12 }, async () => deleteRow(rows, 13)))
    expect(won.filter(Boolean)).to.have.length(1)
  })
})
