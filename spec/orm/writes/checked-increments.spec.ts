import { expect } from 'chai'
import { Entity, MoreThanOrEqual, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  column,
  createDataSource,
  defineTrait,
  type ModelDataSource,
  type ValidationError,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

const natural = (value: unknown) => (Number(value) >= 0 ? [] : [{ code: 'min', message: 'must not be negative' }])

const Stocked = defineTrait({
  name: 'Stocked',
  defaults: {},
  columns: () => ({ quantity: column.integer({ default: 0, check: natural }) }),
})

@Stocked()
@Entity()
class Stock {
  @PrimaryColumn()
  place!: number

  @PrimaryColumn()
  product!: number
}
interface Stock extends Adds<typeof Stocked> {}

describeOnEngines('Numbers that a column checks', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Stock] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM stock')
    await dataSource.getRepository(Stock).insert([1, 2].map((product) => ({ place: 1, product, quantity: 10 })))
  })

  it('are added to and taken from, and never become what it refuses', async () => {
    const stocks = dataSource.getRepository(Stock)
    expect(await stocks.increment({ place: 1 }, 'quantity', 5)).to.have.property('affected', 2)
    expect(await dataSource.manager.decrement(Stock, { product: 1 }, 'quantity', '4')).to.have.property('affected', 1)
    const refused = (await failure(stocks.decrement({ place: 1 }, 'quantity', 12))) as ValidationError
    expect(refused.errors).to.deep.equal([{ pointer: '#/quantity', code: 'min', message: 'must not be negative' }])
    expect((await stocks.find({ order: { product: 'ASC' } })).map(({ quantity }) => quantity)).to.deep.equal([11, 15])
  })

  it('of several who take some, only those do for whom there is some', async () => {
    const stocks = dataSource.getRepository(Stock)
    const takes = Array.from({ length: 16 }, () =>
      stocks.decrement({ product: 2, quantity: MoreThanOrEqual(1) }, 'quantity', 1),
    )
    const taken = await Promise.all(takes)
    expect(taken.filter(({ affected }) => affected === 1)).to.have.length(10)
    expect(await stocks.findOneByOrFail({ product: 2 })).to.have.property('quantity', 0)
  })
})
