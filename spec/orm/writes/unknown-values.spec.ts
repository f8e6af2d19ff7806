import { expect } from 'chai'
import { column, createDataSource, defineTrait, type ModelDataSource } from 'plinth'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, engines } from '../../support/engines.js'

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
