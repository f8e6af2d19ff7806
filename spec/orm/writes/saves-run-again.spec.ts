import { expect } from 'chai'
import { BeforeUpdate, Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Timestamped, Timestamps, type UuidIdentified, UuidPk } from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { isContention } from '../../../src/orm/errors/error-kind.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity()
@Timestamps()
class Item {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'int' })
  size!: number
}
interface Item extends Timestamped {}

@Entity()
@UuidPk()
class Other {
  @Column({ type: 'int' })
  size!: number
}
interface Other extends UuidIdentified {}

let heard = 0

@Entity()
class Heard {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'int' })
  size!: number

  @BeforeUpdate()
  hear(): void {
    heard += 1
  }
}

const clients = Array.from({ length: 4 }, (_, number) => number)
const rounds = 15

describeOnEngines('Saves that wait for each other in a circle', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  async function open(...entities: readonly (new () => object)[]): Promise<void> {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [...entities] }).initialize()
    await dataSource.synchronize()
  }
  afterEach(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are carried out again, with what they create', async () => {
    await open(Item, Other)
    const items = dataSource.getRepository(Item)
    const [one, two] = await items.save([items.create({ size: 0 }), items.create({ size: 0 })])
    const made: (Item | Other)[] = []
    const save = async (client: number, round: number) => {
      const changed = await items.find({
        where: [{ id: one!.id }, { id: two!.id }],
        order: { id: client % 2 ? 'ASC' : 'DESC' },
      })
      const size = 1 + client * rounds + round
      const added = [items.create({ size }), dataSource.getRepository(Other).create({ size })]
      await dataSource.manager.save([added[0]!, ...changed.map((item) => Object.assign(item, { size })), added[1]!])
      made.push(...added)
    }
    await Promise.all(
      clients.map(async (client) => {
        for (let round = 0; round < rounds; round++) await save(client, round)
      }),
    )
    const count = clients.length * rounds
    const sizes = Array.from({ length: count }, (_, index) => index + 1)
    for (const entity of [Item, Other]) {
      const repository = dataSource.getRepository<Item | Other>(entity)
      const own = made.filter((row) => row instanceof entity)
      expect(own.map(({ size }) => size).sort((a, b) => a - b)).to.deep.equal(sizes)
      for (const row of own) expect(await repository.findOneByOrFail({ id: row.id as never })).to.deep.equal(row)
    }
    expect(await items.count()).to.equal(count + 2)
    const [first, second] = [await items.findOneByOrFail({ id: one!.id }), await items.findOneByOrFail({ id: two!.id })]
    expect(first.size).to.equal(second.size).and.to.be.greaterThan(0)
  })

  it('are not where a listener hears them, and are told of it', async () => {
    await open(Heard)
    const rows = dataSource.getRepository(Heard)
    const [one, two] = await rows.save([rows.create({ size: 0 }), rows.create({ size: 0 })])
    heard = 0
    const refused: unknown[] = []
    const save = async (client: number, round: number) => {
      const size = 1 + client * rounds + round
      const changed = [rows.create({ id: one!.id, size }), rows.create({ id: two!.id, size })]
      await rows.save(client % 2 ? changed : changed.toReversed()).catch((error: unknown) => refused.push(error))
    }
    await Promise.all(
      clients.map(async (client) => {
        for (let round = 0; round < rounds; round++) await save(client, round)
      }),
    )
    expect(refused.filter((error) => !isContention(error))).to.deep.equal([])
    if (process.env['PLINTH_MEASURE']) console.log(engine.name, refused.length)
    expect(heard).to.equal(2 * clients.length * rounds)
  })
})
