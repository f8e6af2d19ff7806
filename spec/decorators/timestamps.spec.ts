import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type SoftDeletable,
  SoftDelete,
  StampOn,
  type Timestamped,
  Timestamps,
  withoutTimestamps,
  withTimestamps,
} from '../../decorators/index.js'
import {
  createDataSource,
  DefinitionError,
  type ModelDataSource,
  type ModelRepository,
  Registry,
  UsageError,
} from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Timestamps()
@SoftDelete()
@StampOn({ field: 'status', equals: ['published', 'pinned'], stamp: 'publishedAt' })
class Entry {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: 'draft' })
  status!: string

  publishedAt!: Date | null
}
interface Entry extends Timestamped, SoftDeletable {}

/** A clock that can be set, as clocks of servers are. */
class Settable {
  instant = 0
  now(): Date {
    return new Date(this.instant)
  }
}

const noon = Date.UTC(2024, 1, 29, 12)
const ago = (milliseconds: number) => new Date(noon - milliseconds)

describeOnEngines('Timestamps', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let entries: ModelRepository<Entry>
  const clock = new Settable()

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Entry], clock }).initialize()
    await dataSource.synchronize()
    entries = dataSource.getRepository(Entry)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM entry')
    clock.instant = noon
  })

  const find = () => entries.unscoped().findOneByOrFail({ id: 1 })
  const instants = async () => {
    const { createdAt, updatedAt } = await find()
    return [createdAt.getTime() - noon, updatedAt.getTime() - noon]
  }

  const stampAfter = async (write: () => Promise<unknown>) => {
    clock.instant += 10
    await write()
    const { publishedAt } = await find()
    return publishedAt && publishedAt.getTime() - noon
  }

  describe('never go back', () => {
    const ways: Readonly<Record<string, () => Promise<unknown>>> = {
      save: () => entries.save({ id: 1, status: 'new' }),
      update: () => entries.update(1, { status: 'new' }),
      'update of all': () => entries.updateAll({ status: 'new' }),
      'an update that gives one': () => entries.update(1, { status: 'new', updatedAt: new Date(noon - 5000) }),
      delete: () => entries.delete(1),
      touch: () => entries.touch(1),
    }
    for (const [way, write] of Object.entries(ways)) {
      it(`by ${way}`, async () => {
        await entries.insert({ id: 1 })
        clock.instant = noon - 1000
        await write()
        expect(await instants()).to.deep.equal([0, 0])
        await dataSource.query(`UPDATE entry SET ${dataSource.driver.escape('deletedAt')} = NULL`)
        clock.instant = noon + 1
        await write()
        expect(await instants()).to.deep.equal([0, way === 'save' ? 0 : 1])
      })
    }
  })

  it('are touched alone, and only where rows are visible', async () => {
    await entries.insert([{ id: 1 }, { id: 2 }])
    clock.instant = noon + 1
    expect((await entries.touch([1, 2])).affected).to.equal(2)
    expect(await instants()).to.deep.equal([0, 1])
    await entries.delete(2)
    expect((await failure(entries.touch(2))).name).to.equal('NotFoundError')
  })

  it('are not taken from a clock that says none', async () => {
    const count = await entries.unscoped().count()
    try {
      for (const wrong of [new Date(Number.NaN), new Date('-000001-01-01T00:00:00Z'), 1_700_000_000_000, undefined]) {
        clock.now = () => wrong as Date
        const error = await failure(entries.insert({ id: 99 }))
        expect(error).to.be.instanceOf(UsageError).with.property('code', 'E_CLOCK')
      }
    } finally {
      Reflect.deleteProperty(clock, 'now')
    }
    expect(await entries.unscoped().count()).to.equal(count)
  })

  it('keep the instant of creation', async () => {
    await entries.insert({ id: 1 })
    const moved = new Date(noon - 1000)
    expect((await failure(entries.update(1, { createdAt: moved }))).errorCode).to.equal('IMMUTABLE')
    expect((await failure(entries.save({ id: 1, createdAt: moved }))).errorCode).to.equal('IMMUTABLE')
    expect(await instants()).to.deep.equal([0, 0])
  })

  describe('of imports', () => {
    it('are those that are given for all rows', async () => {
      await withTimestamps({ createdAt: ago(2000), updatedAt: ago(1000) }, () => entries.insert({ id: 1 }))
      expect(await instants()).to.deep.equal([-2000, -1000])
      await withTimestamps({ updatedAt: ago(1500) }, () => entries.update(1, { status: 'old' }))
      expect(await instants()).to.deep.equal([-2000, -1000])
      await withTimestamps({ updatedAt: ago(500) }, () => entries.update(1, { status: 'new' }))
      expect(await instants()).to.deep.equal([-2000, -500])
      await withTimestamps({ createdAt: ago(7) }, () => entries.insert({ id: 2 }))
      expect(await entries.findOneBy({ id: 2 })).to.deep.include({ createdAt: ago(7), updatedAt: ago(7) })
    })

    it('are those that rows have', async () => {
      await withoutTimestamps(() => entries.insert({ id: 1, createdAt: ago(2000), updatedAt: ago(1000) }))
      expect(await instants()).to.deep.equal([-2000, -1000])
      await withoutTimestamps(() => entries.update(1, { status: 'x' }))
      expect(await instants()).to.deep.equal([-2000, -1000])
      await withoutTimestamps(() => entries.save({ id: 1, updatedAt: ago(1500) }))
      expect(await instants()).to.deep.equal([-2000, -1500])
    })

    it('are a matter of the import alone', async () => {
      const importing = withoutTimestamps(async () => {
        await entries.insert({ id: 1, createdAt: ago(9) })
        throw new Error('broken')
      })
      await Promise.all([failure(importing), entries.insert({ id: 2 })])
      await entries.insert({ id: 3 })
      const found = await entries.find({ order: { id: 'ASC' } })
      expect(found.map(({ createdAt }) => createdAt)).to.deep.equal([ago(9), ago(0), ago(0)])
    })

    it('are instants', () => {
      for (const createdAt of [new Date(Number.NaN), '2024-01-01' as never, new Date(Date.UTC(10_000, 0))]) {
        expect(() => withTimestamps({ createdAt }, () => 1)).to.throw('must be an instant')
      }
    })
  })

  describe('of values', () => {
    it('are set when a property takes the value, and again when it takes it anew', async () => {
      expect(await stampAfter(() => entries.insert({ id: 1 }))).to.equal(null)
      expect(await stampAfter(() => entries.update(1, { status: 'review' }))).to.equal(null)
      expect(await stampAfter(() => entries.save({ id: 1, status: 'published' }))).to.equal(30)
      expect(await stampAfter(() => entries.update(1, { status: 'pinned' }))).to.equal(30)
      expect(await stampAfter(() => entries.update(1, { status: 'draft' }))).to.equal(30)
      expect(await stampAfter(() => entries.updateAll({ status: 'published' }))).to.equal(60)
    })

    it('of rows that have the value from the beginning', async () => {
      expect(await stampAfter(() => entries.insert({ id: 1, status: 'pinned' }))).to.equal(10)
    })
  })
})

describe('@StampOn', () => {
  it('is refused without its options', () => {
    @StampOn()
    class Empty {}
    expect(() => new Registry([Empty])).to.throw(DefinitionError, 'needs `field`, `equals` and `stamp`')
  })
})
