import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { createDataSource, type ModelDataSource, ModelService, silentLogger } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity('odd_things')
class Thing {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 40 }) name!: unknown
  @Column({ type: 'int', default: 0 }) number!: unknown
}
class ThingService extends ModelService(Thing) {}

describeOnEngines('Values of another type than that of their column', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let things: ThingService

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Thing],
      synchronize: true,
    }).initialize()
    things = new ThingService({ dataSource, logger: silentLogger })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(() => dataSource.getRepository(Thing).deleteAll())

  const stored = () => dataSource.query('SELECT name, number FROM odd_things ORDER BY id')

  it('are stored as in a unit of work where they are booleans and the column is of numbers', async () => {
    const write = async () => {
      const made = await things.create({ name: 'one', number: true })
      if (!made.success) return made.errorCode
      const more = (await things.createMany([true, false].map((number) => ({ name: 'more', number })))).unwrap()
      await things.update(made.data.id, { number: false })
      await things.updateMany(
        more.map(({ id }) => id),
        { number: true },
      )
      return stored()
    }
    const alone = await write()
    await dataSource.getRepository(Thing).deleteAll()
    expect(alone).to.deep.equal(await dataSource.atomic(write))
    const rows = [0, 1, 1].map((number, index) => ({ name: index === 0 ? 'one' : 'more', number }))
    expect(alone).to.deep.equal(engine.name === 'postgres' ? 'VALIDATION_ERROR' : rows)
  })

  it('make no more rows than were given where they are lists', async () => {
    if (engine.name !== 'postgres') return
    const given = [
      ['a', 'b'],
      ['c', 'd'],
    ].map((name) => ({ name }))
    expect((await things.createMany(given)).unwrap()).to.have.length(2)
    expect(await stored()).to.deep.equal(['{"a","b"}', '{"c","d"}'].map((name) => ({ name, number: 0 })))
  })
})
