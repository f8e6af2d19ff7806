import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import { type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'

interface Crate extends UuidIdentified, SoftDeletable {}
@UuidPk()
@SoftDelete()
@Entity()
class Crate {
  @Column({ type: 'varchar', length: 20 })
  label!: string
}

describeOnEngines('Generated columns', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Crate], synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are known of an entity that was just saved', async () => {
    const crates = dataSource.getRepository(Crate)
    const crate = await crates.save(crates.create({ label: 'new' }))
    expect([crate.isDeleted, crate.deletedAt, crate.deletionId]).to.deep.equal([false, null, null])
    expect(await crates.findOneByOrFail({ id: crate.id })).to.deep.equal(crate)
    await crates.save(Object.assign(crate, { label: 'again' }))
    expect((await crates.findOneByOrFail({ id: crate.id })).label).to.equal('again')
  })
})
