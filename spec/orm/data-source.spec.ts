import { expect } from 'chai'
import { Column, Entity } from 'typeorm'
import { BaseModel, type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from '../../decorators/index.js'
import { createDataSource, DefinitionError, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@UuidPk()
@SoftDelete()
class Note extends BaseModel {
  @Column({ type: 'varchar', length: 40 })
  title!: string
}
interface Note extends UuidIdentified, SoftDeletable {}

const instant = new Date('2024-02-29T23:59:59.987Z')

describeOnEngines('A data source', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const clock = { now: () => instant }
    dataSource = await createDataSource({ ...database.options, entities: [Note], clock }).initialize()
    await dataSource.synchronize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('leaves nothing to change in the schema it made', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).to.deep.equal([])
  })

  it('knows columns by the same objects before and after it connects, until its options change', async () => {
    const other = createDataSource({ ...database.options, entities: [Note] })
    other.describe(Note)
    const before = other.getMetadata(Note)
    await other.initialize()
    // What a column is depends on the version of a MariaDB, which nobody knows before.
    expect(other.getMetadata(Note) === before).to.equal(engine.name !== 'mariadb')
    await other.destroy()
    other.setOptions({ logging: false })
    await other.initialize()
    expect(other.getMetadata(Note)).to.not.equal(before)
    await other.destroy()
  })

  it('has no repository of a class that it was not given', () => {
    class Stranger {}
    expect(() => dataSource.getRepository(Stranger)).to.throw(
      DefinitionError,
      'Stranger: is used as an entity, but the application was not given it.\nAdd it to `entities`. Known are: Note.',
    )
  })

  it('stores instants to the millisecond', async () => {
    const notes = dataSource.getRepository(Note)
    await notes.insert({
      id: '018f3c2e-7d1a-7cc0-8000-000000000001',
      title: 'one',
    })
    expect(await notes.findOneByOrFail({ title: 'one' })).to.deep.equal(
      Object.assign(new Note(), {
        id: '018f3c2e-7d1a-7cc0-8000-000000000001',
        title: 'one',
        createdAt: instant,
        updatedAt: instant,
        deletedAt: null,
        deletionId: null,
        isDeleted: false,
      }),
    )
  })
})
