import { expect } from 'chai'
import type { EntitySubscriberInterface } from 'typeorm'
import type { ModelDataSource } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure, Item, item, names, openShop, type Shop } from './shop.js'

const failing = () => {
  throw new Error('refused')
}

describeOnEngines('Subscribers and units of work', (engine) => {
  let shop: Shop
  let dataSource: ModelDataSource
  let heard: string[]
  let subscriber: EntitySubscriberInterface

  before(async () => {
    shop = await openShop(engine)
    dataSource = shop.dataSource
  })
  after(() => shop?.close())
  beforeEach(async () => {
    await dataSource.getRepository(Item).clear()
    heard = []
    shop.hookErrors.length = 0
  })
  afterEach(() => {
    const { subscribers } = dataSource
    if (subscribers.includes(subscriber)) subscribers.splice(subscribers.indexOf(subscriber), 1)
  })

  function subscribe(given: EntitySubscriberInterface): void {
    subscriber = given
    dataSource.subscribers.push(given)
  }

  it('hear of units and savepoints as of the transactions of TypeORM', async () => {
    subscribe({
      beforeTransactionStart: () => void heard.push('before start'),
      afterTransactionStart: () => void heard.push('start'),
      beforeTransactionCommit: () => void heard.push('before commit'),
      afterTransactionCommit: () => void heard.push('commit'),
      afterTransactionRollback: () => void heard.push('rollback'),
    })
    await dataSource.atomic(() => dataSource.atomic(() => failing()).catch(() => undefined))
    const outer = ['before start', 'start', 'before start', 'start', 'rollback', 'before commit', 'commit']
    expect(heard).to.deep.equal(outer)
    heard = []
    await dataSource.getRepository(Item).save(item('saved'))
    expect(heard).to.deep.equal(['before start', 'start', 'before commit', 'commit'])
  })

  it('write inside of what they hear of, and undo it by an error', async () => {
    subscribe({ beforeTransactionCommit: ({ manager }) => manager.insert(Item, item('by the subscriber')) })
    await dataSource.atomic(() => dataSource.manager.insert(Item, item('by the unit')))
    expect(await names(dataSource)).to.deep.equal(['by the subscriber', 'by the unit'])
    dataSource.subscribers.pop()
    subscribe({ beforeTransactionCommit: failing })
    const refused = await failure(dataSource.atomic(() => dataSource.manager.insert(Item, item('refused'))))
    expect(refused.message).to.equal('refused')
    expect(await names(dataSource)).to.have.length(2)
  })

  it('cannot make a unit fail that is committed', async () => {
    subscribe({ afterTransactionCommit: failing })
    await dataSource.atomic(async () => {
      dataSource.afterCommit(() => void heard.push('hook'))
      await dataSource.manager.insert(Item, item('kept'))
    })
    expect(heard).to.deep.equal(['hook'])
    expect(shop.hookErrors.map(String)).to.deep.equal(['Error: refused'])
    expect(await names(dataSource)).to.deep.equal(['kept'])
  })

  it('register hooks that run once what was saved is committed', async () => {
    subscribe({
      afterInsert: () => dataSource.afterCommit(async () => void heard.push(...(await names(dataSource)))),
    })
    await dataSource.getRepository(Item).save([item('one'), item('two')])
    expect(heard).to.deep.equal(['one', 'two', 'one', 'two'])
    heard = []
    await failure(dataSource.getRepository(Item).insert(item('one')))
    await failure(dataSource.manager.save([item('three'), item('four', null as never)]))
    expect([heard, await names(dataSource)]).to.deep.equal([[], ['one', 'two']])
  })
})
