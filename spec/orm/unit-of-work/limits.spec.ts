import { expect } from 'chai'
import { createDataSource } from 'plinth'
import { describeOnEngines } from '../../support/engines.js'
import { Guest, gate, Inn, short, sleeping } from './limited.js'
import { failure } from './shop.js'

const undone = () => {
  throw new RangeError('Undone.')
}

describeOnEngines(
  'The limit',
  (engine) => {
    const inn = new Inn(engine)
    const { sleep, visit } = inn
    const atomic: typeof inn.dataSource.atomic = (work, options) => inn.dataSource.atomic(work, options)

    before(() => inn.build())
    after(() => inn.raze())

    /** Somebody else keeps the first guest locked meanwhile. */
    const whileLocked = (work: () => Promise<void>) =>
      inn.beside.atomic(async () => {
        await inn.beside.query('SELECT id FROM limited_guests WHERE id = 1 FOR UPDATE')
        await work()
      })

    /** Until the server has ended a session, and the process heard of it. */
    async function untilGone(id: number): Promise<void> {
      const sessions =
        engine.name === 'postgres' ? 'pg_stat_activity WHERE pid' : 'information_schema.processlist WHERE id'
      for (let left: readonly unknown[] = [id]; left.length > 0; ) {
        left = await inn.beside.query(`SELECT 1 FROM ${sessions} = ${id}`)
      }
      await inn.beside.query(sleeping(engine, 0.1))
    }

    /** A unit that does nothing until the server has ended its session. */
    async function idleUnit(last: () => Promise<unknown>) {
      await inn.open({ idleTransactionLimit: short })
      const session = await inn.session()
      const [waits, ended] = [gate(), gate()]
      const unit = failure(
        atomic(async () => {
          await visit(1)
          waits.open()
          await ended.opened
          await last()
        }),
      )
      await waits.opened
      await untilGone(session)
      ended.open()
      inn.expectRefused(await unit, 'DATABASE_UNAVAILABLE')
      expect(await inn.visits()).to.deep.equal([0, 0])
      expect(await inn.session()).to.not.equal(session)
      await visit(1)
      expect(await inn.visits()).to.deep.equal([1, 0])
    }

    describe('of statements', () => {
      it('ends one, whoever sends it, and its connection goes on', async () => {
        await inn.open({ statementLimit: short })
        const session = await inn.session()
        inn.expectRefused(await failure(sleep()), 'STATEMENT_TIMEOUT')
        inn.expectRefused(await failure(atomic(() => sleep())), 'STATEMENT_TIMEOUT')
        const transaction = inn.dataSource.transaction((manager) => manager.query(sleeping(engine, 20)))
        inn.expectRefused(await failure(transaction), 'STATEMENT_TIMEOUT')
        expect(await inn.session()).to.equal(session)
      })

      it('undoes a unit, which does not run again', async () => {
        await inn.open({ statementLimit: short })
        let runs = 0
        const unit = atomic(async () => {
          runs += 1
          await visit(2)
          await sleep()
        })
        inn.expectRefused(await failure(unit), 'STATEMENT_TIMEOUT')
        expect(runs).to.equal(1)
        expect(await inn.visits()).to.deep.equal([0, 0])
      })

      it('undoes a nested unit alone, where its error is caught', async () => {
        await inn.open({ statementLimit: short })
        await atomic(async () => {
          await visit(1)
          const nested = atomic(async () => {
            await visit(2)
            await sleep()
          })
          inn.expectRefused(await failure(nested), 'STATEMENT_TIMEOUT')
          await visit(1)
        })
        expect(await inn.visits()).to.deep.equal([2, 0])
      })

      it('is what a unit asks for, up to its end', async () => {
        await inn.open({ statementLimit: short })
        await atomic(() => sleep(0.5), { statementLimit: false })
        await atomic(() => sleep(0.5), { statementLimit: 20_000 })
        inn.expectRefused(await failure(sleep()), 'STATEMENT_TIMEOUT')
        const unit = atomic(
          async () => {
            await visit(1)
            await sleep(0.5)
            undone()
          },
          { statementLimit: false },
        )
        expect(await failure(unit)).to.be.instanceOf(RangeError)
        inn.expectRefused(await failure(atomic(() => sleep())), 'STATEMENT_TIMEOUT')
        expect(await inn.visits()).to.deep.equal([0, 0])
      })

      it('is shorter where a unit asks for that', async () => {
        await inn.open({})
        inn.expectRefused(await failure(atomic(() => sleep(), { statementLimit: short })), 'STATEMENT_TIMEOUT')
        await sleep(0.5)
      })

      it('is that of the unit around a nested one again, however that has ended', async () => {
        await inn.open({ statementLimit: short })
        const unit = atomic(async () => {
          await atomic(() => sleep(0.5), { statementLimit: false })
          inn.expectRefused(await failure(atomic(() => sleep())), 'STATEMENT_TIMEOUT')
          expect(await failure(atomic(undone, { statementLimit: false }))).to.be.instanceOf(RangeError)
          inn.expectRefused(await failure(atomic(() => sleep())), 'STATEMENT_TIMEOUT')
          await atomic(async () => {
            await atomic(() => sleep(0.5), { statementLimit: false })
            inn.expectRefused(await failure(atomic(() => sleep())), 'STATEMENT_TIMEOUT')
          })
          await sleep()
        })
        inn.expectRefused(await failure(unit), 'STATEMENT_TIMEOUT')
      })

      it('is its own of each unit that runs beside others, and of parallel nested ones', async () => {
        await inn.open({ statementLimit: short }, { connections: 3 })
        const patient = () => atomic(() => sleep(0.6), { statementLimit: false })
        const impatient = () => failure(atomic(() => sleep()))
        const [, beside] = await Promise.all([patient(), impatient(), patient()])
        inn.expectRefused(beside, 'STATEMENT_TIMEOUT')
        await atomic(async () => {
          const [, nested] = await Promise.all([patient(), impatient(), patient()])
          inn.expectRefused(nested, 'STATEMENT_TIMEOUT')
        })
      })

      it('is a whole number of milliseconds', async () => {
        await inn.open({})
        for (const statementLimit of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
          expect(await failure(atomic(() => visit(1), { statementLimit }))).to.have.property('code', 'E_TIME_LIMIT')
        }
        expect(await inn.visits()).to.deep.equal([0, 0])
      })
    })

    // MariaDB counts whole seconds.
    describe('of waiting for a lock', () => {
      it('undoes the whole unit, which does not run again', async () => {
        await inn.open({ lockLimit: short })
        let runs = 0
        await whileLocked(async () => {
          const unit = atomic(async () => {
            runs += 1
            await visit(2)
            await visit(1)
          })
          inn.expectRefused(await failure(unit), 'LOCK_TIMEOUT')
        })
        expect(runs).to.equal(1)
        expect(await inn.visits()).to.deep.equal([0, 0])
      })

      it('keeps nothing of a unit that swallows the error', async () => {
        await inn.open({ lockLimit: short })
        await whileLocked(async () => {
          const unit = atomic(async () => {
            await visit(2)
            await visit(1).catch(() => undefined)
          })
          expect(await failure(unit)).to.have.property('code', 'UNIT_ABORTED')
        })
        expect(await inn.visits()).to.deep.equal([0, 0])
      })

      it('holds for statements alone, however they are written', async () => {
        await inn.open({ lockLimit: short })
        const guests = inn.dataSource.getRepository(Guest)
        await whileLocked(async () => {
          inn.expectRefused(await failure(visit(1)), 'LOCK_TIMEOUT')
          inn.expectRefused(await failure(guests.update(1, { visits: 3 })), 'LOCK_TIMEOUT')
          inn.expectRefused(await failure(guests.save({ id: 1, visits: 3 })), 'LOCK_TIMEOUT')
          inn.expectRefused(await failure(guests.delete(1)), 'LOCK_TIMEOUT')
        })
        await visit(1)
        expect(await inn.visits()).to.deep.equal([1, 0])
      })

      it('holds for a table that somebody locks', async () => {
        await inn.open({ lockLimit: short })
        const runner = inn.beside.createQueryRunner()
        if (engine.name === 'postgres') await runner.startTransaction()
        await runner.query(
          engine.name === 'postgres' ? 'LOCK TABLE limited_guests' : 'LOCK TABLES limited_guests WRITE',
        )
        inn.expectRefused(await failure(inn.dataSource.getRepository(Guest).find()), 'LOCK_TIMEOUT')
        if (engine.name === 'postgres') await runner.rollbackTransaction()
        else await runner.query('UNLOCK TABLES')
        await runner.release()
      })
    })

    describe('of an idle transaction', () => {
      it('ends its connection, which nobody else is given', () => idleUnit(() => visit(2)))

      it('undoes a unit for certain that sends nothing but its COMMIT afterwards', () => idleUnit(async () => {}))

      it('leaves connections alone that are in no transaction', async () => {
        await inn.open({ idleTransactionLimit: short })
        const session = await inn.session()
        await inn.beside.query(sleeping(engine, 1.2))
        expect(await inn.session()).to.equal(session)
      })
    })
  },
  ['postgres', 'mariadb'],
)

describe('The limit of a data source', () => {
  it('is a whole number of milliseconds, or false', () => {
    for (const limit of ['statementLimit', 'lockLimit', 'idleTransactionLimit']) {
      for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', true, null]) {
        const options = { type: 'sqlite', database: ':memory:', entities: [], [limit]: value }
        expect(() => createDataSource(options as never), `${limit} ${value}`).to.throw(
          `\`${limit}\` is ${value}. Give a whole number of milliseconds from 1 to 2147483647, or false for no limit.\n[E_TIME_LIMIT]`,
        )
      }
      const limited = (value: number | false) => () =>
        createDataSource({ type: 'sqlite', database: ':memory:', entities: [], [limit]: value })
      for (const value of [1, 2 ** 31 - 1, false] as const) expect(limited(value)).not.to.throw()
      expect(limited(2 ** 31)).to.throw('is 2147483648')
    }
  })

  it('means nothing where there are no sessions, as that of a unit', async () => {
    const limits = { statementLimit: 5, lockLimit: false, idleTransactionLimit: 5 } as const
    const dataSource = await createDataSource({
      type: 'sqlite',
      database: ':memory:',
      entities: [],
      ...limits,
    }).initialize()
    const one = () => dataSource.query('SELECT 1 AS one')
    expect(await dataSource.atomic(one, { statementLimit: 5 })).to.deep.equal([{ one: 1 }])
    await dataSource.destroy()
  })
})
