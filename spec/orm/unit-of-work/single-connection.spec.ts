import { expect } from 'chai'
import type { ModelDataSource } from '../../../src/index.js'
import { engines } from '../../support/engines.js'
import { failure, Item, item, names, openShop, type Shop } from './shop.js'

const sqlite = engines.find(({ name }) => name === 'sqlite')!

describe('Units of work on the one connection of SQLite', () => {
  let shop: Shop
  let dataSource: ModelDataSource

  before(async () => {
    shop = await openShop(sqlite)
    dataSource = shop.dataSource
  })
  after(() => shop?.close())
  beforeEach(() => dataSource.getRepository(Item).clear())

  const save = (name: string) => dataSource.getRepository(Item).save(item(name))

  it('lose none of 200 plain saves, whichever of them fail', async () => {
    const plain = Array.from({ length: 200 }, (_, number) => save(`plain-${number}`))
    const units = Array.from({ length: 40 }, (_, number) =>
      dataSource.atomic(async () => {
        await save(`unit-${number}`)
        await new Promise(setImmediate)
        if (number % 2 === 1) throw new Error('undone')
      }),
    )
    await Promise.allSettled([...plain, ...units])
    const stored = await names(dataSource)
    expect(stored.filter((name) => name.startsWith('plain'))).to.have.length(200)
    expect(stored.filter((name) => name.startsWith('unit'))).to.have.length(20)
  })

  it('are never seen half done by others', async () => {
    const unit = dataSource.atomic(async () => {
      await save('first')
      await new Promise(setImmediate)
      await save('second')
    })
    const seen = Array.from({ length: 20 }, () => names(dataSource))
    await unit
    expect(new Set((await Promise.all(seen)).map((found) => found.length))).to.deep.equal(new Set([2]))
  })

  it('cannot be new inside another', async () => {
    const unit = dataSource.atomic(() => dataSource.atomic(() => 'never', { propagation: 'new' }))
    expect(await failure(unit)).to.have.property('code', 'UNIT_NEEDS_CONNECTION')
    expect(await dataSource.atomic(() => 'outside', { propagation: 'new' })).to.equal('outside')
  })

  it('turn a statement that left its context into an error instead of waiting for ever', async () => {
    const impatient = await openShop(sqlite, 20)
    const outside = impatient.dataSource.createQueryRunner()
    await outside.startTransaction()
    const error = await failure(impatient.dataSource.getRepository(Item).save(item('waits for the runner')))
    expect(error).to.include({ errorCode: 'DATABASE_BUSY', statusCode: 503 })
    expect(error.message).to.equal('The database did not become free in time.')
    expect(error.cause).to.have.property('code', 'UNIT_TURN')
    expect(error.cause)
      .to.have.property('message')
      .that.matches(
        /^Waited 20 ms for another unit of work to end\. If that unit waits for this statement, the statement left its context: send it/,
      )
    await outside.rollbackTransaction()
    await outside.release()
    await impatient.dataSource.getRepository(Item).save(item('next'))
    expect(await names(impatient.dataSource)).to.deep.equal(['next'])
    await impatient.close()
  })

  it('are joined by runners that were made outside of them', async () => {
    const runner = dataSource.createQueryRunner()
    await failure(
      dataSource.atomic(async () => {
        await runner.manager.insert(Item, item('undone'))
        throw new Error('undo')
      }),
    )
    await runner.release()
    expect(await names(dataSource)).to.deep.equal([])
  })
})
