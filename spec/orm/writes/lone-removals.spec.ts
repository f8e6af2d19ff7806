import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  type CommittedWrite,
  createDataSource,
  type ModelDataSource,
  ModelService,
  silentLogger,
} from '../../../src/index.js'
import { deleteRow } from '../../../src/orm/writes/by-statement/delete-row.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity('removed_coins')
class Coin {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20 }) name!: string
}

@Entity('removed_purses')
class Purse {
  @PrimaryColumn({ type: 'int' }) id!: number
  @ManyToOne(() => Coin, { nullable: false }) coin!: Relation<Coin>
}

class CoinService extends ModelService(Coin) {}

const free = 1
const kept = 2

const removed = (source: ModelDataSource, id: number) => deleteRow(source.getRepository(Coin).select(), id)

describeOnEngines('Rows that go for good', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let strict: ModelDataSource
  const told: Partial<CommittedWrite>[] = []

  before(async () => {
    database = await engine.create()
    const options = { ...database.options, entities: [Coin, Purse] }
    dataSource = await createDataSource({ ...options, synchronize: true }).initialize()
    strict = await createDataSource({ ...options, isolationLevel: 'SERIALIZABLE' }).initialize()
    dataSource.events.onCommitted(({ kind, entity, ids }) => void told.push({ kind, entity, ids }))
  })
  beforeEach(async () => {
    await dataSource.getRepository(Purse).createQueryBuilder().delete().execute()
    await dataSource.getRepository(Coin).createQueryBuilder().delete().execute()
    await dataSource.getRepository(Coin).insert([free, kept].map((id) => ({ id, name: `coin ${id}` })))
    await dataSource.getRepository(Purse).insert({ id: 1, coin: { id: kept } })
    told.length = 0
  })
  after(async () => {
    await strict?.destroy()
    await dataSource?.destroy()
    await database?.drop()
  })

  const ids = async () => (await dataSource.getRepository(Coin).find({ order: { id: 'ASC' } })).map(({ id }) => id)

  it('are removed by a statement of their own outside of units, and told of', async () => {
    expect(await removed(dataSource, free)).to.equal(true)
    expect(told).to.deep.equal([{ kind: 'delete', entity: Coin, ids: [free] }])
    expect(await removed(dataSource, kept)).to.equal(false)
    expect(await ids()).to.deep.equal([kept])
  })

  it('are left to the unit that is running, which tells of them when it is committed, if it is', async () => {
    const coins = new CoinService({ dataSource, logger: silentLogger })
    await dataSource.atomic(async () => {
      expect(await removed(dataSource, free)).to.equal(false)
      // What the database refuses must not spoil the unit.
      expect(await removed(dataSource, kept)).to.equal(false)
      expect(await ids()).to.deep.equal([free, kept])
      ;(await coins.delete(free)).unwrap()
      expect(told).to.deep.equal([])
    })
    expect(told.map(({ kind }) => kind)).to.deep.equal(['delete'])
    expect(await ids()).to.deep.equal([kept])
  })

  it('are left to units where those are isolated otherwise than a statement by itself is', async () => {
    expect(await removed(strict, free)).to.equal(false)
    expect(await ids()).to.deep.equal([free, kept])
  })
})
