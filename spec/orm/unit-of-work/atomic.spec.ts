import { expect } from 'chai'
import type { EntityManager, QueryRunner } from 'typeorm'
import { type ModelDataSource, UnitOfWorkError } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure, Item, item, names, openShop, type Shop, Steps } from './shop.js'

describeOnEngines('A unit of work', (engine) => {
  let shop: Shop
  let dataSource: ModelDataSource

  before(async () => {
    shop = await openShop(engine)
    dataSource = shop.dataSource
  })
  after(() => shop?.close())
  beforeEach(async () => {
    await dataSource.getRepository(Item).clear()
    shop.hookErrors.length = 0
  })

  const save = (name: string) => dataSource.getRepository(Item).save(item(name))

  it('returns what its work returns, and keeps what was done by every way', async () => {
    const result = await dataSource.atomic(async () => {
      await save('repository')
      await dataSource.manager.save(item('manager'))
      await dataSource.createQueryBuilder().insert().into(Item).values(item('builder')).execute()
      await dataSource.query("INSERT INTO item (name, stock) VALUES ('query', 0)")
      await dataSource.transaction((manager) => manager.insert(Item, item('transaction')))
      const runner = dataSource.createQueryRunner()
      await runner.manager.insert(Item, item('runner'))
      await runner.release()
      return (await names(dataSource)).length
    })
    expect(result).to.equal(6)
    expect(await names(dataSource)).to.deep.equal([
      'builder',
      'manager',
      'query',
      'repository',
      'runner',
      'transaction',
    ])
  })

  it('undoes what was done by every way when its work throws', async () => {
    const error = new Error('after the writes')
    const thrown = await failure(
      dataSource.atomic(async () => {
        await save('repository')
        await dataSource.manager.save(item('manager'))
        await dataSource.createQueryBuilder().insert().into(Item).values(item('builder')).execute()
        await dataSource.query("INSERT INTO item (name, stock) VALUES ('query', 0)")
        await dataSource.transaction((manager) => manager.insert(Item, item('transaction')))
        throw error
      }),
    )
    expect(thrown).to.equal(error)
    expect(await names(dataSource)).to.deep.equal([])
  })

  it('undoes a unit that returns a failure, and returns it', async () => {
    const refused = { success: false, error: 'Sold out.', errorCode: 'SOLD_OUT' } as const
    const result = await dataSource.atomic(async () => {
      await save('one')
      return refused
    })
    expect(result).to.equal(refused)
    expect(await names(dataSource)).to.deep.equal([])
  })

  it('undoes only the savepoint of a nested unit that fails or returns a failure', async () => {
    await dataSource.atomic(async () => {
      await save('outer')
      await failure(
        dataSource.atomic(async () => {
          await save('thrown')
          throw new Error('inner')
        }),
      )
      await dataSource.atomic(async () => {
        await save('returned')
        return { success: false, error: 'No.', errorCode: 'NO' }
      })
      await dataSource.atomic(() => dataSource.atomic(() => save('innermost')))
      await failure(
        dataSource.transaction(async (manager) => {
          await manager.insert(Item, item('transaction'))
          throw new Error('transaction')
        }),
      )
    })
    expect(await names(dataSource)).to.deep.equal(['innermost', 'outer'])
  })

  it('lets a failed statement of a nested unit be caught', async () => {
    await save('taken')
    await dataSource.atomic(async () => {
      await save('before')
      await failure(dataSource.atomic(() => dataSource.getRepository(Item).insert(item('taken'))))
      await save('after')
    })
    expect(await names(dataSource)).to.deep.equal(['after', 'before', 'taken'])
  })

  it('keeps exactly the units that succeed when 50 run at once and half of them fail', async () => {
    const numbers = Array.from({ length: 50 }, (_, number) => number)
    const outcomes = await Promise.allSettled(
      numbers.map((number) =>
        dataSource.atomic(async () => {
          await save(`${number}-first`)
          await dataSource.getRepository(Item).increment({ name: `${number}-first` }, 'stock', number)
          if (number % 2 === 1) throw new Error(`unit ${number}`)
          await save(`${number}-second`)
        }),
      ),
    )
    expect(outcomes.map(({ status }) => status)).to.deep.equal(
      numbers.map((number) => (number % 2 === 1 ? 'rejected' : 'fulfilled')),
    )
    const even = numbers.filter((number) => number % 2 === 0)
    expect(await names(dataSource)).to.deep.equal(
      even.flatMap((number) => [`${number}-first`, `${number}-second`]).sort(),
    )
  })

  it('never mixes with units and plain writes of others, however they interleave', async () => {
    const steps = new Steps()
    const unitA = failure(
      dataSource.transaction(async (manager) => {
        await manager.insert(Item, item('A1'))
        steps.reach(1)
        await new Promise(setImmediate)
        await manager.insert(Item, item('A2'))
        throw new Error('A fails')
      }),
    )
    await steps.at(1)
    const unitB = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('B1'))
      await new Promise(setImmediate)
      await manager.insert(Item, item('B2'))
    })
    const plain = save('C')
    await Promise.all([unitA, unitB, plain])
    expect(await names(dataSource)).to.deep.equal(['B1', 'B2', 'C'])
  })

  it('lets parallel siblings wait for each other', async () => {
    await dataSource.atomic(async () => {
      await Promise.all(
        Array.from({ length: 8 }, (_, number) =>
          dataSource
            .atomic(async () => {
              await save(`sibling-${number}`)
              await new Promise(setImmediate)
              await dataSource.getRepository(Item).increment({ name: `sibling-${number}` }, 'stock', 1)
              if (number % 2 === 1) throw new Error('odd')
            })
            .catch(() => undefined),
        ).concat(save('parent').then(() => undefined)),
      )
    })
    expect(await names(dataSource)).to.deep.equal(['parent', 'sibling-0', 'sibling-2', 'sibling-4', 'sibling-6'])
  })

  it('keeps the connections of others usable after parallel siblings that fail', async () => {
    await failure(
      dataSource.atomic(() =>
        Promise.all([
          dataSource.atomic(async () => {
            await save('one')
            throw new Error('one')
          }),
          dataSource.atomic(() => save('two')),
        ]),
      ),
    )
    await Promise.all(Array.from({ length: 20 }, (_, number) => save(`later-${number}`)))
    expect(await names(dataSource)).to.have.length(20)
  })

  it('has one instant', async () => {
    const instant = () => dataSource.now().getTime()
    const instants = await dataSource.atomic(async () => [instant(), await dataSource.atomic(instant), instant()])
    expect(new Set(instants).size).to.equal(1)
    // The clock of these specs advances whenever it is read.
    expect([instant(), instant()]).to.deep.equal([instants[0]! + 2, instants[0]! + 3])
  })

  describe('refuses', () => {
    it('statements after it has ended', async () => {
      let late: Promise<unknown> | undefined
      let manager: EntityManager = dataSource.manager
      let runner: QueryRunner | undefined
      const steps = new Steps()
      await dataSource.atomic(async () => {
        await save('kept')
        runner = dataSource.createQueryRunner()
        manager = runner.manager
        late = failure(steps.at(1).then(() => save('late')))
      })
      steps.reach(1)
      expect(await late)
        .to.be.instanceOf(UnitOfWorkError)
        .with.property('code', 'UNIT_ENDED')
      expect(await failure(manager.insert(Item, item('manager')))).to.have.property('code', 'UNIT_ENDED')
      expect(await failure(runner!.query('SELECT 1'))).to.have.property('code', 'UNIT_ENDED')
      expect(await names(dataSource)).to.deep.equal(['kept'])
    })

    it('units opened after it has ended, but not new ones', async () => {
      const steps = new Steps()
      let late: Promise<unknown> | undefined
      let fresh: Promise<unknown> | undefined
      await dataSource.atomic(() => {
        late = failure(steps.at(1).then(() => dataSource.atomic(() => save('late'))))
        fresh = steps.at(1).then(() => dataSource.atomic(() => save('fresh'), { propagation: 'new' }))
      })
      steps.reach(1)
      expect(await late).to.have.property('code', 'UNIT_ENDED')
      await fresh
      expect(await names(dataSource)).to.deep.equal(['fresh'])
    })

    it('to end while its statements run', async () => {
      const unit = dataSource.atomic(async () => {
        await save('awaited')
        save('floating').catch(() => undefined)
      })
      expect(await failure(unit)).to.have.property('code', 'UNIT_NOT_AWAITED')
      expect(await names(dataSource)).to.deep.equal([])
    })

    it('another isolation level inside', async () => {
      const nested = dataSource.atomic(() => dataSource.atomic(() => 'ran', { isolation: 'SERIALIZABLE' }))
      // SQLite is always serializable, so there nothing is refused.
      if (engine.name === 'sqlite') expect(await nested).to.equal('ran')
      else expect(await failure(nested)).to.have.property('code', 'UNIT_ISOLATION')
    })
  })

  it('undoes a transaction that its runner was released with', async () => {
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.manager.insert(Item, item('left open'))
    await runner.release()
    await Promise.all(Array.from({ length: 12 }, (_, number) => save(`later-${number}`)))
    expect(await names(dataSource)).to.have.length(12)
  })

  it('commits a runner that is disposed of, as TypeORM does', async () => {
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.manager.insert(Item, item('disposed'))
    await runner[Symbol.asyncDispose]()
    expect(await names(dataSource)).to.deep.equal(['disposed'])
  })

  it('lets managers of an outer transaction work inside nested units', async () => {
    await dataSource.transaction(async (manager) => {
      await dataSource.atomic(() => manager.insert(Item, item('inside')))
      await manager.transaction((inner) => inner.insert(Item, item('manager')))
    })
    expect(await names(dataSource)).to.deep.equal(['inside', 'manager'])
  })
})
