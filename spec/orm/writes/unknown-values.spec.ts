import { expect } from 'chai'
import { type Adds, column, createDataSource, defineTrait, type ModelDataSource } from 'plinth'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines, engines } from '../../support/engines.js'

const Counted = defineTrait({
  name: 'Counted',
  defaults: { property: 'count' },
  columns: () => ({ count: column.integer({ default: 0 }) }),
  rules: ({ property }) => ({ insert: { set: () => ({ [property]: 7 }) } }),
})

@Entity('counted_rightly')
@Counted()
class Right {
  @PrimaryGeneratedColumn() id!: number
  @Column() title!: string
  count!: number
}

@Entity('counted_wrongly')
@Counted({ property: 'cuont' })
class Wrong {
  @PrimaryGeneratedColumn() id!: number
  @Column() title!: string
  count!: number
}

describe('Values that a rule of an insert sets', () => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engines[0]!.create()
    dataSource = await createDataSource({
      ...database.options,
      synchronize: true,
      entities: [Right, Wrong],
    }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are refused where there is no such property', async () => {
    const rows = dataSource.getRepository(Wrong)
    for (const write of [() => rows.save({ title: 'x' }), () => rows.insert({ title: 'x' })]) {
      const error = await write().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).to.have.property('code', 'E_UNKNOWN_VALUE')
      expect(error).to.have.property('message').that.includes('did you mean "count"?')
    }
    expect(await rows.count()).to.equal(0)
    expect(await dataSource.getRepository(Right).save({ title: 'x' })).to.include({ count: 7 })
  })
})

const Closing = defineTrait({
  name: 'Closing',
  defaults: { property: 'closed', each: 'closed' },
  columns: () => ({ closed: column.boolean({ default: false }) }),
  rules: ({ each }) => ({ update: { each: () => ({ [each]: true }) } }),
  verbs: ({ property }) => ({ close: { set: () => ({ [property]: true }) } }),
})

@Entity('closing_rightly')
@Closing()
class Shop {
  @PrimaryGeneratedColumn() id!: number
  @Column() title!: string
  closed!: boolean
}
interface Shop extends Adds<typeof Closing> {}

@Entity('closing_wrongly')
@Closing({ property: 'closde' })
class WrongVerb {
  @PrimaryGeneratedColumn() id!: number
  @Column() title!: string
  closed!: boolean
}
interface WrongVerb extends Adds<typeof Closing> {}

@Entity('closing_each_wrongly')
@Closing({ each: 'closde' })
class WrongUpdate {
  @PrimaryGeneratedColumn() id!: number
  @Column() title!: string
  closed!: boolean
}
interface WrongUpdate extends Adds<typeof Closing> {}

const Stamping = defineTrait({
  name: 'Stamping',
  defaults: { property: 'seen' },
  columns: () => ({ seen: column.boolean({ default: false }) }),
  rules: ({ property }) => ({ update: { set: () => ({ [property]: true }) } }),
  verbs: ({ property }) => ({ see: { set: () => ({ [property]: true }) } }),
})

@Entity('stamping_wrongly')
@Stamping({ property: 'sene' })
class WrongStamp {
  @PrimaryGeneratedColumn() id!: number
  @Column() title!: string
  seen!: boolean
}
interface WrongStamp extends Adds<typeof Stamping> {}

async function expectRefused(write: () => Promise<unknown>, nearest: string): Promise<void> {
  const error = await write().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error, String(write)).to.have.property('code', 'E_UNKNOWN_VALUE')
  expect(error).to.have.property('message').that.includes(`did you mean "${nearest}"?`)
}

describeOnEngines('Values that verbs and rules of updates set', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [Shop, WrongVerb, WrongUpdate, WrongStamp]
    dataSource = await createDataSource({ ...database.options, synchronize: true, entities }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are refused where there is no such property, in whatever way rows are written', async () => {
    const verbs = dataSource.getRepository(WrongVerb)
    const { id } = await verbs.save({ title: 'x' })
    const other = await verbs.save({ title: 'y' })
    await expectRefused(() => verbs.close(id), 'closed')
    await expectRefused(() => verbs.close([id, other.id]), 'closed')
    await expectRefused(() => dataSource.atomic(() => verbs.close(id)), 'closed')
    const updates = dataSource.getRepository(WrongUpdate)
    const row = await updates.save({ title: 'x' })
    await expectRefused(() => updates.update(row.id, { title: 'y' }), 'closed')
    await expectRefused(() => updates.close(row.id), 'closed')
    row.title = 'y'
    await expectRefused(() => updates.save(row), 'closed')
    const stamps = dataSource.getRepository(WrongStamp)
    const stamped = await stamps.save({ title: 'x' })
    await expectRefused(() => stamps.see(stamped.id), 'seen')
    await expectRefused(() => stamps.update(stamped.id, { title: 'y' }), 'seen')
    stamped.title = 'y'
    await expectRefused(() => stamps.save(stamped), 'seen')
    for (const rows of [verbs, updates, stamps]) expect(await rows.countBy({ title: 'y', id: 1 })).to.equal(0)
  })

  it('are written where there is', async () => {
    const shops = dataSource.getRepository(Shop)
    const { id } = await shops.save({ title: 'x' })
    await shops.close(id)
    expect(await shops.findById(id)).to.include({ closed: true })
  })
})
