import { expect } from 'chai'
import { Column, type ColumnType, Entity, PrimaryColumn } from 'typeorm'
import { type Timestamped, Timestamps, withoutTimestamps } from '../../../decorators/index.js'
import {
  type Adds,
  column,
  createDataSource,
  defineTrait,
  gt,
  type ModelDataSource,
  ModelService,
  silentLogger,
  type ValidationError,
} from '../../../src/index.js'
import { type Database, describeOnEngines, type Engine } from '../../support/engines.js'
import { failure } from './library.js'

const Ending = defineTrait({
  name: 'Ending',
  defaults: {},
  columns: () => ({ endsAt: column.timestamp({ nullable: true }) }),
  inputs: () => ({ end: { at: column.timestamp() } }),
  verbs: () => ({ end: { set: ({ input }) => ({ endsAt: input.at }) } }),
})

const types: Record<Engine['name'], ColumnType> = { sqlite: 'datetime', postgres: 'timestamptz', mariadb: 'datetime' }

function entityOf(engine: Engine) {
  interface Lease extends Timestamped, Adds<typeof Ending> {}
  @Entity('instant_leases')
  @Timestamps()
  @Ending()
  class Lease {
    @PrimaryColumn({ type: 'int' }) id!: number
    @Column({ type: types[engine.name], precision: 3, nullable: true }) signedAt!: Date | null
  }
  return Lease
}

/** What each engine would store as something else, or refuse in a way of its own. */
const odd: Readonly<Record<string, Date>> = {
  'no instant at all': new Date(Number.NaN),
  'of the year 10000': new Date(Date.UTC(10_000, 0)),
  'of the year 0': new Date('0000-12-31T23:59:59.999Z'),
  'before that': new Date('-000001-06-01T00:00:00Z'),
}

describeOnEngines('Instants that not every engine can hold', (engine) => {
  const Lease = entityOf(engine)
  class LeaseService extends ModelService(Lease) {}
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Lease] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM instant_leases')
    await leases().insert({ id: 1 })
  })

  const leases = () => dataSource.getRepository(Lease)
  const ways: Readonly<Record<string, (instant: Date) => readonly [string, () => Promise<unknown>]>> = {
    insert: (endsAt) => ['endsAt', () => leases().insert({ id: 2, endsAt })],
    'insert of many': (signedAt) => ['signedAt', () => leases().insert([{ id: 2 }, { id: 3, signedAt }])],
    save: (signedAt) => ['signedAt', () => leases().save({ id: 1, signedAt })],
    'save of what is new': (endsAt) => ['endsAt', () => leases().save({ id: 2, endsAt })],
    update: (endsAt) => ['endsAt', () => leases().update(1, { endsAt })],
    'a builder': (signedAt) => ['signedAt', () => leases().createQueryBuilder().update().set({ signedAt }).execute()],
    'an import': (createdAt) => ['createdAt', () => withoutTimestamps(() => leases().insert({ id: 2, createdAt }))],
    'an import that updates': (updatedAt) => [
      'updatedAt',
      () => withoutTimestamps(() => leases().update(1, { updatedAt })),
    ],
    updateOrCreate: (endsAt) => ['endsAt', () => leases().updateOrCreate({ id: 1, endsAt }, { by: ['id'] })],
  }
  for (const [way, write] of Object.entries(ways)) {
    it(`are refused by ${way}, with their property`, async () => {
      const before = await leases().find()
      for (const [what, instant] of Object.entries(odd)) {
        const [property, act] = write(instant)
        const error = (await failure(act())) as unknown as ValidationError
        expect(error, what).to.include({ statusCode: 400, errorCode: 'INVALID_INSTANT' })
        expect(error.errors.map(({ pointer }) => pointer)).to.deep.equal([`#/${property}`])
      }
      expect(await leases().find()).to.deep.equal(before)
    })
  }

  it('are refused by services, as failures', async () => {
    const service = new LeaseService({ dataSource, logger: silentLogger })
    for (const endsAt of Object.values(odd)) {
      const results = [await service.create({ id: 2, endsAt }), await service.update({ id: 1 } as never, { endsAt })]
      for (const result of results) expect(result).to.deep.include({ success: false, errorCode: 'INVALID_INSTANT' })
    }
  })

  it('are refused as input of a verb', async () => {
    for (const at of Object.values(odd)) {
      const error = (await failure(leases().end(1, { at }))) as unknown as ValidationError
      expect(error.errors.map(({ pointer, code }) => [pointer, code])).to.deep.equal([['#/at', 'timestamp']])
    }
  })

  it('are compared with nothing', async () => {
    for (const instant of Object.values(odd)) {
      const error = await failure(leases().select().where(gt('createdAt', instant)).rows())
      expect(error).to.include({ errorCode: 'INVALID_INSTANT' })
    }
  })

  it('are none of the first and the last that are stored as they are', async () => {
    // The driver of MariaDB reads the years before as those of the last centuries.
    const first = engine.name === 'mariadb' ? '0100' : '0001'
    const [endsAt, signedAt] = [new Date(`${first}-01-01T00:00:00.000Z`), new Date('9999-12-31T23:59:59.999Z')]
    await leases().update(1, { endsAt, signedAt })
    expect(await leases().findOneByOrFail({ id: 1 })).to.deep.include({ endsAt, signedAt })
    expect(await leases().countBy({ endsAt, signedAt })).to.equal(1)
  })
})
