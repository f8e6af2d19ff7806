import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { healLists, positionsOf, readList, verifyLists, withPlace } from '../../decorators/index.js'
import type { ModelDataSource, ModelRepository } from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { describeOnEngines } from '../support/engines.js'
import { Chapter, openLists, Step, Track } from './lists.js'

/** Refers to a step and a track, so that an insert locks both on some engines. */
@Entity()
class Mark {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'int', default: 0 })
  weight!: number

  @ManyToOne(() => Step, { nullable: true })
  step!: Relation<Step> | null

  @ManyToOne(() => Track, { nullable: true })
  track!: Relation<Track> | null
}

describeOnEngines('Lists with many clients', (engine) => {
  let dataSource: ModelDataSource
  let close: () => Promise<void>

  before(async () => {
    const opened = await openLists(engine, Mark)
    dataSource = opened.dataSource
    close = opened.close
  })
  after(() => close?.())

  it('answers moves, deletes, restores and inserts where all rows are one list', async () => {
    const chapters = dataSource.getRepository(Chapter)
    await chapters.insert(Array.from({ length: 8 }, (_, index) => ({ title: `${index}` })))
    const ids = (await chapters.find()).map(({ id }) => id)
    const codes: (string | undefined)[] = []
    const client = async (own: number, index: number) => {
      const other = ids[(index + 3) % ids.length]!
      const ways = [
        () => chapters.moveToTop(own),
        () => chapters.moveAfter(own, { id: other }),
        () => chapters.insert({ title: 'new' }),
        () => chapters.delete(own),
        () => chapters.restore(own),
        () => chapters.moveDown([own, other]),
        () =>
          dataSource.atomic(async () => {
            await chapters.insert({ title: 'of a unit' })
            await chapters.moveTo(own, { position: 2 })
          }),
      ]
      for (const way of [...ways, ...ways]) {
        await way().catch(({ errorCode, message }: { readonly errorCode?: string; readonly message: string }) =>
          codes.push(errorCode ?? message),
        )
      }
    }
    await Promise.all(ids.map(client))
    // The other row may be hidden just then.
    expect(codes.filter((code) => code !== 'NOT_FOUND' && code !== 'NOT_IN_LIST')).to.deep.equal([])
    expect(await verifyLists(chapters)).to.deep.equal([])
    expect(await chapters.count()).to.equal(8 + 8 * 4)
  })

  for (const [kind, Item] of [
    ['dense', Step],
    ['ranked', Track],
  ] as const) {
    const items = () => dataSource.getRepository(Item) as unknown as ModelRepository<Step>
    const add = (count: number, listId = 1) =>
      items().insert(Array.from({ length: count }, (_, index) => ({ title: `${index}`, listId })))
    const wrong = async () => verifyLists(items())

    describe(`that are ${kind}`, () => {
      beforeEach(async () => {
        for (const table of ['mark', Item.name.toLowerCase()]) {
          await dataSource.query(`DELETE FROM ${dataSource.driver.escape(table)}`)
        }
      })

      it('lose nothing to appends, moves to the top and deletes at the same time', async () => {
        await add(12)
        const ids = (await items().find()).map(({ id }) => id)
        await Promise.all([
          ...Array.from({ length: 5 }, (_, index) =>
            items().insert([index, index].map((n) => ({ title: `n${n}`, listId: 1 }))),
          ),
          ...ids.slice(0, 3).map((id) => items().moveToTop(id)),
          ...ids.slice(3, 9).map((id) => items().delete(id)),
        ])
        expect(await items().count()).to.equal(16)
        expect(await wrong()).to.deep.equal([])
        const first = (await readList(items(), { listId: 1 })).rows.slice(0, 3).map(({ id }) => id)
        expect([...first].sort((a, b) => a - b)).to.deep.equal(ids.slice(0, 3))
      })

      it('let clients insert what refers to a row, and then into the list', async () => {
        await add(6)
        const ids = (await items().find()).map(({ id }) => id)
        const client = async (number: number) => {
          for (let turn = 0; turn < 25; turn++) {
            await dataSource.atomic(async () => {
              const id = ids[(number + turn) % ids.length]!
              await dataSource.getRepository(Mark).insert(Item === Step ? { step: { id } } : { track: { id } })
              await withPlace(Item, { position: 1 + (turn % 4) }, () => add(1))
            })
          }
        }
        await Promise.all(ids.map((_, number) => client(number)))
        expect([await items().count(), await dataSource.getRepository(Mark).count()]).to.deep.equal([156, 150])
        expect(await wrong()).to.deep.equal([])
      })

      it('take one of several orders that were made from the same version', async () => {
        await add(6)
        const { version, rows } = await readList(items(), { listId: 1 })
        const orders = Array.from({ length: 8 }, (_, by) =>
          rotated(
            rows.map(({ id }) => id),
            1 + (by % 5),
          ),
        )
        const outcomes = await Promise.all(
          orders.map((ids) =>
            items()
              .reorder(ids, { expectedVersion: version })
              .then(
                () => 'done',
                (error: { readonly errorCode: string }) => error.errorCode,
              ),
          ),
        )
        expect(outcomes.filter((outcome) => outcome === 'done')).to.have.length(1)
        expect(outcomes.filter((outcome) => outcome === 'LIST_CHANGED')).to.have.length(7)
        const after = await readList(items(), { listId: 1 })
        expect(after.version).to.equal(version + 1)
        expect(after.rows.map(({ id }) => id)).to.deep.equal(orders[outcomes.indexOf('done')])
      })

      it('stay as they were where a row cannot be removed', async () => {
        await add(4)
        const ids = (await items().find()).map(({ id }) => id)
        const reference = Item === Step ? { step: { id: ids[1]! } } : { track: { id: ids[1]! } }
        await dataSource.getRepository(Mark).insert(reference)
        const { version } = await readList(items(), { listId: 1 })
        expect(await failure(items().purge([ids[0]!, ids[1]!]))).to.be.instanceOf(Error)
        const after = await readList(items(), { listId: 1 })
        expect([after.version, after.rows.map(({ id }) => id)]).to.deep.equal([version, ids])
        expect(await wrong()).to.deep.equal([])
      })

      it('are found to be wrong, and put right', async () => {
        await add(5)
        await add(2, 2)
        const ids = (await items().find({ order: { id: 'ASC' } })).map(({ id }) => id)
        const column = dataSource.driver.escape(Item === Step ? 'position' : 'rank')
        const table = dataSource.driver.escape(Item.name.toLowerCase())
        const value = Item === Step ? '9' : "'zz'"
        await dataSource.query(`UPDATE ${table} SET ${column} = ${value} WHERE id = ${ids[0]}`)
        await dataSource.query(`UPDATE ${table} SET ${column} = NULL WHERE id = ${ids[1]}`)
        const gaps = Item === Step ? [1, 2, 6, 7, 8] : []
        const invalid = Item === Step ? [] : [ids[0]]
        expect(await wrong()).to.deep.equal([{ list: { listId: 1 }, duplicates: [], gaps, invalid, nulls: [ids[1]] }])
        expect(await healLists(items())).to.be.greaterThan(0)
        expect(await wrong()).to.deep.equal([])
        const order = (await readList(items(), { listId: 1 })).rows.map(({ id }) => id)
        expect(order).to.deep.equal([ids[2], ids[3], ids[4], ids[0], ids[1]])
        expect(await healLists(items())).to.equal(0)
        await healLists(items(), [{ property: 'id', direction: 'DESC' }])
        const descending = (await readList(items(), { listId: 1 })).rows.map(({ id }) => id)
        expect(descending).to.deep.equal(ids.slice(0, 5).toReversed())
      })

      it('tell the positions of rows', async () => {
        await add(4)
        await add(2, 2)
        const ids = (await items().find({ order: { id: 'ASC' } })).map(({ id }) => id)
        await items().moveToTop(ids[3]!)
        await items().delete(ids[1]!)
        const asked = [ids[3]!, ids[2]!, ids[5]!, ids[1]!, 99_999]
        const positions = await positionsOf(items(), asked)
        expect([...positions]).to.deep.equal([
          [ids[3], 1],
          [ids[2], 3],
          [ids[5], 2],
        ])
        expect(await failure(readList(items()))).to.have.property('errorCode', 'UNKNOWN_LIST')
      })
    })
  }
})

const rotated = <T>(all: readonly T[], by: number): readonly T[] => [...all.slice(by), ...all.slice(0, by)]
