import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure, Item, item, openShop, type Shop, Steps } from './shop.js'

describeOnEngines('Units of work that collide', (engine) => {
  if (engine.name === 'sqlite') return

  let shop: Shop
  let dataSource: ModelDataSource

  before(async () => {
    shop = await openShop(engine)
    dataSource = shop.dataSource
  })
  after(() => shop?.close())
  beforeEach(async () => {
    await dataSource.getRepository(Item).clear()
    await dataSource.getRepository(Item).insert([item('x'), item('y')])
  })

  const increment = (name: string) => dataSource.getRepository(Item).increment({ name }, 'stock', 1)
  const stocks = async () => {
    const items = await dataSource.getRepository(Item).find({ order: { name: 'ASC' } })
    return items.map(({ stock }) => stock)
  }

  /** What a unit reads before and after another one has committed an update. */
  async function read(isolation?: 'REPEATABLE READ') {
    const work = async () => {
      const before = await stocks()
      await dataSource.atomic(() => increment('x'), { propagation: 'new' })
      return [before[0], (await stocks())[0]]
    }
    return dataSource.atomic(work, isolation && { isolation })
  }

  /** Two units that each lock the row the other one needs next. Counts how often their work runs. */
  function deadlock(retries?: number) {
    const steps = new Steps()
    let runs = 0
    const unit = (first: string, second: string, mine: number, other: number) =>
      dataSource.atomic(
        async () => {
          runs += 1
          await increment(first)
          steps.reach(mine)
          await steps.at(other)
          await increment(second)
        },
        retries === undefined ? {} : { retries },
      )
    return { units: [unit('x', 'y', 1, 2), unit('y', 'x', 2, 1)], runs: () => runs }
  }

  it('are run again after a deadlock, and only the one that was undone', async () => {
    const { units, runs } = deadlock()
    await Promise.all(units)
    expect(await stocks()).to.deep.equal([2, 2])
    expect(runs()).to.equal(3)
  })

  it('report the deadlock when they are not to run again', async () => {
    const { units, runs } = deadlock(0)
    const outcomes = await Promise.allSettled(units)
    const rejected = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
    const { driverError } = rejected[0]!.reason as { driverError: { code: string; errno?: number } }
    expect(driverError.errno ?? driverError.code).to.equal(engine.name === 'postgres' ? '40P01' : 1213)
    expect(rejected).to.have.length(1)
    expect(await stocks()).to.deep.equal([1, 1])
    expect(runs()).to.equal(2)
  })

  it('are run again when a nested unit was the victim', async () => {
    const steps = new Steps()
    let runs = 0
    const unit = (first: string, second: string, mine: number, other: number) =>
      dataSource.atomic(async () => {
        runs += 1
        await increment(first)
        steps.reach(mine)
        await steps.at(other)
        await dataSource.atomic(() => increment(second), { retries: 5 })
      })
    await Promise.all([unit('x', 'y', 1, 2), unit('y', 'x', 2, 1)])
    expect(await stocks()).to.deep.equal([2, 2])
    expect(runs).to.equal(3)
  })

  it('are given up after as many retries as they have', async () => {
    let runs = 0
    const unit = dataSource.atomic(
      async () => {
        runs += 1
        // Raised by the server itself, as it reports a lost race.
        await dataSource.query(
          engine.name === 'postgres'
            ? "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$"
            : "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213",
        )
      },
      { retries: 2 },
    )
    expect(await failure(unit)).to.have.property('name', 'QueryFailedError')
    expect(runs).to.equal(3)
  })

  it('read what others committed meanwhile, unless they ask for isolation', async () => {
    expect(await read()).to.deep.equal([0, 1])
    expect(await read('REPEATABLE READ')).to.deep.equal([1, 1])
    expect(await read()).to.deep.equal([2, 3])
  })

  it('never lose an update that depends on what they read, when they are serializable', async () => {
    let runs = 0
    const steps = new Steps()
    const unit = (mine: number, other: number) =>
      dataSource.atomic(
        async () => {
          runs += 1
          const { stock } = await dataSource.getRepository(Item).findOneByOrFail({ name: 'x' })
          steps.reach(mine)
          await steps.at(other)
          await dataSource.getRepository(Item).update({ name: 'x' }, { stock: stock + 1 })
        },
        { isolation: 'SERIALIZABLE' },
      )
    await Promise.all([unit(1, 2), unit(2, 1)])
    expect(await stocks()).to.deep.equal([2, 0])
    expect(runs).to.be.greaterThan(2)
  })

  if (engine.name === 'mariadb') {
    it('cannot go on after they were the victim of a deadlock', async () => {
      const steps = new Steps()
      const victims: string[] = []
      const unit = (first: string, second: string, mine: number, other: number) =>
        dataSource.atomic(
          async () => {
            await increment(first)
            steps.reach(mine)
            await steps.at(other)
            await increment(second).catch(() => undefined)
            await dataSource.getRepository(Item).insert(item(`after-${mine}`))
          },
          { retries: 0 },
        )
      const outcomes = await Promise.allSettled([unit('x', 'y', 1, 2), unit('y', 'x', 2, 1)])
      for (const outcome of outcomes) if (outcome.status === 'rejected') victims.push(String(outcome.reason.code))
      expect(victims).to.deep.equal(['UNIT_ABORTED'])
      // The server had undone the victim's unit, so what it sent then would have been committed by itself.
      expect(await dataSource.getRepository(Item).count()).to.equal(3)
      expect(await stocks()).to.have.members([1, 1, 0])
    })

    it('are undone after a lock timeout, and do not wait for it again', async () => {
      let runs = 0
      await dataSource.atomic(async () => {
        await increment('x')
        const blocked = dataSource.atomic(
          async () => {
            runs += 1
            await increment('y')
            await dataSource.query('SET STATEMENT innodb_lock_wait_timeout = 0 FOR UPDATE item SET stock = 9')
          },
          { propagation: 'new', retries: 1 },
        )
        expect(await failure(blocked)).to.have.property('errno', 1205)
      })
      expect(runs).to.equal(1)
      expect(await stocks()).to.deep.equal([1, 0])
    })
  }
})

describe('Units of work on a file of SQLite', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
  })
  after(() => rm(folder, { recursive: true }))

  const open = (timeout: number) =>
    createDataSource({ type: 'sqlite', database: join(folder, 'items.db'), entities: [Item], timeout }).initialize()

  it('are run again when another process holds the file', async () => {
    const [one, other] = await Promise.all([open(0), open(0)])
    await one.synchronize()
    let runs = 0
    const steps = new Steps()
    const holder = other.atomic(async () => {
      await other.getRepository(Item).insert(item('other'))
      steps.reach(1)
      await steps.at(2)
    })
    await steps.at(1)
    const waiter = one.atomic(
      async () => {
        runs += 1
        await one.getRepository(Item).insert(item('one'))
      },
      { retries: 50 },
    )
    const busy = await failure(one.atomic(() => one.getRepository(Item).insert(item('refused')), { retries: 0 }))
    expect((busy as { code?: string }).code).to.match(/^SQLITE_BUSY/)
    steps.reach(2)
    await Promise.all([holder, waiter])
    expect(runs).to.equal(1)
    expect((await one.getRepository(Item).find()).map(({ name }) => name).sort()).to.deep.equal(['one', 'other'])
    await Promise.all([one.destroy(), other.destroy()])
  })
})
