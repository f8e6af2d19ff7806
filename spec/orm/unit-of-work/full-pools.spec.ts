import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { Entity, PrimaryColumn } from 'typeorm'
import { createDataSource, type EngineOptions, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'

@Entity('pooled_guests')
class Guest {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

const limit = 400

/** The same with a pool of two connections. */
function narrow(options: EngineOptions): EngineOptions {
  const { extra = {}, type } = options as { readonly extra?: object; readonly type: string }
  return { ...options, extra: { ...extra, ...(type === 'postgres' ? { max: 2 } : { connectionLimit: 2 }) } }
}

/** What others wait for until it is opened. */
function gate() {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

function expectBusy(error: unknown): void {
  expect(error).to.include({ statusCode: 503, errorCode: 'DATABASE_BUSY' })
  expect((error as Error).cause).to.have.property('code', 'UNIT_CONNECTION')
}

// SQLite has one connection, for which everybody takes turns.
describeOnEngines(
  'A pool whose connections are all held',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource

    before(async () => {
      database = await engine.create()
      const options = { ...narrow(database.options), entities: [Guest], turnLimit: limit }
      dataSource = await createDataSource(options).initialize()
      await dataSource.synchronize()
    })
    after(async () => {
      await dataSource?.destroy()
      await database?.drop()
    })
    beforeEach(() => dataSource.query('DELETE FROM pooled_guests'))

    const guests = () => dataSource.getRepository(Guest)

    it('keeps units that hold one and want another from waiting for ever', async () => {
      // Either holds one, and waits for the other.
      const gates = [gate(), gate()]
      const unit = (id: number) =>
        dataSource.atomic(async () => {
          await guests().insert({ id })
          gates[id]?.open()
          await Promise.all(gates.map(({ opened }) => opened))
          await dataSource.atomic(() => guests().insert({ id: id + 10 }), { propagation: 'new' })
        })
      for (const error of await Promise.all([failure(unit(0)), failure(unit(1))])) expectBusy(error)
      expect(await guests().count()).to.equal(0)
    })

    it('keeps statements from waiting for ever, and lends what comes back to others', async () => {
      const [left, held] = [gate(), [gate(), gate()]]
      const holders = [1, 2].map((id) =>
        dataSource.atomic(async () => {
          await guests().insert({ id })
          held[id - 1]?.open()
          await left.opened
        }),
      )
      await Promise.all(held.map(({ opened }) => opened))
      const ways: readonly (() => Promise<unknown>)[] = [
        () => dataSource.query('SELECT 1'),
        () => guests().find(),
        () => guests().findById(1),
        () => guests().insert({ id: 3 }),
        () => dataSource.atomic(async () => guests().insert({ id: 4 })),
        () => dataSource.createQueryRunner().connect(),
      ]
      for (const error of await Promise.all(ways.map((way) => failure(way())))) expectBusy(error)
      left.open()
      await Promise.all(holders)
      // What came too late for those who gave up is not lost.
      const found = await Promise.all(Array.from({ length: 8 }, () => guests().find({ order: { id: 'ASC' } })))
      for (const rows of found) expect(rows.map(({ id }) => id)).to.deep.equal([1, 2])
    })

    it('is waited for as long as its queue moves', async () => {
      const units = Array.from({ length: 16 }, (_, id) =>
        dataSource.atomic(async () => {
          await guests().insert({ id })
          await sleep(limit / 4)
        }),
      )
      const reads = Array.from({ length: 4 }, () => guests().count())
      await Promise.all([...units, ...reads])
      expect(await guests().count()).to.equal(16)
    })
  },
  ['postgres', 'mariadb'],
)
