import { expect } from 'chai'
import { Column, Entity } from 'typeorm'
import { type UuidIdentified, UuidPk } from '../../decorators/index.js'
import { createDataSource, type ModelDataSource, type ModelRepository } from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@UuidPk()
class Parcel {
  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string
}
interface Parcel extends UuidIdentified {}

@Entity()
@UuidPk({ version: 4, allowClientId: true })
class Ticket {
  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string
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
  beforeEach(() => dataSource.query('DELETE FROM parcel'))

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
