import { expect } from 'chai'
import type { ModelDataSource } from '../../src/index.js'
import { describeOnEngines } from '../support/engines.js'
import { type Board, Card, openBoard, Remark } from './board.js'

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What came of an operation: the code of its refusal, or its message where it has none. */
interface Tried {
  readonly operation: string
  readonly code: string | undefined
  /** Whether there was a row, and it was done to it. */
  readonly isDone: boolean
}

/**
 * What each operation may be told where somebody else has deleted, restored or moved the row, or the one it names,
 * meanwhile. Nobody is ever told of locks, deadlocks or unique keys.
 */
const told: Readonly<Record<string, readonly string[]>> = {
  append: [],
  move: ['NOT_FOUND'],
  swap: ['NOT_FOUND', 'NOT_IN_LIST'],
  rename: [],
  delete: [],
  restore: ['NOT_DELETED', 'NOT_FOUND'],
  purge: ['NOT_FOUND'],
  reorder: [],
  change: ['STALE'],
}

describeOnEngines('Orderable with many clients', (engine) => {
  let board: Board
  let dataSource: ModelDataSource

  before(async () => {
    board = await openBoard(engine)
    dataSource = board.dataSource
  })
  after(() => board?.close())
  beforeEach(async () => {
    for (const table of ['remark', 'label', 'card'])
      await dataSource.query(`DELETE FROM ${dataSource.driver.escape(table)}`)
  })

  const cards = () => dataSource.getRepository(Card)

  /** Under the lock of a list nobody changes it between the look and the verb. */
  const reverse = (listId: number) =>
    dataSource.atomic(
      async () => {
        const found = await cards().find({ where: { listId }, order: { position: 'ASC' } })
        if (found.length > 0) await cards().reorder(found.toReversed().map(({ id }) => id))
      },
      { locks: dataSource.locksOf(Card, { listId }) },
    )

  /** One random operation on one of two lists. */
  async function operate(random: () => number, client: number): Promise<Tried> {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
    const listId = pick([1, 2])
    const operation = pick([
      'append',
      'append',
      'move',
      'move',
      'swap',
      'rename',
      'delete',
      'delete',
      'restore',
      'purge',
      'reorder',
      'change',
    ] as const)
    const source = ['restore', 'purge'].includes(operation) ? cards().onlyDeleted() : cards()
    const found = operation === 'append' ? [] : await source.find({ where: { listId }, order: { id: 'ASC' } })
    if (operation === 'append') await cards().insert({ title: `of ${client}`, listId })
    if (operation === 'append' || found.length === 0)
      return { operation, code: undefined, isDone: operation === 'append' }
    const card = pick(found)
    const ways: Readonly<Record<Exclude<typeof operation, 'append'>, () => Promise<unknown>>> = {
      move: () => cards().moveTo(card.id, { position: 1 + Math.floor(random() * 20) }),
      swap: () => cards().moveAfter(card.id, { id: pick(found).id }),
      rename: () => cards().update(card.id, { title: 'renamed' }),
      delete: () => cards().delete(card.id),
      restore: () => cards().restore(card.id),
      purge: () => cards().purge(card.id),
      reorder: () => reverse(listId),
      change: () => cards().save(Object.assign(card, { listId: 3 - listId })),
    }
    const code = await ways[operation]().then(
      () => undefined,
      (error: { readonly errorCode?: string; readonly message: string }) => error.errorCode ?? error.message,
    )
    return { operation, code, isDone: code === undefined }
  }

  for (const clients of [8, 12]) {
    it(`keeps lists dense under ${clients} clients with 25 random operations each`, async () => {
      const tried: Tried[] = []
      const client = async (number: number) => {
        const random = numbers(number * 7919)
        for (let turn = 0; turn < 25; turn++) tried.push(await operate(random, number))
      }
      await Promise.all(Array.from({ length: clients }, (_, number) => client(number + 1)))
      const done = new Set(tried.filter(({ isDone }) => isDone).map(({ operation }) => operation))
      expect([...done].sort()).to.deep.equal(Object.keys(told).sort())
      const refused = tried.filter(({ code }) => code !== undefined)
      expect(refused.filter(({ operation, code }) => !told[operation]?.includes(code!))).to.deep.equal([])
      if (process.env['PLINTH_MEASURE']) console.log(engine.name, clients, refused)
      const total = (await board.titles(1)).length + (await board.titles(2)).length
      expect(total).to.be.greaterThan(5)
    })
  }

  it('answers saves to another list whose row others delete, restore and move meanwhile', async () => {
    await cards().insert([1, 2].flatMap((listId) => ['a', 'b'].map((title) => ({ title, listId }))))
    const ids = (await cards().find()).map(({ id }) => id)
    const refused: (string | undefined)[] = []
    const client = async (number: number) => {
      const random = numbers(number * 104_729)
      for (let turn = 0; turn < 40; turn++) {
        const id = ids[Math.floor(random() * ids.length)]!
        const change = async () => {
          const card = await cards().findOneBy({ id })
          if (card) await cards().save(Object.assign(card, { listId: 3 - card.listId! }))
        }
        const ways = [change, change, () => cards().delete(id), () => cards().restore(id), () => cards().moveToTop(id)]
        await ways[Math.floor(random() * ways.length)]!().catch(
          ({ errorCode, message }: { readonly errorCode?: string; readonly message: string }) =>
            refused.push(errorCode ?? message),
        )
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, number) => client(number + 1)))
    expect(refused.filter((code) => !['NOT_DELETED', 'NOT_FOUND', 'STALE'].includes(code!))).to.deep.equal([])
    const standing = [await board.titles(1), await board.titles(2)].flat()
    expect(standing).to.have.length(await cards().count())
  })

  it('lets 12 clients insert what refers to a row and move another one, in one unit', async () => {
    await cards().insert(Array.from({ length: 12 }, (_, index) => ({ title: `${index}`, listId: 1 })))
    const ids = (await cards().find()).map(({ id }) => id)
    let runs = 0
    const client = async (number: number) => {
      const random = numbers(number)
      for (let turn = 0; turn < 12; turn++) {
        await dataSource.atomic(async () => {
          runs += 1
          await dataSource.getRepository(Remark).insert({ card: { id: ids[Math.floor(random() * 12)]! } })
          await cards().moveTo(ids[number]!, { position: 1 + Math.floor(random() * 12) })
        })
      }
    }
    await Promise.all(ids.map((_, number) => client(number)))
    if (process.env['PLINTH_MEASURE']) console.log(engine.name, 'runs of 144', runs)
    expect(await dataSource.getRepository(Remark).count()).to.equal(144)
    expect(await board.titles(1)).to.have.length(12)
  })

  it('keeps exactly what units left that did not fail', async () => {
    const units = Array.from({ length: 50 }, (_, index) =>
      dataSource.atomic(async () => {
        await cards().insert({ title: `${index}`, listId: 1 })
        await cards().moveToTop((await cards().findOneByOrFail({ title: `${index}` })).id)
        if (index % 2 === 1) throw new Error('no')
      }),
    )
    const outcomes = await Promise.allSettled(units)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(25)
    const even = Array.from({ length: 25 }, (_, index) => `${2 * index}`)
    expect([...(await board.titles(1))].sort()).to.deep.equal(even.sort())
  })

  it('lets units write two lists in any order', async () => {
    await cards().insert([1, 2].flatMap((listId) => ['a', 'b', 'c'].map((title) => ({ title, listId }))))
    const all = await cards().find()
    const [first, second] = [1, 2].map((listId) => all.filter((card) => card.listId === listId))
    const unit = (index: number) =>
      dataSource.atomic(async () => {
        const [one, other] = index % 2 === 0 ? [first!, second!] : [second!, first!]
        await cards().moveToTop(one[index % 3]!.id)
        await cards().moveToTop(other[index % 3]!.id)
      })
    await Promise.all(Array.from({ length: 24 }, (_, index) => unit(index)))
    expect([await board.titles(1), await board.titles(2)].map(({ length }) => length)).to.deep.equal([3, 3])
  })
})
