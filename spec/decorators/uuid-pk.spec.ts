import { expect } from 'chai'
import { Column, Entity, In, ManyToOne, Not, type Relation } from 'typeorm'
import { type UuidIdentified, UuidPk } from '../../decorators/index.js'
import {
  type Adds,
  asAppException,
  column,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  type ModelRepository,
} from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const Sealed = defineTrait({
  name: 'Sealed',
  defaults: {},
  columns: () => ({ seal: column.uuid({ nullable: true }) }),
})

@Entity()
@UuidPk()
@Sealed()
class Parcel {
  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string
}
interface Parcel extends UuidIdentified, Adds<typeof Sealed> {}

@Entity()
@UuidPk({ version: 4, allowClientId: true })
class Ticket {
  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string

  @ManyToOne(() => Parcel)
  parcel!: Relation<Parcel> | null
}
interface Ticket extends UuidIdentified {}

const given = '018f3c2e-7d1a-7cc0-8000-0000000000ab'

const rows = (from: number, count: number) => Array.from({ length: count }, (_, n) => ({ label: `${from + n}` }))

describeOnEngines('Keys that are UUIDs', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let parcels: ModelRepository<Parcel>

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Parcel, Ticket] }).initialize()
    await dataSource.synchronize()
    parcels = dataSource.getRepository(Parcel)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM ticket')
    await dataSource.query('DELETE FROM parcel')
  })

  it('sort by creation, also when the clock goes back', async () => {
    const { now } = Date
    try {
      await parcels.insert(rows(0, 300))
      Date.now = () => now() - 3_600_000
      await parcels.insert(rows(300, 300))
    } finally {
      Date.now = now
    }
    await parcels.insert(rows(600, 10))
    const found = await parcels.find({ order: { id: 'ASC' } })
    expect(found.map(({ label }) => Number(label))).to.deep.equal(Array.from({ length: 610 }, (_, n) => n))
  })

  it('may be given by the program, in lower case', async () => {
    await parcels.insert({ id: given.toUpperCase(), label: 'a' })
    expect((await parcels.findById(given.toUpperCase()))?.id).to.equal(given)
  })

  it('are refused where they are none, nil or max, by the same error on each engine', async () => {
    const wrong = [
      '',
      'x',
      `{${given}}`,
      ` ${given}`,
      '00000000-0000-0000-0000-000000000000',
      given.replaceAll(/\w/g, 'f'),
    ]
    for (const id of wrong) {
      expect(await failure(parcels.insert({ id })), id).to.include({ name: 'ValidationError', errorCode: 'INVALID_ID' })
    }
    expect(await parcels.count()).to.equal(0)
  })

  describe('are found in any spelling', () => {
    const upper = given.toUpperCase()
    const ways: Readonly<Record<string, () => Promise<readonly (Parcel | Ticket | null)[]>>> = {
      'by find': () => parcels.find({ where: { id: upper } }),
      'by In and Not': () => parcels.find({ where: { id: In([upper]), label: Not('b') } }),
      'by ids': () => parcels.createQueryBuilder().whereInIds([upper]).getMany(),
      'by a predicate': () => parcels.select().where(eq('id', upper)).rows(),
      'by what refers to them': () => dataSource.getRepository(Ticket).find({ where: { parcel: { id: upper } } }),
      'by a condition of SQL': () => parcels.createQueryBuilder('p').where('p.id = :id', { id: upper }).getMany(),
    }
    for (const [way, find] of Object.entries(ways)) {
      it(way, async () => {
        await parcels.insert({ id: given, label: 'a' })
        await dataSource.getRepository(Ticket).insert({ parcel: { id: upper } })
        const found = await find()
        expect(found.map((row) => row?.label)).to.deep.equal([way === 'by what refers to them' ? '' : 'a'])
      })
    }

    it('and written: saved, updated, deleted', async () => {
      await parcels.insert({ id: given, label: 'a' })
      expect((await parcels.save({ id: upper, label: 'b' })).id).to.equal(given)
      expect((await parcels.update(upper, { label: 'c' })).affected).to.equal(1)
      expect(await parcels.find()).to.deep.equal([{ id: given, label: 'c', seal: null }])
      expect((await parcels.delete(upper)).affected).to.equal(1)
    })
  })

  it('are told apart from what is none: nothing by id, an error in conditions', async () => {
    expect(await parcels.findById('x')).to.equal(null)
    for (const where of [{ id: 'x' }, { id: In([given, 'x']) }, { id: Not('x') }]) {
      expect(await failure(parcels.find({ where }))).to.include({ name: 'ValidationError', errorCode: 'INVALID_ID' })
    }
    const refused = await failure(dataSource.getRepository(Ticket).find({ where: { parcel: { id: 'x' } } }))
    expect(refused).to.include({ errorCode: 'INVALID_ID' })
    for (const id of ['x', '']) {
      expect(await failure(parcels.save({ id }))).to.include({ errorCode: 'INVALID_ID' })
    }
    expect(await parcels.count()).to.equal(0)
  })

  it('are taken once, in any spelling', async () => {
    await parcels.insert({ id: given })
    const error = asAppException(await failure(parcels.insert({ id: given.toUpperCase() })), dataSource)
    expect(error).to.include({ name: 'ConflictError', errorCode: 'DUPLICATE_ID' })
    expect(error?.errors?.map(({ pointer }) => pointer)).to.deep.equal(['#/id'])
  })

  it('leave a schema that needs no change', async () => {
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).to.deep.equal([])
  })

  it('are nothing else in the database, whoever writes them', async () => {
    const name = dataSource.driver.escape('parcel')
    for (const id of ['x', '', `${given}0`, given.replace('a', 'g')]) {
      const error = await failure(dataSource.query(`INSERT INTO ${name} (id) VALUES ('${id}')`))
      expect(asAppException(error, dataSource), id).to.include({ name: 'ValidationError' })
    }
    const upper = dataSource.query(`INSERT INTO ${name} (id) VALUES ('${given.toUpperCase()}')`)
    // Engines with the type write it in lower case themselves.
    if (engine.name === 'sqlite') {
      const refused = asAppException(await failure(upper), dataSource)
      expect(refused?.errors).to.deep.equal([{ pointer: '#/id', code: 'check', message: 'is not allowed' }])
    } else await upper
    expect((await parcels.find()).map(({ id }) => id)).to.deep.equal(engine.name === 'sqlite' ? [] : [given])
  })

  it('are so in columns of traits that are no keys, in any spelling', async () => {
    const seals = dataSource.getRepository(Parcel)
    await seals.insert({ id: given, seal: given.toUpperCase() })
    expect((await seals.findOneByOrFail({ seal: given })).seal?.toLowerCase()).to.equal(given)
    const error = asAppException(await failure(seals.update(given, { seal: 'x' })), dataSource)
    expect(error).to.include({ name: 'ValidationError' })
    await seals.update(given, { seal: null })
    expect(await seals.findById(given)).to.include({ seal: null })
  })

  it('never change', async () => {
    await parcels.insert({ id: given })
    const other = given.replace('ab', 'cd')
    expect((await failure(parcels.update(given, { id: other }))).errorCode).to.equal('IMMUTABLE')
  })

  it('are set by input only where clients may make them', () => {
    const writable = [Parcel, Ticket].map((entity) => dataSource.describe(entity).properties.get('id')?.writable)
    expect(writable).to.deep.equal([false, true])
  })
})
