import { expect } from 'chai'
import { describeOnEngines } from '../../support/engines.js'
import { failure, Item, item, names, openShop, type Shop } from './shop.js'

const insert = ({ dataSource }: Shop, name: string) => dataSource.getRepository(Item).insert(item(name))

describeOnEngines('Units of work of several data sources', (engine) => {
  let north: Shop
  let south: Shop

  before(async () => {
    north = await openShop(engine)
    south = await openShop(engine)
  })
  after(async () => {
    await north?.close()
    await south?.close()
  })
  beforeEach(async () => {
    for (const { dataSource } of [north, south]) await dataSource.getRepository(Item).clear()
  })

  const inUnits = () => [north.dataSource.isInUnit, south.dataSource.isInUnit]

  it('run inside one another and end apart', async () => {
    const seen: (readonly boolean[])[] = []
    await north.dataSource.atomic(async () => {
      await insert(north, 'kept')
      seen.push(inUnits())
      await failure(
        south.dataSource.atomic(async () => {
          await insert(south, 'undone')
          await north.dataSource.atomic(async () => {
            await insert(north, 'kept too')
            seen.push(inUnits())
          })
          seen.push(inUnits())
          throw new Error('undone')
        }),
      )
      seen.push(inUnits())
    })
    seen.push(inUnits())
    expect(seen).to.deep.equal([
      [true, false],
      [true, true],
      [true, true],
      [true, false],
      [false, false],
    ])
    expect([await names(north.dataSource), await names(south.dataSource)]).to.deep.equal([['kept', 'kept too'], []])
  })

  it('run hooks of one outside of its units, and inside those of the other', async () => {
    const seen: (readonly boolean[])[] = []
    await south.dataSource.atomic(async () => {
      await north.dataSource.atomic(() => {
        north.dataSource.afterCommit(() => void seen.push(inUnits()))
      })
      seen.push(inUnits())
    })
    expect(seen).to.deep.equal([
      [false, true],
      [false, true],
    ])
  })

  it('are told apart where both run at once', async () => {
    const rounds = Array.from({ length: 10 }, (_, index) => String(index))
    const units = rounds.flatMap((name) =>
      [north, south].map((shop) =>
        shop.dataSource.atomic(async () => {
          await insert(shop, name)
          return inUnits()
        }),
      ),
    )
    const all = await Promise.all(units)
    expect(all).to.deep.equal(
      rounds.flatMap(() => [
        [true, false],
        [false, true],
      ]),
    )
    expect([await names(north.dataSource), await names(south.dataSource)]).to.deep.equal([rounds, rounds])
  })
})
