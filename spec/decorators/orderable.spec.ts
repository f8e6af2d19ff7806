import { expect } from 'chai'
import { healLists, verifyLists } from '../../decorators/index.js'
import type { ModelDataSource } from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { describeOnEngines } from '../support/engines.js'
import { type Board, Card, openBoard, Task, team } from './board.js'

const inTeam = <T>(name: string, work: () => Promise<T>) => team.run(name, work)

describeOnEngines('Orderable', (engine) => {
  let board: Board
  let dataSource: ModelDataSource

  before(async () => {
    board = await openBoard(engine)
    dataSource = board.dataSource
  })
  after(() => board?.close())
  beforeEach(async () => {
    await dataSource.query(`DELETE FROM ${dataSource.driver.escape('card')}`)
  })

  const cards = () => dataSource.getRepository(Card)
  const idOf = async (title: string) => (await cards().withDeleted().findOneByOrFail({ title })).id
  const add = async (listId: number | null, ...titles: readonly string[]) => {
    await cards().insert(titles.map((title) => ({ title, listId })))
  }
  const positions = async () => {
    const all = await cards()
      .withDeleted()
      .find({ order: { title: 'ASC' } })
    return Object.fromEntries(all.map(({ title, position }) => [title, position]))
  }

  it('has an empty second synchronization, with the table of counters', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).to.deep.equal([])
    const runner = dataSource.createQueryRunner()
    expect(await runner.hasTable('plinth_counters')).to.equal(true)
    await runner.release()
  })

  it('puts new rows last, many at once in the order of the input', async () => {
    await add(1, 'a', 'b', 'c')
    await cards().save(cards().create({ title: 'd', listId: 1 }))
    await add(2, 'x')
    await cards().save(['e', 'f'].map((title) => cards().create({ title, listId: 1 })))
    expect(await board.titles(1)).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(await board.titles(2)).to.deep.equal(['x'])
  })

  it('lets nobody write positions but by its verbs', async () => {
    await cards().insert({ title: 'a', listId: 1, position: 9 })
    await cards().insert({ title: 'b', listId: 1, position: 1, deletedAt: new Date(0) })
    expect(await positions()).to.deep.equal({ a: 1, b: 2 })
    const { id } = await cards().findOneByOrFail({ title: 'b' })
    await cards().delete(id)
    expect(await positions()).to.deep.equal({ a: 1, b: null })
    expect(await failure(cards().update({ title: 'a' }, { position: 4 }))).to.have.property('errorCode', 'MANAGED')
    await add(1, 'c')
    const stale = await cards().findOneByOrFail({ title: 'a' })
    await cards().moveToBottom(stale.id)
    await cards().save(stale)
    expect(stale.position).to.equal(2)
    await cards().moveToTop(stale.id)
    await cards().save(Object.assign(stale, { title: 'A' }))
    expect(stale.position).to.equal(1)
    expect(await board.titles(1)).to.deep.equal(['A', 'c'])
  })

  it('lets the database refuse two rows at one position, and a hidden row be anywhere', async () => {
    await add(1, 'a', 'b', 'c')
    await add(2, 'x')
    const column = dataSource.driver.escape('position')
    const set = (title: string, position: number) =>
      dataSource.query(`UPDATE card SET ${column} = ${position} WHERE title = '${title}'`)
    expect(await failure(set('b', 1))).to.be.instanceOf(Error)
    await cards().delete(await idOf('c'))
    await set('c', 1)
    await set('x', 2)
    expect(await positions()).to.deep.equal({ a: 1, b: 2, c: 1, x: 2 })
  })

  it('heals rows that stand nowhere in the order in which they were created, then of their ids', async () => {
    await add(1, 'a', 'b', 'c', 'd', 'e')
    const ids = (await cards().find({ order: { id: 'ASC' } })).map(({ id }) => id)
    const [position, createdAt] = ['position', 'createdAt'].map((name) => dataSource.driver.escape(name))
    for (const title of ['b', 'c', 'd']) {
      const instant = title === 'd' ? '2001-01-01 00:00:00.000' : '2002-01-01 00:00:00.000'
      await dataSource.query(`UPDATE card SET ${position} = NULL, ${createdAt} = '${instant}' WHERE title = '${title}'`)
    }
    const [list] = await verifyLists(cards())
    expect([list?.gaps, list?.invalid, new Set(list?.nulls)]).to.deep.equal([[2, 3, 4], [], new Set(ids.slice(1, 4))])
    expect(await healLists(cards())).to.equal(4)
    expect((await board.titles(1)).join('')).to.equal('aedbc')
    expect(await verifyLists(cards())).to.deep.equal([])
  })

  it('tells the caller the position of what he inserts', async () => {
    const first = await cards().save(cards().create({ title: 'a', listId: 1 }))
    const second = cards().create({ title: 'b', listId: 1 })
    await cards().insert(second)
    expect([first.position, second.position]).to.deep.equal([1, 2])
  })

  it('takes those without a list as a list', async () => {
    await add(null, 'a', 'b')
    await cards().moveTo(await idOf('b'), { position: 1 })
    expect(await board.titles(null)).to.deep.equal(['b', 'a'])
  })

  describe('moves a row', () => {
    beforeEach(() => add(1, 'a', 'b', 'c', 'd', 'e'))

    const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
      ['down to a position', async () => cards().moveTo(await idOf('b'), { position: 4 }), 'acdbe'],
      ['up to a position', async () => cards().moveTo(await idOf('d'), { position: 2 }), 'adbce'],
      ['to its own position', async () => cards().moveTo(await idOf('c'), { position: 3 }), 'abcde'],
      ['beyond the end', async () => cards().moveTo(await idOf('a'), { position: 99 }), 'bcdea'],
      ['to position 0, which is the first', async () => cards().moveTo(await idOf('c'), { position: 0 }), 'cabde'],
      ['to the last position from the end', async () => cards().moveTo(await idOf('b'), { position: -1 }), 'acdeb'],
      ['to the second from the end', async () => cards().moveTo(await idOf('a'), { position: -2 }), 'bcdae'],
      ['beyond the start from the end', async () => cards().moveTo(await idOf('d'), { position: -99 }), 'dabce'],
      ['before one below', async () => cards().moveBefore(await idOf('b'), { id: await idOf('e') }), 'acdbe'],
      ['before one above', async () => cards().moveBefore(await idOf('e'), { id: await idOf('b') }), 'aebcd'],
      ['before itself', async () => cards().moveBefore(await idOf('b'), { id: await idOf('b') }), 'abcde'],
      ['after one below', async () => cards().moveAfter(await idOf('b'), { id: await idOf('d') }), 'acdbe'],
      ['after one above', async () => cards().moveAfter(await idOf('e'), { id: await idOf('a') }), 'aebcd'],
      ['up', async () => cards().moveUp(await idOf('c')), 'acbde'],
      ['up from the top', async () => cards().moveUp(await idOf('a')), 'abcde'],
      ['down', async () => cards().moveDown(await idOf('c')), 'abdce'],
      ['down from the bottom', async () => cards().moveDown(await idOf('e')), 'abcde'],
      ['to the top', async () => cards().moveToTop(await idOf('d')), 'dabce'],
      ['to the bottom', async () => cards().moveToBottom(await idOf('b')), 'acdeb'],
      ['to where another stands', async () => cards().swap(await idOf('b'), { id: await idOf('e') }), 'aecdb'],
      ['to where it stands itself', async () => cards().swap(await idOf('b'), { id: await idOf('b') }), 'abcde'],
    ]
    for (const [what, move, expected] of cases) {
      it(what, async () => {
        await move()
        expect((await board.titles(1)).join('')).to.equal(expected)
      })
    }

    it('and several in the order in which they are named', async () => {
      const ids = (titles: string) => Promise.all(titles.split('').map(idOf))
      await cards().moveToTop(await ids('dbeac'))
      expect((await board.titles(1)).join('')).to.equal('dbeac')
      await cards().moveToBottom(await ids('bd'))
      expect((await board.titles(1)).join('')).to.equal('eacbd')
      await cards().moveBefore(await ids('de'), { id: await idOf('c') })
      expect((await board.titles(1)).join('')).to.equal('adecb')
      await cards().moveAfter(await ids('ba'), { id: await idOf('d') })
      expect((await board.titles(1)).join('')).to.equal('dbaec')
    })

    it('and writes nothing where it stays', async () => {
      const id = await idOf('a')
      board.statements()
      expect(await cards().moveUp(id)).to.have.property('affected', 0)
      expect(board.statements().filter((sql) => sql.startsWith('UPDATE'))).to.deep.equal([])
      expect(await cards().moveDown(id)).to.have.property('affected', 1)
    })

    it('and stamps only the row that is moved', async () => {
      const before = await cards().find()
      await new Promise((resolve) => setImmediate(resolve))
      await cards().moveToTop(await idOf('c'))
      const stamps = new Map(before.map(({ id, updatedAt }) => [id, updatedAt.getTime()]))
      const later = (await cards().find()).filter(({ id, updatedAt }) => updatedAt.getTime() !== stamps.get(id))
      expect(later.map(({ title }) => title).filter((title) => title !== 'c')).to.deep.equal([])
    })
  })

  describe('refuses', () => {
    beforeEach(async () => {
      await add(1, 'a', 'b')
      await add(2, 'x')
    })

    for (const position of [1.5, Number.NaN, 2 ** 31, '1' as never, null as never]) {
      it(`the position ${position}`, async () => {
        expect(await failure(cards().moveTo(await idOf('a'), { position }))).to.have.property('name', 'ValidationError')
      })
    }

    it('a place beside a row that is hidden, of another list, unknown or no row', async () => {
      const id = await idOf('a')
      await cards().delete(await idOf('b'))
      const others = [
        await idOf('b'),
        await idOf('x'),
        '00000000-0000-7000-8000-000000000000',
        'no id',
        7,
        { id },
        [id],
      ]
      for (const other of others as string[]) {
        for (const verb of ['moveBefore', 'moveAfter', 'swap'] as const) {
          const error = await failure(cards()[verb](id, { id: other }))
          expect(error, `${verb} ${other}`).to.have.property('errorCode', 'NOT_IN_LIST')
        }
      }
      expect(await board.titles(1)).to.deep.equal(['a'])
    })

    it('to move rows that are hidden or unknown', async () => {
      await cards().delete(await idOf('b'))
      expect(await failure(cards().moveToTop(await idOf('b')))).to.have.property('name', 'NotFoundError')
      const both = [await idOf('a'), await idOf('b')]
      expect(await failure(cards().moveToTop(both))).to.have.property('name', 'NotFoundError')
    })

    it('to move several rows to one position', async () => {
      const both = [await idOf('a'), await idOf('b')]
      expect(await failure(cards().moveTo(both, { position: 2 }))).to.have.property('errorCode', 'ONE_ROW')
      expect(await board.titles(1)).to.deep.equal(['a', 'b'])
    })

    it('an expression of SQL for what makes lists', async () => {
      const update = cards().update({ title: 'a' }, { listId: () => '2' })
      expect((await failure(update)).message).to.contain('E_UNRULED_WRITE')
    })
  })

  describe('closes gaps', () => {
    beforeEach(() => add(1, 'a', 'b', 'c', 'd', 'e'))

    it('when a row is deleted', async () => {
      await cards().delete(await idOf('b'))
      expect(await board.titles(1)).to.deep.equal(['a', 'c', 'd', 'e'])
    })

    it('when several rows are deleted', async () => {
      await cards().delete([await idOf('b'), await idOf('a'), await idOf('d')])
      expect(await board.titles(1)).to.deep.equal(['c', 'e'])
      expect(await positions()).to.deep.equal({ a: null, b: null, c: 1, d: null, e: 2 })
    })

    it('when all are deleted, and when they come back', async () => {
      await cards().delete({ listId: 1 })
      expect(await board.titles(1)).to.deep.equal([])
      await cards().restore(await idOf('d'))
      await cards().restore([await idOf('a'), await idOf('b')])
      expect(await board.titles(1)).to.deep.equal(['a', 'b', 'd'])
    })

    it('when rows are purged, hidden or not', async () => {
      await cards().delete(await idOf('a'))
      await cards().purge([await idOf('a'), await idOf('c')])
      expect(await board.titles(1)).to.deep.equal(['b', 'd', 'e'])
    })

    it('in both lists when rows change theirs', async () => {
      await add(2, 'x')
      await cards().update(await idOf('b'), { listId: 2 })
      const d = await cards().findOneByOrFail({ title: 'd' })
      d.listId = 2
      d.title = 'D'
      await cards().save(d)
      expect(d.position).to.equal(3)
      expect(await board.titles(1)).to.deep.equal(['a', 'c', 'e'])
      expect(await board.titles(2)).to.deep.equal(['x', 'b', 'D'])
      await cards().update({ listId: 1 }, { listId: 2 })
      expect(await board.titles(1)).to.deep.equal([])
      expect([...(await board.titles(2))].sort()).to.deep.equal(['D', 'a', 'b', 'c', 'e', 'x'])
    })

    it('and leaves positions alone where a hidden row changes its list', async () => {
      const id = await idOf('b')
      await cards().delete(id)
      await cards().withDeleted().update(id, { listId: 2 })
      expect(await board.titles(1)).to.deep.equal(['a', 'c', 'd', 'e'])
      await cards().restore(id)
      expect(await board.titles(2)).to.deep.equal(['b'])
    })

    it('or nothing, when the unit of work fails', async () => {
      const unit = dataSource.atomic(async () => {
        await cards().moveToTop(await idOf('e'))
        await cards().delete(await idOf('b'))
        throw new Error('no')
      })
      expect(await failure(unit)).to.have.property('message', 'no')
      expect((await board.titles(1)).join('')).to.equal('abcde')
    })
  })

  it('keeps the lists of tenants apart, and removes rows from the table', async () => {
    const tasks = dataSource.getRepository(Task)
    const list = async () => (await tasks.find()).map(({ title, position }) => `${position}${title}`)
    for (const name of ['red', 'blue']) {
      await inTeam(name, () => tasks.insert(['a', 'b', 'c'].map((title) => ({ title }) as Task)))
    }
    await inTeam('red', async () => {
      const [first] = await tasks.find()
      await tasks.moveToBottom(first!.id)
      await tasks.delete({ title: 'b' })
      await tasks.remove(await tasks.findOneByOrFail({ title: 'c' }))
      expect(await list()).to.deep.equal(['1a'])
    })
    expect(await inTeam('blue', list)).to.deep.equal(['1a', '2b', '3c'])
  })
})
