import { expect } from 'chai'
import type { ModelDataSource } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure, Item, item, names, openShop, type Shop } from './shop.js'

const failing = async () => {
  throw new Error('undone')
}

describeOnEngines('Hooks of units of work', (engine) => {
  let shop: Shop
  let dataSource: ModelDataSource
  let heard: string[]

  before(async () => {
    shop = await openShop(engine)
    dataSource = shop.dataSource
  })
  after(() => shop?.close())
  beforeEach(async () => {
    heard = []
    shop.hookErrors.length = 0
    await dataSource.getRepository(Item).clear()
  })

  const onCommit = (text: string) => dataSource.afterCommit(() => void heard.push(text))
  const onRollback = (text: string) => dataSource.afterRollback(() => void heard.push(text))

  it('run in order after the outermost unit is committed, before it returns', async () => {
    await dataSource.atomic(async () => {
      onCommit('first')
      await dataSource.atomic(async () => {
        await dataSource.atomic(() => onCommit('innermost'))
        onCommit('inner')
      })
      onCommit('last')
      heard.push('work is done')
    })
    expect(heard).to.deep.equal(['work is done', 'first', 'innermost', 'inner', 'last'])
  })

  it('are dropped with the unit or savepoint that is undone', async () => {
    await failure(
      dataSource.atomic(async () => {
        onCommit('outer')
        await failing()
      }),
    )
    await dataSource.atomic(async () => {
      onCommit('kept')
      await failure(
        dataSource.atomic(async () => {
          onCommit('inner')
          await dataSource.atomic(() => onCommit('innermost'))
          await failing()
        }),
      )
      await dataSource.atomic(() => {
        onCommit('returned failure')
        return { success: false, error: 'No.', errorCode: 'NO' }
      })
    })
    expect(heard).to.deep.equal(['kept'])
  })

  it('hear of what was undone once the outermost unit has ended', async () => {
    await dataSource.atomic(async () => {
      onRollback('of the committed unit')
      await failure(
        dataSource.atomic(async () => {
          onRollback('of the savepoint')
          await dataSource.atomic(() => onRollback('of its savepoint'))
          await failing()
        }),
      )
      heard.push('work is done')
    })
    await failure(
      dataSource.atomic(async () => {
        onRollback('of the unit')
        await failing()
      }),
    )
    expect(heard).to.deep.equal(['work is done', 'of the savepoint', 'of its savepoint', 'of the unit'])
  })

  it('run outside of the unit: they see its rows, and their own writes stay', async () => {
    await dataSource.atomic(async () => {
      await dataSource.manager.insert(Item, item('in the unit'))
      dataSource.afterCommit(async () => {
        heard.push(...(await names(dataSource)))
        await dataSource.manager.insert(Item, item('in the hook'))
        await dataSource.atomic(() => onCommit('a unit of its own'))
      })
      dataSource.afterCommit(() => dataSource.atomic(failing))
    })
    expect(heard).to.deep.equal(['in the unit', 'a unit of its own'])
    expect(await names(dataSource)).to.deep.equal(['in the hook', 'in the unit'])
    expect(shop.hookErrors.map(String)).to.deep.equal(['Error: undone'])
  })

  it('do not fail the unit, nor keep the next from running', async () => {
    const result = await dataSource.atomic(() => {
      dataSource.afterCommit(failing)
      onCommit('next')
      return 'kept'
    })
    expect([result, ...heard]).to.deep.equal(['kept', 'next'])
    expect(shop.hookErrors.map(String)).to.deep.equal(['Error: undone'])
  })

  it('run at once where no unit is running, and not for what was undone', () => {
    onCommit('commit')
    onRollback('rollback')
    expect(heard).to.deep.equal(['commit'])
  })

  it('cannot be added to a unit that has ended', async () => {
    let late: (() => void) | undefined
    const { AsyncResource } = await import('node:async_hooks')
    await dataSource.atomic(() => {
      late = AsyncResource.bind(() => onCommit('late'))
    })
    expect(late).to.throw('UNIT_ENDED')
    expect(heard).to.deep.equal([])
  })
})
