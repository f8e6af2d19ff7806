import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn, QueryFailedError } from 'typeorm'
import { createDataSource, type ModelDataSource, ModelService, silentLogger } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

@Entity('odd_things')
class Thing {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 40 }) name!: unknown
  @Column({ type: 'int', default: 0 }) number!: unknown
}
class ThingService extends ModelService(Thing) {}

/** What the driver of no engine can make a text of. */
function endless(): object {
  const value: Record<string, unknown> = { toString: () => String(value['self']) }
  value['self'] = value
  return value
}

describeOnEngines('Values of another type than that of their column', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let things: ThingService

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      ...(engine.name === 'postgres' && { extra: { ...database.options.extra, max: 1 } }),
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

  /** Makes and changes rows with booleans. */
  const flagged = async () => {
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

  it('are stored as in a unit of work where they are booleans and the column is of numbers', async () => {
    const alone = await flagged()
    await dataSource.getRepository(Thing).deleteAll()
    expect(alone).to.deep.equal(await dataSource.atomic(flagged))
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

  it('are stored the same each time where they are instants and the column is of texts', async () => {
    const instant = new Date('2024-02-29T12:34:56.789Z')
    for (let time = 0; time < 4; time++) (await things.create({ name: instant })).unwrap()
    const { id } = (await things.create({ name: 'first' })).unwrap()
    for (let time = 0; time < 4; time++) (await things.update(id, { name: instant })).unwrap()
    const rows: readonly { readonly name: string }[] = await stored()
    expect(rows).to.have.length(5)
    expect(new Set(rows.map(({ name }) => name)).size).to.equal(1)
  })

  it('end as in a unit of work where no driver can write them, and are in nobody’s way', async () => {
    const { id } = (await things.create({ name: 'first' })).unwrap()
    const writes: readonly (() => Promise<unknown>)[] = [
      () => things.create({ name: endless() }),
      () => things.createMany([{ name: endless() }, { name: 'other' }]),
      () => things.update(id, { name: endless() }),
    ]
    for (const [index, write] of writes.entries()) {
      for (let time = 0; time < 3; time++) {
        expect(await failure(write()), `write ${index}`).to.be.instanceOf(QueryFailedError)
        ;(await things.create({ name: 'next' })).unwrap()
        ;(await things.update(id, { name: 'changed' })).unwrap()
      }
      const inUnit = await failure(dataSource.atomic<unknown>(write))
      expect(inUnit, `write ${index} in a unit of work`).to.be.instanceOf(QueryFailedError)
    }
  })
})
