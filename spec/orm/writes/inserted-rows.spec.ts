import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import { DefaultOrdering, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'

interface Parcel extends UuidIdentified {}

/** The default of its column has to be read after an insert where the engine does not answer it. */
@UuidPk()
@DefaultOrdering({ by: ['-weight'] })
@Entity()
class Parcel {
  @Column({ type: 'int' })
  weight!: number
  @Column({ type: 'varchar', length: 20, default: 'here' })
  place!: string
}

@Entity()
class Shelf {
  @PrimaryColumn({ type: 'varchar', length: 20 })
  code!: string
  @PrimaryColumn({ type: 'int' })
  floor!: number
  @Column({ type: 'varchar', length: 20 })
  label!: string
  @Column({ type: 'int', default: 5 })
  boards!: number
}

describeOnEngines('Rows inserted in one call', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const options = { ...database.options, entities: [Parcel, Shelf], synchronize: true }
    dataSource = await createDataSource(options).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const weights = [3, 1, 4, 1, 5, 9, 2, 6]

  for (const way of ['insert', 'save'] as const) {
    it(`keep their own keys and values, by ${way}, whatever the default order`, async () => {
      const parcels = dataSource.getRepository(Parcel)
      const rows = weights.map((weight) => parcels.create({ weight }))
      await (way === 'insert' ? parcels.insert(rows) : parcels.save(rows))
      expect(rows.map(({ weight }) => weight)).to.deep.equal(weights)
      expect(new Set(rows.map(({ place }) => place))).to.deep.equal(new Set(['here']))
      for (const { id, weight } of rows) {
        expect((await parcels.findOneByOrFail({ id })).weight, `the row ${id}`).to.equal(weight)
      }
    })
  }

  it('name their keys in the order they were given', async () => {
    const parcels = dataSource.getRepository(Parcel)
    const { identifiers, generatedMaps } = await parcels.insert(weights.map((weight) => ({ weight })))
    const stored = await Promise.all(identifiers.map(({ id }) => parcels.findOneByOrFail({ id: id as string })))
    expect(stored.map(({ weight }) => weight)).to.deep.equal(weights)
    expect(generatedMaps).to.have.length(weights.length)
  })

  it('keep their own keys where callers choose them, in no order and of several columns', async () => {
    const shelves = dataSource.getRepository(Shelf)
    const rows = ['q', 'b', 'z', 'a', 'm'].flatMap((code) =>
      [2, 1].map((floor) => shelves.create({ code, floor, label: `${code}${floor}` })),
    )
    await shelves.insert(rows)
    for (const { code, floor, label, boards } of rows) {
      expect([label, boards]).to.deep.equal([`${code}${floor}`, 5])
      expect((await shelves.findOneByOrFail({ code, floor })).label).to.equal(label)
    }
  })
})
