import { expect } from 'chai'
import {
  type Adds,
  column,
  createDataSource,
  defineTrait,
  explainDelete,
  explainRestore,
  type ModelDataSource,
  ModelService,
  silentLogger,
  UsageError,
} from 'plinth'
import { type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

const Emptied = defineTrait({
  name: 'Emptied',
  defaults: {},
  columns: () => ({ count: column.integer({ default: 7, writable: true }) }),
  verbs: () => ({ empty: { set: () => ({ count: 0 }) } }),
})

@Entity('several_seats')
@Emptied()
@SoftDelete()
class Seat {
  @PrimaryColumn({ type: 'int' }) hall!: number
  @PrimaryColumn({ type: 'int' }) number!: number
  @Column({ type: 'decimal', precision: 8, scale: 2, default: 1 }) price!: string
}
interface Seat extends Adds<typeof Emptied>, SoftDeletable {}

class SeatService extends ModelService(Seat) {}

const refusal = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    return JSON.stringify(await work())
  } catch (error) {
    return error instanceof UsageError ? error.message : String(error)
  }
}

describeOnEngines('Services and repositories of rows that are known by several columns', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let service: SeatService

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Seat], synchronize: true }).initialize()
    service = new SeatService({ dataSource, logger: silentLogger })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM several_seats')
    const seats = [2, 1].flatMap((hall) => [2, 1].map((number) => ({ hall, number })))
    await dataSource.getRepository(Seat).insert(seats)
  })

  it('are refused where one value is to name a row', async () => {
    const rows = dataSource.getRepository(Seat)
    const told = [
      () => rows.findById(1),
      () => rows.select().byId(1).rows(),
      () => rows.empty(1),
      () => rows.restore([1, 2]),
      () => service.get(1),
      () => service.update(1, { count: 3 }),
      () => service.delete(1),
      () => service.updateMany([1, 2], { count: 3 }),
      () => service.deleteMany([1, 2]),
      () => service.empty(1),
      () => explainDelete(dataSource, Seat, 1),
      () => explainRestore(dataSource, Seat, 1),
    ]
    for (const work of told) {
      expect(await refusal(work), String(work)).to.equal(
        'Rows of Seat are known by hall and number, so no single value names one: ask for all of them, as `findOneBy` and `update` do.\n' +
          '[E_SEVERAL_KEYS]',
      )
    }
    expect(await rows.count()).to.equal(4)
  })

  it('are written many at once, and answered as they are stored', async () => {
    const values = [5, 4].flatMap((number) => [3, 4].map((hall) => ({ hall, number, price: '2.5' })))
    const made = (await service.createMany(values)).unwrap()
    const shown = (row: Seat) => ({ hall: row.hall, number: row.number, price: Number(row.price), count: row.count })
    expect(made.map(shown)).to.deep.equal(values.map((value) => ({ ...value, price: 2.5, count: 7 })))
    const given = made.toReversed()
    const changed = (await service.updateMany(given, { price: '3' })).unwrap()
    expect(changed.map(shown)).to.deep.equal(given.map((row) => ({ ...shown(row), price: 3 })))
    expect(await dataSource.getRepository(Seat).countBy({ price: '3' })).to.equal(4)
    ;(await service.deleteMany(made.slice(1))).unwrap()
    expect(await dataSource.getRepository(Seat).countBy({ price: '3' })).to.equal(1)
  })

  it('are made one at a time, and answered as they are stored', async () => {
    const made = (await service.create({ hall: 9, number: 1 })).unwrap()
    expect(made).to.deep.include({ hall: 9, number: 1, count: 7 })
    await dataSource.atomic(async () => {
      const [inUnit] = (await service.createMany([{ hall: 9, number: 2 }])).unwrap()
      expect(inUnit).to.deep.include({ hall: 9, number: 2, count: 7 })
      expect(Number(inUnit!.price)).to.equal(1)
    })
  })
})
