import { expect } from 'chai'
import { healLists, verifyLists, withPlace } from '../../decorators/index.js'
import type { ModelDataSource, ModelRepository } from '../../src/index.js'
import { expectQueries } from '../../testing/index.js'
import { failure } from '../orm/writes/library.js'
import { describeOnEngines } from '../support/engines.js'
import { Chapter, openLists, Step, Track } from './lists.js'

describeOnEngines('Lists in an order made by hand', (engine) => {
  let dataSource: ModelDataSource
  let close: () => Promise<void>

  before(async () => {
    const opened = await openLists(engine)
    dataSource = opened.dataSource
    close = opened.close
  })
  after(() => close?.())

  it('have an empty second synchronization', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).to.deep.equal([])
  })

  for (const [kind, Item] of [
    ['dense', Step],
    ['ranked', Track],
  ] as const) {
    // What both kinds have in common; their columns differ.
    const items = () => dataSource.getRepository(Item) as unknown as ModelRepository<Step>

    const add = (listId: number | null, titles: string) =>
      items().insert(titles.split('').map((title) => ({ title, listId })))
    const idOf = async (title: string) => (await items().withDeleted().findOneByOrFail({ title })).id
    const idsOf = (titles: string) => Promise.all(titles.split('').map(idOf))
    const list = async (listId: number | null) => {
      const rows = await items().select().where({ listId }).rows()
      const values = rows.map((row) => (Item === Step ? row.position : (row as unknown as Track).rank))
      if (Item === Step) expect(values).to.deep.equal(rows.map((_, index) => index + 1))
      else expect(values.every((value, index) => index === 0 || values[index - 1]! < value!)).to.equal(true)
      return rows.map(({ title }) => title).join('')
    }

    describe(`that are ${kind}`, () => {
      beforeEach(async () => {
        await dataSource.query(`DELETE FROM ${dataSource.driver.escape(Item.name.toLowerCase())}`)
      })

      it('take new rows last, first, at a position, or beside another', async () => {
        await add(1, 'abc')
        await withPlace(Item, 'first', () => add(1, 'xy'))
        expect(await list(1)).to.equal('xyabc')
        await withPlace(Item, { position: 2 }, () => add(1, '12'))
        expect(await list(1)).to.equal('x12yabc')
        await withPlace(Item, { position: -2 }, () => items().save(items().create({ title: '3', listId: 1 })))
        expect(await list(1)).to.equal('x12yab3c')
        const [a, c] = await idsOf('ac')
        await withPlace(Item, { before: a! }, () => add(1, '45'))
        await withPlace(Item, { after: c! }, () => add(1, '6'))
        expect(await list(1)).to.equal('x12y45ab3c6')
        await withPlace(Item, { position: 99 }, () => add(2, 'z'))
        expect(await list(2)).to.equal('z')
        const refused = withPlace(Item, { before: a! }, () => add(2, '7'))
        expect(await failure(refused)).to.have.property('errorCode', 'NOT_IN_LIST')
      })

      it('keep the order of what one save inserts', async () => {
        await add(1, 'ab')
        const rows = ['x', 'y', 'z'].map((title) => items().create({ title, listId: 1 }))
        await withPlace(Item, { position: 2 }, () => items().save(rows))
        expect(await list(1)).to.equal('axyzb')
      })

      it('move rows up and down by several places', async () => {
        await add(1, 'abcde')
        await items().moveUp(await idOf('d'), { by: 2 })
        expect(await list(1)).to.equal('adbce')
        await items().moveDown(await idOf('a'), { by: 3 })
        expect(await list(1)).to.equal('dbcae')
        await items().moveUp(await idOf('e'), { by: 99 })
        await items().moveDown(await idOf('b'), { by: 99 })
        expect(await list(1)).to.equal('edcab')
        expect(await items().moveUp(await idOf('e'))).to.include({ affected: 0 })
        await items().moveTo(await idOf('e'), { position: 3 })
        await items().moveTo(await idOf('b'), { position: -4 })
        expect(await list(1)).to.equal('dbcea')
        await items().swap(await idOf('d'), { id: await idOf('a') })
        expect(await list(1)).to.equal('abced')
      })

      it('move several rows as a block, in the order in which they are named', async () => {
        await add(1, 'abcdef')
        await items().moveToTop(await idsOf('fb'))
        expect(await list(1)).to.equal('fbacde')
        await items().moveBefore(await idsOf('ea'), { id: await idOf('b') })
        expect(await list(1)).to.equal('feabcd')
        await items().moveAfter(await idsOf('cfb'), { id: await idOf('f') })
        expect(await list(1)).to.equal('fcbead')
        await items().moveToBottom(await idsOf('fd'))
        expect(await list(1)).to.equal('cbeafd')
        expect(await items().moveToBottom(await idsOf('afd'))).to.include({ affected: 0 })
      })

      it('give rows to another list at a place, in one unit', async () => {
        await add(1, 'abcd')
        await add(2, 'xy')
        await items().moveToList(await idsOf('db'), { list: { listId: 2 }, position: 2 })
        expect([await list(1), await list(2)]).to.deep.equal(['ac', 'xdby'])
        await withPlace(Item, 'first', async () => items().moveToList(await idOf('y'), { list: { listId: null } }))
        await items().moveToList(await idsOf('xc'), { list: { listId: 2 }, position: 1 })
        expect([await list(1), await list(2), await list(null)]).to.deep.equal(['a', 'xcdb', 'y'])
        for (const named of [{}, { listId: 1, title: 'a' }, { title: 'a' }, { listId: {} }] as object[]) {
          const refused = items().moveToList(await idOf('a'), { list: named as Readonly<Record<string, unknown>> })
          expect(await failure(refused)).to.have.property('errorCode', 'UNKNOWN_LIST')
        }
      })

      it('are ordered anew by all of their ids', async () => {
        await add(1, 'abcd')
        await add(2, 'x')
        const receipt = await items().reorder(await idsOf('bdca'))
        expect(await list(1)).to.equal('bdca')
        expect(receipt.affected).to.be.greaterThan(0)
        expect(await items().reorder(await idsOf('bdca'))).to.include({ affected: 0 })
        const [a, b, c, d, x] = await idsOf('abcdx')
        const wrong = await failure(items().reorder([b!, x!, b!, 9999, a!]))
        expect(wrong).to.deep.include({
          errorCode: 'NOT_A_PERMUTATION',
          details: { missing: [d, c], unknown: [x, 9999], duplicate: [b] },
        })
        expect(await list(1)).to.equal('bdca')
      })

      it('count their changes, and refuse what was made from an older version', async () => {
        await add(1, 'abc')
        const ids = await idsOf('abc')
        const { answer } = await items().moveToTop(ids[2]!)
        const { version } = answer
        await add(2, 'z')
        const next = await items().moveUp(ids[1]!, { expectedVersion: version })
        expect(next.answer.version).to.equal(version! + 1)
        const stale = [
          () => items().reorder(ids, { expectedVersion: version }),
          () => items().moveToBottom(ids[1]!, { expectedVersion: version }),
          () => items().moveUp(ids[0]!, { expectedVersion: version }),
          () => items().swap(ids[0]!, { id: ids[2]!, expectedVersion: version }),
          () => items().removeFromList(ids[0]!, { expectedVersion: version }),
          () => items().moveToList(ids[0]!, { list: { listId: 2 }, expectedVersion: version }),
        ]
        for (const attempt of stale) {
          const error = await failure(attempt())
          const details = { version: version! + 1, order: [ids[2], ids[1], ids[0]] }
          expect(error).to.deep.include({ errorCode: 'LIST_CHANGED', statusCode: 409, details })
        }
        expect(await list(1)).to.equal('cba')
        const unchanged = await items().moveToTop(ids[2]!)
        expect(unchanged).to.deep.include({ affected: 0, answer: { version: version! + 1 } })
        await items().delete(ids[0]!)
        expect((await items().moveToBottom(ids[1]!)).answer.version).to.equal(version! + 2)
      })

      it('let go of rows, and take them back', async () => {
        await add(1, 'abc')
        await items().removeFromList(await idOf('b'))
        expect((await items().findBy({ listId: 1 })).length).to.equal(3)
        for (const move of [
          async () => items().moveUp(await idOf('b')),
          async () => items().swap(await idOf('b'), { id: await idOf('a') }),
          async () => items().moveAfter(await idOf('a'), { id: await idOf('b') }),
        ]) {
          expect(await failure(move())).to.have.property('errorCode', 'NOT_IN_LIST')
        }
        await items().moveToBottom(await idOf('b'))
        expect(await list(1)).to.equal('acb')
      })

      it('take rows back to where they were when they become visible again', async () => {
        await add(1, 'abcdefg')
        await items().delete(await idOf('d'))
        await items().restore(await idOf('d'))
        expect(await list(1)).to.equal('abcdefg')
        await items().delete(await idsOf('bce'))
        await items().restore(await idsOf('ecb'))
        expect(await list(1)).to.equal('abcdefg')
        await items().delete(await idOf('a'))
        await items().restore(await idOf('a'))
        expect(await list(1)).to.equal('abcdefg')
        await items().delete(await idOf('d'))
        await items().delete(await idOf('c'))
        await items().restore(await idOf('d'))
        expect(await list(1)).to.equal('abefgd')
        await items().restore(await idOf('c'))
        expect(await list(1)).to.equal('abcefgd')
        await items().delete({ listId: 1 })
        await items().restore(await idsOf('gfedcba'))
        expect(await list(1)).to.equal('abcefgd')
      })

      it('write some thousand rows with few statements', async () => {
        await items().insert(Array.from({ length: 2000 }, (_, index) => ({ title: `${index}`, listId: 1 })))
        const half = (await items().find()).filter((_, index) => index % 2 === 0).map(({ id }) => id)
        const move = () => items().moveToList(half, { list: { listId: 2 } })
        const { affected } = await expectQueries(dataSource, move, { atMost: 30 })
        expect(affected).to.equal(1000)
        await expectQueries(dataSource, () => items().delete({ listId: 2 }), { atMost: 20 })
        await expectQueries(dataSource, () => items().update({ listId: 1 }, { listId: 3 }), { atMost: 20 })
        const ids = (await items().findBy({ listId: 3 })).map(({ id }) => id).toReversed()
        await expectQueries(dataSource, () => items().reorder(ids), { atMost: 30 })
        expect((await items().findBy({ listId: 3 })).map(({ id }) => id)).to.deep.equal(ids)
        expect(await items().countBy({ listId: 2 })).to.equal(0)
      })
    })
  }

  it('keep ranks short at both ends, and make them anew where they would be too long', async () => {
    const tracks = dataSource.getRepository(Track)
    await tracks.insert([1, 2, 3].map((index) => ({ title: `${index}`, listId: 7 })))
    const ranksOf = async () => (await tracks.findBy({ listId: 7 })).map(({ rank }) => rank!)
    const ids = (await tracks.findBy({ listId: 7 })).map(({ id }) => id)
    for (let turn = 0; turn < 60; turn++) await tracks.moveToTop(ids[turn % 3]!)
    expect(Math.max(...(await ranksOf()).map(({ length }) => length))).to.be.at.most(4)
    const long = `i0${'0'.repeat(61)}1`
    await dataSource.query(`UPDATE track SET ${dataSource.driver.escape('rank')} = 'i0' WHERE id = ${ids[0]}`)
    await dataSource.query(`UPDATE track SET ${dataSource.driver.escape('rank')} = '${long}' WHERE id = ${ids[1]}`)
    await tracks.moveAfter(ids[2]!, { id: ids[0]! })
    expect((await tracks.findBy({ listId: 7 })).map(({ id }) => id)).to.deep.equal([ids[0], ids[2], ids[1]])
    expect(Math.max(...(await ranksOf()).map(({ length }) => length))).to.equal(2)
  })

  it('refuse moves beside a rank that was written past them, and name its row, until they are healed', async () => {
    const tracks = dataSource.getRepository(Track)
    await tracks.insert([1, 2, 3, 4].map((index) => ({ title: `${index}`, listId: 8 })))
    const [a, b, c, d] = (await tracks.findBy({ listId: 8 })).map(({ id }) => id)
    const write = (id: number, rank: string) =>
      dataSource.query(`UPDATE track SET ${dataSource.driver.escape('rank')} = '${rank}' WHERE id = ${id}`)
    // The length does not fit the first character, the last one must not be 0, and capitals are no digits.
    for (const rank of ['i00', 'iZ', 'i0-', 'ü', 'zz']) {
      await write(d!, rank)
      const refused = { errorCode: 'INVALID_RANK', statusCode: 409, details: { id: d, rank } }
      for (const way of [() => tracks.moveAfter(a!, { id: d! }), () => tracks.moveBefore([a!, b!], { id: d! })]) {
        expect(await failure(way()), rank).to.deep.include(refused)
      }
    }
    for (const way of [() => tracks.moveToBottom(a!), () => tracks.insert({ title: 'new', listId: 8 })]) {
      expect(await failure(way())).to.deep.include({ errorCode: 'INVALID_RANK', statusCode: 409 })
    }
    const wrong = { list: { listId: 8 }, duplicates: [], gaps: [], invalid: [d], nulls: [] }
    expect((await verifyLists(tracks)).filter(({ list }) => list['listId'] === 8)).to.deep.equal([wrong])
    expect(await healLists(tracks)).to.be.greaterThan(0)
    expect(await verifyLists(tracks)).to.deep.equal([])
    await tracks.moveToBottom(a!)
    await tracks.insert({ title: 'new', listId: 8 })
    const titles = (await tracks.findBy({ listId: 8 })).map(({ title }) => title)
    expect([titles.join(''), c]).to.deep.equal(['2341new', c])
  })

  it('are found to have positions below 1, which healing puts right', async () => {
    const steps = dataSource.getRepository(Step)
    await steps.insert([1, 2].map((index) => ({ title: `${index}`, listId: 8 })))
    const [a, b] = (await steps.findBy({ listId: 8 })).map(({ id }) => id)
    await dataSource.query(`UPDATE step SET ${dataSource.driver.escape('position')} = -3 WHERE id = ${b}`)
    const wrong = { list: { listId: 8 }, duplicates: [], gaps: [], invalid: [b], nulls: [] }
    expect((await verifyLists(steps)).filter(({ list }) => list['listId'] === 8)).to.deep.equal([wrong])
    await healLists(steps)
    expect((await steps.findBy({ listId: 8 })).map(({ id, position }) => [id, position])).to.deep.equal([
      [b, 1],
      [a, 2],
    ])
  })

  it('keep the places of hidden rows where they are told to', async () => {
    const chapters = dataSource.getRepository(Chapter)
    await chapters.insert(['a', 'b', 'c', 'd'].map((title) => ({ title })))
    const idOf = async (title: string) => (await chapters.withDeleted().findOneByOrFail({ title })).id
    const places = async () =>
      (await chapters.withDeleted().find()).map(({ title, position }) => `${position}${title}`).join(' ')
    await chapters.delete(await idOf('b'))
    await chapters.moveToTop(await idOf('d'))
    expect(await places()).to.equal('1d 2a 3b 4c')
    await chapters.restore(await idOf('b'))
    await chapters.delete(await idOf('a'))
    await chapters.purge(await idOf('a'))
    expect(await places()).to.equal('1d 2b 3c')
  })
})
