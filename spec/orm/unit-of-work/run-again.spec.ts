import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { Item } from './shop.js'

/** What a database says to whoever loses a race. */
const raceLost = () => Object.assign(new Error('Try again.'), { code: 'SQLITE_BUSY' })

describeOnEngines('Units of work that lost a race', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Item] }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('run again one after another', async () => {
    let [running, most] = [0, 0]
    const unit = async (index: number) => {
      let runs = 0
      return dataSource.atomic(async () => {
        runs += 1
        if (runs === 1) throw raceLost()
        running += 1
        most = Math.max(most, running)
        await delay(30)
        running -= 1
        return index
      })
    }
    const indices = [0, 1, 2, 3, 4, 5]
    expect(await Promise.all(indices.map(unit))).to.deep.equal(indices)
    expect(most).to.equal(1)
  })

  if (engine.name !== 'sqlite') {
    it('do not wait for the unit around them', async () => {
      const runs = { outer: 0, inner: 0 }
      const start = Date.now()
      await dataSource.atomic(async () => {
        runs.outer += 1
        if (runs.outer === 1) throw raceLost()
        await dataSource.atomic(
          async () => {
            runs.inner += 1
            if (runs.inner === 1) throw raceLost()
          },
          { propagation: 'new' },
        )
      })
      expect(runs).to.deep.equal({ outer: 2, inner: 2 })
      expect(Date.now() - start).to.be.lessThan(4_000)
    })
  }
})
