import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type HasRank,
  type HasVersion,
  Orderable,
  type Ordered,
  Ranked,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  Versioned,
} from '../../decorators/index.js'
import { type Announcement, type CommittedWrite, createDataSource, type ModelDataSource, on } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Timestamps()
@Versioned()
@SoftDelete()
@Orderable({ within: ['list'], touchSiblings: true })
class Card {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 1 })
  list!: number
}
interface Card extends Timestamped, HasVersion, SoftDeletable, Ordered {}

@Entity()
@Timestamps()
@Versioned()
@SoftDelete()
@Ranked({ within: ['list'], touchSiblings: true })
class Note {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 1 })
  list!: number
}
interface Note extends Timestamped, HasVersion, SoftDeletable, HasRank {}

@Entity()
@Timestamps()
@Versioned()
@Orderable()
class Plain {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Plain extends Timestamped, HasVersion, Ordered {}

const noon = Date.UTC(2024, 1, 29, 12)

describeOnEngines('Rows that make room for others', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const clock = { instant: noon, now: () => new Date(clock.instant) }

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Card, Note, Plain], clock }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const table of ['card', 'note']) await dataSource.query(`DELETE FROM ${table}`)
    clock.instant = noon
    const ids = [1, 2, 3, 4, 5]
    await cards().insert(ids.map((id) => ({ id })))
    await notes().insert(ids.map((id) => ({ id })))
    clock.instant = noon + 1000
  })

  const cards = () => dataSource.getRepository(Card)
  const notes = () => dataSource.getRepository(Note)

  /** The ids of the rows that were written a second time, each once. */
  const written = async (repository: 'cards' | 'notes' = 'cards') => {
    const rows = await (repository === 'cards' ? cards() : notes()).unscoped().find({ order: { id: 'ASC' } })
    const later = rows.filter(({ updatedAt }) => updatedAt.getTime() > noon)
    expect(later.every(({ version, id }) => version === (id > 5 ? 1 : 2))).to.equal(true)
    expect(rows.filter((row) => !later.includes(row)).every(({ version }) => version === 1)).to.equal(true)
    return later.map(({ id }) => id)
  }

  const ways: Readonly<Record<string, readonly [write: () => Promise<unknown>, ids: readonly number[]]>> = {
    'a move down': [() => cards().moveTo(2, { position: 4 }), [2, 3, 4]],
    'a move up': [() => cards().moveTo(4, { position: 2 }), [2, 3, 4]],
    'a step': [() => cards().moveDown(1), [1, 2]],
    'a block, but for those that come back to where they were': [
      () => cards().moveAfter([1, 2], { id: 4 }),
      [1, 2, 3, 4],
    ],
    'a swap': [() => cards().swap(1, { id: 5 }), [1, 5]],
    'a new order': [() => cards().reorder([1, 3, 2, 4, 5]), [2, 3]],
    'a move that changes nothing': [() => cards().moveTo(3, { position: 3 }), []],
    'a row that is deleted': [() => cards().delete(3), [3, 4, 5]],
    'rows that are deleted here and there': [() => cards().delete([1, 4]), [1, 2, 3, 4, 5]],
    'a row that is removed': [() => cards().purge(4), [5]],
    'a row that changes its list': [() => cards().update(1, { list: 2 }), [1, 2, 3, 4, 5]],
    'a row that is taken out': [() => cards().removeFromList(4), [4, 5]],
    'a row that comes last': [() => cards().insert({ id: 6 }), [6]],
    'all of them': [() => cards().delete([1, 2, 3, 4, 5]), [1, 2, 3, 4, 5]],
  }
  for (const [way, [write, ids]] of Object.entries(ways)) {
    it(`are written with them, once, by ${way}`, async () => {
      await write()
      expect(await written()).to.deep.equal(ids)
    })
  }

  it('need not make room where they have ranks', async () => {
    await notes().moveTo(1, { position: 4 })
    await notes().delete(5)
    expect(await written('notes')).to.deep.equal([1, 5])
  })

  it('are left as they are where nobody asked for more: only the row that is moved is stamped and counted', async () => {
    const plain = dataSource.getRepository(Plain)
    clock.instant = noon
    await plain.insert([1, 2, 3, 4].map((id) => ({ id })))
    clock.instant = noon + 1000
    await plain.moveToTop(3)
    await plain.moveAfter(1, { id: 2 })
    const rows = await plain.find()
    expect(rows.map(({ id, position, version }) => [id, position, version])).to.deep.equal([
      [3, 1, 2],
      [2, 2, 1],
      [1, 3, 2],
      [4, 4, 1],
    ])
    const stamped = rows.filter(({ updatedAt }) => updatedAt.getTime() === noon + 1000)
    expect(stamped.map(({ id }) => id)).to.deep.equal([3, 1])
  })

  it('are written where all ranks are made anew, which is announced', async () => {
    const told: CommittedWrite[] = []
    const heard: Announcement[] = []
    const stop = dataSource.events.onCommitted((write) => void told.push(write))
    const leave = dataSource.events.listen(on(Note, { afterRanksRenewed: (event) => void heard.push(event) }))
    // The longest rank there is room for, so that nothing fits behind it but in front of the next.
    const [low, high] = [`a0${'0'.repeat(61)}1`, `a0${'0'.repeat(61)}2`]
    const set = (id: number, rank: string) =>
      dataSource.query(`UPDATE note SET ${quoted('rank')} = '${rank}' WHERE id = ${id}`)
    await set(1, low)
    await set(2, high)
    const { operation } = await notes().moveAfter(5, { id: 1 })
    stop()
    leave()
    const ids = (await notes().find()).map(({ id }) => id)
    expect(ids).to.deep.equal([1, 5, 2, 3, 4])
    expect(await written('notes')).to.include.members([1, 2, 5])
    expect((await notes().find()).every(({ rank }) => rank!.length < 4)).to.equal(true)
    const renewals = told.filter(({ kind }) => kind === 'ranksRenewed')
    expect(renewals).to.deep.equal([
      { kind: 'ranksRenewed', entity: Note, ids: 'many', operation, details: { list: { list: 1 }, rows: 5 } },
    ])
    const now = new Date(noon + 1000)
    const details = { list: { list: 1 }, rows: 5 }
    expect(heard).to.deep.equal([{ kind: 'ranksRenewed', entity: Note, operation, now, details }])
  })

  it('are not told of a renewal that is undone', async () => {
    const told: string[] = []
    const stop = dataSource.events.onCommitted(({ kind }) => void told.push(kind))
    const leave = dataSource.events.listen(on(Note, { afterRanksRenewed: ({ kind }) => void told.push(kind) }))
    await dataSource.query(`UPDATE note SET ${quoted('rank')} = 'a0${'0'.repeat(61)}1' WHERE id = 1`)
    await dataSource.query(`UPDATE note SET ${quoted('rank')} = 'a0${'0'.repeat(61)}2' WHERE id = 2`)
    const unit = dataSource.atomic(async () => {
      await notes().moveAfter(5, { id: 1 })
      throw new Error('no')
    })
    expect(await unit.catch((error: Error) => error.message)).to.equal('no')
    stop()
    leave()
    expect(told).to.deep.equal([])
  })

  it('by many at once: every move counts, and none is the victim of another', async () => {
    const moves = Array.from({ length: 20 }, (_, index) =>
      cards().moveTo(1 + (index % 5), { position: 1 + (index % 4) }),
    )
    const affected = (await Promise.all(moves)).reduce((sum, receipt) => sum + receipt.affected, 0)
    const rows = await cards().find()
    expect(rows.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5])
    const versions = rows.reduce((sum, { version }) => sum + version - 1, 0)
    expect(versions).to.be.greaterThan(affected)
  })

  const quoted = (name: string) => dataSource.driver.escape(name)
})
