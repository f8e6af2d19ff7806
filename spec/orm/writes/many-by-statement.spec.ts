import { EventEmitter, once } from 'node:events'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { type CommittedWrite, createDataSource, eq, type ModelDataSource, ne } from '../../../src/index.js'
import { entityReaderOf } from '../../../src/orm/writes/by-statement/entity-reader.js'
import { changeRows, deleteRows } from '../../../src/orm/writes/by-statement/many-rows.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { waitsForLock } from '../../support/waits-for-lock.js'
import { type RandomEntity, randomEntities, rowOf } from '../reads/support.js'

/** How many random entities are compared on each engine, beside two that have columns of all types. */
const entityCount = 2
/** How many rows are changed at once, as many in either way. */
const groupSize = 12
const changes = 12

const short = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Math.trunc(value % 2 ** 30) + 0.125 : value

/** SQLite reads the text of a number, as TypeORM writes it, less exactly than one that is bound, unless it has few digits. */
function valuesFor({ properties }: RandomEntity): Record<string, unknown> {
  const [values] = fc.sample(rowOf(properties), 1)
  return Object.fromEntries(Object.entries(values!).map(([name, value]) => [name, short(value)]))
}

const nullOf = ({ properties }: RandomEntity) => ({ [properties[0]!.name]: null })
const idOf = (row: object): number => (row as { readonly id: number }).id
const order = (rows: readonly object[]) => rows.toSorted((a, b) => idOf(a) - idOf(b))

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)

describeOnEngines('Rows that are written by one statement for all', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let randoms: readonly RandomEntity[]
  const sent: string[] = []
  const isWritten = engine.name !== 'mariadb'

  before(async () => {
    database = await engine.create()
    randoms = randomEntities('many', engine.name, entityCount)
    dataSource = await createDataSource({
      ...database.options,
      entities: randoms.map(({ entity }) => entity),
      synchronize: true,
    }).initialize()
    for (const { entity, properties } of randoms) {
      const rows = fc.sample(rowOf(properties), 200).map((row, index) => ({ id: index + 1, ...row }))
      await dataSource.createQueryBuilder().insert().into(entity).values(rows).updateEntity(false).execute()
    }
    dataSource.onStatement(({ sql }) => sent.push(sql))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const repositoryOf = ({ entity }: RandomEntity) => dataSource.getRepository(entity)
  const readerFor = ({ entity }: RandomEntity) => entityReaderOf(dataSource, dataSource.getMetadata(entity))!
  const first = () => randoms[0]!
  const allOf = (random: RandomEntity) =>
    repositoryOf(random)
      .unscoped()
      .find({ order: { id: 'ASC' } })

  it('are stored, and given back, as rows are that are updated and read', async () => {
    if (!isWritten) return
    for (const random of randoms) {
      const repository = repositoryOf(random)
      for (let time = 0; time < changes; time++) {
        const values = valuesFor(random)
        const [own, other] = [range(1, groupSize), range(51, groupSize)]
        sent.length = 0
        const asked = { rows: repository.select(), keys: own.toReversed() }
        const changed = await changeRows(asked, structuredClone(values), readerFor(random))
        expect(changed, JSON.stringify(values)).to.have.length(groupSize)
        expect(sent).to.have.length(1)
        await repository.update(other, structuredClone(values) as never)
        const read = await allOf(random)
        const byId = new Map(read.map((row) => [row.id, row]))
        for (const [index, id] of own.entries()) {
          const written = { ...byId.get(id) }
          expect({ ...written, id: 0 }).to.deep.equal({ ...byId.get(other[index]!), id: 0 })
          expect({ ...changed!.find((row) => (row as { id: number }).id === id) }).to.deep.equal(written)
        }
      }
    }
  })

  it('are all written or none', async () => {
    const rows = repositoryOf(first()).select()
    await hide(dataSource, first().entity, [3])
    const before = await allOf(first())
    for (const keys of [[1, 2, 3], [1, 999], [4, 5, 5], []]) {
      expect(await changeRows({ rows, keys }, nullOf(first()), readerFor(first())), String(keys)).to.equal(undefined)
      expect(await deleteRows({ rows, keys })).to.equal(false)
    }
    const narrow = rows.where(ne('id', 2))
    expect(await deleteRows({ rows: narrow, keys: [1, 2] })).to.equal(false)
    expect(await deleteRows({ rows: rows.unscoped('kept'), keys: [1, 3] })).to.equal(false)
    expect(await allOf(first())).to.deep.equal(before)
    expect(await deleteRows({ rows: narrow, keys: [1, 4] })).to.equal(isWritten)
    expect(await repositoryOf(first()).countBy([{ id: 1 }, { id: 4 }])).to.equal(isWritten ? 0 : 2)
  })

  it('are left to others where somebody must see them, or they may go out of sight', async () => {
    const rows = repositoryOf(first()).select()
    const change = (values: object, seen = rows) =>
      changeRows({ rows: seen, keys: [9, 10] }, { ...values }, readerFor(first()))
    expect(await change({ deletedAt: new Date() })).to.equal(undefined)
    expect(await change({ unselected: 8 }, rows.where(eq('unselected', 7)))).to.equal(undefined)
    expect(await change({ id: 10_000 })).to.equal(undefined)
    expect(await change({})).to.equal(undefined)
    expect(await dataSource.atomic(() => change(nullOf(first())))).to.equal(undefined)
    const deaf = dataSource.events.listen({
      entity: first().entity,
      handlers: { beforeUpdate: () => undefined, afterDelete: () => undefined },
      place: '',
    })
    expect(await change(nullOf(first()))).to.equal(undefined)
    expect(await deleteRows({ rows, keys: [9, 10] })).to.equal(false)
    deaf()
  })

  it('are told of once, by their keys', async () => {
    if (!isWritten) return
    const told: Partial<CommittedWrite>[] = []
    const deaf = dataSource.events.onCommitted(({ kind, entity, ids }) => {
      told.push({ kind, entity, ids, ...(dataSource.isInUnit && { operation: 'too early' }) })
    })
    const rows = repositoryOf(first()).select()
    await changeRows({ rows, keys: [12, 11] }, nullOf(first()), readerFor(first()))
    await deleteRows({ rows, keys: [12, 11] })
    await deleteRows({ rows, keys: [12, 11] })
    deaf()
    const { entity } = first()
    expect(told).to.deep.equal([
      { kind: 'update', entity, ids: [12, 11] },
      { kind: 'delete', entity, ids: [12, 11] },
    ])
  })

  it('are written as they were when somebody decided about each', async () => {
    const rows = repositoryOf(first()).select()
    const seen: object[] = []
    const keys = [22, 21, 23]
    const decide = (row: object) => seen.push(row) > 0
    const read = await repositoryOf(first()).find({ where: keys.map((id) => ({ id })) })
    sent.length = 0
    expect(await deleteRows({ rows, keys, decide })).to.equal(isWritten)
    if (!isWritten) return
    expect(sent.filter((sql) => /^(SELECT|UPDATE|WITH)/.test(sql))).to.have.length(2)
    expect(order(seen)).to.deep.equal(order(read))
    expect(await deleteRows({ rows, keys: [24, 25, 26], decide: (row) => idOf(row) !== 25 })).to.equal(false)
    expect(await deleteRows({ rows, keys: [24], decide: () => Promise.resolve(true) })).to.equal(false)
    expect(await repositoryOf(first()).countBy([{ id: 24 }, { id: 25 }, { id: 26 }])).to.equal(3)
  })

  it('of many who want some of the same, in whatever order, are written by whoever gets all of them', async () => {
    if (!isWritten) return
    const rows = repositoryOf(first()).select()
    const decisions = [undefined, () => true]
    for (const start of [101, 121, 141]) {
      const keys = range(start, 8)
      const won = await Promise.all(
        range(0, 12).map((client) => {
          const some = keys.filter((_, index) => index === 0 || (index + client) % 3 > 0)
          const named = client % 2 === 0 ? some : some.toReversed()
          return deleteRows({ rows, keys: named, decide: decisions[client % decisions.length] })
        }),
      )
      expect(won.filter(Boolean).length, String(start)).to.equal(1)
      const gone = range(0, 12)
        .filter((client) => won[client])
        .flatMap((client) => keys.filter((_, index) => index === 0 || (index + client) % 3 > 0))
      const left = await repositoryOf(first()).find({ where: keys.map((id) => ({ id })) })
      const ids = left.map((row) => Number((row as Record<string, unknown>)['id']))
      expect(ids.toSorted((a, b) => a - b)).to.deep.equal(keys.filter((id) => !gone.includes(id)))
    }
  })

  it('are those that a transaction leaves which had locked one of them', async () => {
    if (engine.name !== 'postgres') return
    const rows = repositoryOf(first()).select()
    const { name } = first().properties[0]!
    for (const [start, hides, decides] of [
      [161, true, true],
      [166, true, false],
      [171, false, true],
      [176, false, false],
    ] as const) {
      const keys = range(start, 5)
      const begun = new EventEmitter()
      const locked = once(begun, 'locked')
      const other = dataSource.atomic(async () => {
        if (hides) await repositoryOf(first()).delete(keys[2]!)
        else await repositoryOf(first()).update(keys[2]!, { unselected: 2 })
        begun.emit('locked')
        await waitsForLock(dataSource, engine.name)
      })
      await locked
      // Who decides sees the row as it was before the transaction, so that what it leaves is another one.
      const decide = decides ? { decide: () => true } : {}
      const changed = await changeRows({ rows, keys, ...decide }, { [name]: null }, readerFor(first()))
      await other
      expect(changed?.length).to.equal(decides || hides ? undefined : keys.length)
    }
  })
})
