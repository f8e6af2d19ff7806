import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type HasRank,
  Orderable,
  type Ordered,
  Ranked,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  withPlace,
} from '../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../src/index.js'
import { expectQueries } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@SoftDelete()
@Ranked({ within: ['list'] })
class Song {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 1 })
  list!: number
}
interface Song extends SoftDeletable, HasRank {}

@Entity()
@Ranked()
class Track {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Track extends HasRank {}

@Entity()
@SoftDelete()
@Orderable({ within: ['list'] })
class Card {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 1 })
  list!: number
}
interface Card extends SoftDeletable, Ordered {}

@Entity()
@SoftDelete()
@Sluggable({ from: 'title' })
class Page {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20 })
  title!: string
}
interface Page extends SoftDeletable, Slugged {}

describeOnEngines('The statements', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Song, Track, Card, Page] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  // Elsewhere a row is read to know its lock, the lock is taken, and the row is read again under it.
  const own = engine.name === 'sqlite' ? 1 : 3

  it('of a move by rank: its row with the neighbours, the version that is the lock, the row', async () => {
    const songs = dataSource.getRepository(Song)
    await songs.insert([1, 2, 3, 4, 5].map((id) => ({ id })))
    const versions: unknown[] = []
    for (const move of [
      () => songs.moveAfter(1, { id: 4 }),
      () => songs.moveToTop(5),
      () => songs.moveBefore(2, { id: 1 }),
      () => songs.moveToBottom(3),
      () => songs.moveUp(3, { by: 2 }),
      () => songs.moveDown(5, { by: 9 }),
      () => songs.moveTo(1, { position: 2 }),
      () => songs.moveTo(4, { position: -2, expectedVersion: 8 }),
    ]) {
      versions.push((await expectQueries(dataSource, move, 3)).answer.version)
    }
    expect(versions).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9])
    expect((await songs.find()).map(({ id }) => id)).to.deep.equal([1, 3, 2, 4, 5])
  })

  it('of a move by rank where all rows are one list', async () => {
    const tracks = dataSource.getRepository(Track)
    await tracks.insert([1, 2, 3].map((id) => ({ id })))
    const moved = await expectQueries(dataSource, () => tracks.moveToTop(3), 3)
    const again = await expectQueries(dataSource, () => tracks.moveAfter(1, { id: 2 }), 3)
    expect([moved.answer.version, again.answer.version]).to.deep.equal([2, 3])
    expect((await tracks.find()).map(({ id }) => id)).to.deep.equal([3, 2, 1])
  })

  it('of a move among numbers: its row under its lock, the others on a detour, the row, the version', async () => {
    const cards = dataSource.getRepository(Card)
    await cards.insert([1, 2, 3, 4, 5].map((id) => ({ id })))
    for (const move of [
      () => cards.moveToTop(5),
      () => cards.moveTo(5, { position: 4 }),
      () => cards.moveAfter(1, { id: 4 }),
      () => cards.moveDown(2),
    ]) {
      await expectQueries(dataSource, move, { atMost: own + 5 })
    }
    expect((await cards.find()).map(({ id, position }) => [id, position])).to.deep.equal([
      [3, 1],
      [2, 2],
      [5, 3],
      [4, 4],
      [1, 5],
    ])
    // Rows that come first make one statement where the engine can tell the order in which it writes.
    const shifts: string[] = []
    const stop = dataSource.onStatement(({ sql }) => {
      if (/^UPDATE .?card/.test(sql)) shifts.push(sql)
    })
    await withPlace(Card, 'first', () => cards.insert([{ id: 6 }, { id: 7 }]))
    await cards.delete(3)
    stop()
    expect(shifts).to.have.length(engine.name === 'mariadb' ? 3 : 5)
    expect((await cards.find()).map(({ id }) => id)).to.deep.equal([6, 7, 2, 5, 4, 1])
  })

  it('of slugs that are made anew are one UPDATE for 500 rows', async () => {
    const pages = dataSource.getRepository(Page)
    const ids = Array.from({ length: 1100 }, (_, id) => id)
    await pages.insert(ids.map((id) => ({ id, title: `old ${id % 700}` })))
    await dataSource.query("UPDATE page SET title = 'new'")
    const updates: string[] = []
    const stop = dataSource.onStatement(({ sql }) => {
      if (/^UPDATE .?page/.test(sql)) updates.push(sql)
    })
    const { affected } = await pages.reslug(ids)
    stop()
    expect([affected, updates.length]).to.deep.equal([1100, 3])
    const slugs = (await pages.find({ order: { id: 'ASC' } })).map(({ slug }) => slug)
    expect(slugs).to.deep.equal(ids.map((id) => (id === 0 ? 'new' : `new-${id + 1}`)))
  })
})
