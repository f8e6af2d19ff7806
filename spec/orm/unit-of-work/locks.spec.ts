import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Board, Card, openBoard } from '../../decorators/board.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'
import { Item, Steps } from './shop.js'

/** Whether a synchronization would make the table of counters. */
async function planned(source: ModelDataSource): Promise<boolean> {
  const { upQueries } = await source.driver.createSchemaBuilder().log()
  return upQueries.some(({ query }) => query.includes('plinth_counters'))
}

describeOnEngines('Locks of units of work', (engine) => {
  let board: Board
  let dataSource: ModelDataSource
  const shared = engine.name === 'sqlite'

  before(async () => {
    board = await openBoard(engine)
    dataSource = board.dataSource
  })
  after(() => board?.close())
  beforeEach(async () => {
    await dataSource.query(`DELETE FROM ${dataSource.driver.escape('card')}`)
    runs = 0
    first += 2
    second += 2
  })

  // Lists that no row was in before: what was deleted stays in the indexes of MariaDB for a while, and who inserts the same again
  // locks the gaps beside it.
  let first = 10_001
  let second = 10_002

  let runs = 0
  const cards = () => dataSource.getRepository(Card)
  // Numbers that are taken of a counter are added to it; a lock leaves it as it is.
  const locksTaken = () =>
    board.statements().filter((sql) => /INTO .plinth_counters.*VALUES \(\S+, 0\)/.test(sql)).length
  const add = (title: string, listId: number) => cards().insert({ title, listId })

  it('are taken in any order where nobody else has them', async () => {
    await dataSource.atomic(async () => {
      runs += 1
      await add('b', 2)
      await add('a', 1)
    })
    expect(runs).to.equal(1)
    expect(await board.titles(1)).to.deep.equal(['a'])
    expect(await board.titles(2)).to.deep.equal(['b'])
  })

  it('cost no second run where they are in order, or declared', async () => {
    await dataSource.atomic(async () => {
      runs += 1
      await add('a', 1)
      await add('b', 2)
      await add('c', 2)
    })
    const locks = [2, 1].flatMap((listId) => dataSource.locksOf(Card, { listId }))
    await dataSource.atomic(
      async () => {
        runs += 1
        await add('d', 2)
        await add('e', 1)
      },
      { locks },
    )
    expect(runs).to.equal(2)
    expect(await board.titles(2)).to.deep.equal(['b', 'c', 'd'])
  })

  it('are taken late rather than not at all by a unit that may not run again', async () => {
    await dataSource.atomic(
      async () => {
        runs += 1
        await add('b', 2)
        await add('a', 1)
      },
      { retries: 0 },
    )
    await dataSource.transaction(async (manager) => {
      runs += 1
      await manager.getRepository(Card).insert({ title: 'c', listId: 2 })
      await manager.getRepository(Card).insert({ title: 'd', listId: 1 })
    })
    expect(runs).to.equal(2)
    expect(await board.titles(1)).to.deep.equal(['a', 'd'])
  })

  it('are taken again after the savepoint that took them was undone', async () => {
    await dataSource.atomic(async () => {
      const inner = dataSource.atomic(async () => {
        await add('x', 1)
        throw new Error('no')
      })
      expect(await failure(inner)).to.have.property('message', 'no')
      board.statements()
      await add('a', 1)
      expect(locksTaken()).to.equal(shared ? 0 : 1)
      await add('b', 1)
      expect(locksTaken()).to.equal(0)
    })
    expect(await board.titles(1)).to.deep.equal(['a', 'b'])
  })

  it('are taken by as many statements as their number asks for', async () => {
    const lists = Array.from({ length: 1_200 }, (_, listId) => ({ title: 'a', listId }))
    board.statements()
    await cards().insert(lists)
    expect(locksTaken()).to.equal(shared ? 0 : 3)
  })

  if (!shared) {
    /** Has the lock of the first list until `release` is called. */
    const holder = async () => {
      const steps = new Steps()
      const done = dataSource.atomic(async () => {
        await add('held', first)
        steps.reach(1)
        await steps.at(2)
      })
      await steps.at(1)
      return { done, release: () => steps.reach(2) }
    }
    const tooLate = async (last: () => Promise<unknown>) => {
      const { done, release } = await holder()
      const unit = dataSource.atomic(async () => {
        runs += 1
        // Whoever waited for the lock instead would keep the holder from ever ending.
        dataSource.afterRollback(release)
        await add('b', second)
        await last()
      })
      await Promise.all([done, unit])
      expect(runs).to.equal(2)
      expect(await board.titles(first)).to.deep.equal(['held', 'a'])
      expect(await board.titles(second)).to.deep.equal(['b'])
    }

    it('are not waited for out of order: the unit runs again', () => tooLate(() => add('a', first)))

    it('make a unit run again also where it swallows the error', () =>
      tooLate(() => add('a', first).catch(() => undefined)))

    it('let units go on that want them in opposite orders', async () => {
      const steps = new Steps()
      const started = { up: 0, down: 0 }
      const up = dataSource.atomic(async () => {
        started.up += 1
        await add('up', first)
        steps.reach(1)
        await steps.at(2)
        await add('up', second)
      })
      const down = dataSource.atomic(async () => {
        started.down += 1
        await steps.at(1)
        await add('down', second)
        steps.reach(2)
        await add('down', first)
      })
      await Promise.all([up, down])
      expect(started).to.deep.equal({ up: 1, down: 2 })
      expect(await board.titles(first)).to.deep.equal(['up', 'down'])
      expect(await board.titles(second)).to.deep.equal(['up', 'down'])
    })

    it('are those of the row as it is once they are taken', async () => {
      await add('a', first)
      const { id } = await cards().findOneByOrFail({ title: 'a' })
      const steps = new Steps()
      board.statements()
      const mover = dataSource.atomic(async () => {
        await cards().update(id, { listId: second })
        steps.reach(1)
        await steps.at(2)
      })
      await steps.at(1)
      expect(locksTaken()).to.equal(1)
      const remover = cards().delete(id)
      // It has seen the row in the first list, and waits for that one's lock.
      while (locksTaken() === 0) await setImmediate()
      steps.reach(2)
      await Promise.all([mover, remover])
      // Now it holds that of the second list too, which it could not know of.
      expect(locksTaken()).to.equal(1)
      expect(await board.titles(second)).to.deep.equal([])
    })
  }

  if (engine.name === 'postgres') {
    it('leave the patience of the transaction as it was', async () => {
      await dataSource.atomic(async () => {
        await dataSource.query("SET LOCAL lock_timeout = '4321ms'")
        await add('b', 2)
        await add('a', 1)
        expect(await dataSource.query('SHOW lock_timeout')).to.deep.equal([{ lock_timeout: '4321ms' }])
      })
    })
  }

  it('of one save are taken together, whatever the order of its rows', async () => {
    await add('a', 3)
    const moved = await cards().findOneByOrFail({ title: 'a' })
    board.statements()
    await cards().save([cards().create({ title: 'b', listId: 2 }), Object.assign(moved, { listId: 1 })])
    expect(locksTaken()).to.equal(shared ? 0 : 1)
    expect(await Promise.all([1, 2, 3].map((listId) => board.titles(listId)))).to.deep.equal([['a'], ['b'], []])
  })

  it('need no table where no rule has any', async () => {
    const database = await engine.create()
    const plain = await createDataSource({ ...database.options, entities: [Item] }).initialize()
    expect(await planned(plain)).to.equal(false)
    await plain.destroy()
    const locking = await createDataSource({ ...database.options, entities: [Card] }).initialize()
    expect(await planned(locking)).to.equal(true)
    await locking.destroy()
    await database.drop()
  })
})
