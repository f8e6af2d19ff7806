import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import type { ModelDataSource } from '../../../src/index.js'
import { type Board, Card, openBoard } from '../../decorators/board.js'
import { describeOnEngines, engines } from '../../support/engines.js'
import { failure } from '../writes/library.js'
import { Steps } from './shop.js'

const servers = engines.filter(({ name }) => name !== 'sqlite').map(({ name }) => name)

describeOnEngines('Rows that a unit of work has locked', (engine) => {
  let board: Board
  let dataSource: ModelDataSource

  before(async () => {
    board = await openBoard(engine)
    dataSource = board.dataSource
  })
  after(() => board?.close())
  beforeEach(() => dataSource.query(`DELETE FROM ${dataSource.driver.escape('card')}`))

  const cards = () => dataSource.getRepository(Card)
  const add = (title: string, listId: number) => cards().insert({ title, listId })

  if (servers.includes(engine.name)) {
    it('are not kept from others while it waits for the lock of a rule: it runs again', async () => {
      for (const title of ['a', 'b', 'c', 'd', 'e']) await add(title, 1)
      const { id } = await cards().findOneByOrFail({ title: 'a' })
      const steps = new Steps()
      const runs = { holder: 0, writer: 0 }
      const holder = dataSource.atomic(async () => {
        runs.holder += 1
        await add('held', 2)
        steps.reach(1)
        await steps.at(2)
        await cards().update(id, { title: 'of the holder' })
      })
      const writer = dataSource.atomic(async () => {
        runs.writer += 1
        await steps.at(1)
        // Who looks for a circle loses: let it be the other one.
        if (engine.name === 'postgres') await dataSource.query("SET LOCAL deadlock_timeout = '1min'")
        await cards().update({ listId: 1 }, { title: 'of the writer' })
        void delay(100).then(() => steps.reach(2))
        await add('late', 2)
      })
      await Promise.all([holder, writer])
      expect(runs).to.deep.equal({ holder: 1, writer: 2 })
      expect(await board.titles(2)).to.deep.equal(['held', 'late'])
      expect(new Set(await board.titles(1))).to.deep.equal(new Set(['of the writer']))
    })
  }

  if (engine.name === 'postgres') {
    it('are given to those who wait for them where the savepoint is undone, though others inside of it have ended', async () => {
      await add('a', 1)
      const { id } = await cards().findOneByOrFail({ title: 'a' })
      const steps = new Steps()
      const other = steps.at(1).then(() => cards().update(id, { title: 'of the other' }))
      const outcome = await dataSource.atomic(async () => {
        const undone = dataSource.atomic(async () => {
          await dataSource.atomic(() => cards().update(id, { title: 'undone' }))
          steps.reach(1)
          await delay(100)
          throw new Error('no')
        })
        expect(await failure(undone)).to.have.property('message', 'no')
        return Promise.race([other.then(() => 'written'), delay(2_000).then(() => 'waits')])
      })
      await other
      expect(outcome).to.equal('written')
      expect(await board.titles(1)).to.deep.equal(['of the other'])
    })
  }

  it('are as savepoints have left them, however many others are inside of one', async () => {
    await add('a', 1)
    const many = (title: string) => async () => {
      for (let index = 0; index < 120; index += 1) {
        const inner = dataSource.atomic(async () => {
          await cards().update({ listId: 1 }, { title: `${title} ${index}` })
          if (index % 7 === 3) throw new Error('no')
        })
        await (index % 7 === 3 ? failure(inner) : inner)
      }
    }
    await dataSource.atomic(async () => {
      await dataSource.atomic(many('kept'))
      const undone = dataSource.atomic(async () => {
        await dataSource.atomic(many('undone'))
        throw new Error('no')
      })
      expect(await failure(undone)).to.have.property('message', 'no')
    })
    expect(await board.titles(1)).to.deep.equal(['kept 119'])
  })
})
