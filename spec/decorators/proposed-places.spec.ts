import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { type AnyClass, createDataSource, type ModelDataSource, ModelService, silentLogger } from 'plinth'
import {
  type HasRank,
  Orderable,
  type Ordered,
  Ranked,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  verifyLists,
} from 'plinth/decorators'
import { BeforeInsert, BeforeUpdate, Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

abstract class Item {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'varchar', length: 10, nullable: true, default: 'A' }) list!: string | null
}
interface Item extends SoftDeletable {}

/** Whoever hears of its writes sees rows, so that all of them are written in a unit of work. */
abstract class Heard extends Item {
  @BeforeInsert()
  @BeforeUpdate()
  hear(): void {}
}

interface Card extends Ordered {}
@Entity('proposed_cards')
@SoftDelete()
@Orderable({ within: ['list'] })
class Card extends Item {}

interface HeardCard extends Ordered {}
@Entity('heard_cards')
@SoftDelete()
@Orderable({ within: ['list'] })
class HeardCard extends Heard {}

interface Song extends HasRank {}
@Entity('proposed_songs')
@SoftDelete()
@Ranked({ within: ['list'] })
class Song extends Item {}

interface HeardSong extends HasRank {}
@Entity('heard_songs')
@SoftDelete()
@Ranked({ within: ['list'] })
class HeardSong extends Heard {}

/** Two traits that take locks: one counts, and the other does not. */
interface Page extends Ordered, Slugged {}
@Entity('proposed_pages')
@SoftDelete()
@Orderable({ within: ['list'] })
@Sluggable({ from: 'title' })
class Page extends Item {
  @Column({ length: 20, default: 'Page' }) title!: string
}

type Kind = typeof Card | typeof Song | typeof HeardCard | typeof HeardSong

interface Step {
  readonly name: 'create' | 'delete' | 'restore' | 'moveToTop' | 'moveDown'
  readonly id: number
  readonly list: string | null
}

const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom('create' as const, 'delete', 'restore', 'moveToTop', 'moveDown'),
  id: fc.integer({ min: 1, max: 9 }),
  list: fc.constantFrom('A', 'A', 'A', 'B', null),
})

/** Two deletions have instants and ids of their own. */
const comparable = (name: string, value: unknown) => (name.startsWith('delet') ? value !== null : value)

describeOnEngines('Rows that come into lists and leave them', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const sent: string[] = []
  const entities = [Card, HeardCard, Song, HeardSong, Page]

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    dataSource.onStatement(({ sql }) => sent.push(sql))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  const empty = async () => {
    for (const entity of entities)
      await dataSource.query(`DELETE FROM ${dataSource.getMetadata(entity as AnyClass).tableName}`)
    await dataSource.query('DELETE FROM plinth_counters')
    await dataSource.query('DELETE FROM proposed_pages_slug_history')
    sent.length = 0
  }
  beforeEach(empty)

  const repositoryOf = (entity: Kind) => dataSource.getRepository(entity as typeof Card)
  const serviceOf = (entity: Kind) => {
    class ItemService extends ModelService(entity as typeof Card) {}
    return new ItemService({ dataSource, logger: silentLogger })
  }

  const stored = async (entity: Kind) => {
    const rows = await repositoryOf(entity)
      .withDeleted()
      .find({ order: { id: 'ASC' } })
    return rows.map((row) => Object.entries(row).map(([name, value]) => [name, comparable(name, value)]))
  }
  /** What each list has counted. */
  const versions = async (entity: Kind) => {
    const counters: { key: string; n: number | string }[] = await dataSource.query('SELECT * FROM plinth_counters')
    const { tableName } = dataSource.getMetadata(entity as AnyClass)
    // A lock that was taken without anything being changed is a counter that has counted nothing.
    const own = counters.filter(({ key, n }) => key.startsWith(`:${tableName}/`) && Number(n) > 0)
    return Object.fromEntries(own.map(({ key, n }) => [key.slice(key.indexOf('|')), Number(n)]))
  }

  const done = async (entity: Kind, { name, id, list }: Step): Promise<unknown> => {
    const service = serviceOf(entity)
    const calls = {
      create: () => service.create({ id, list }),
      delete: () => service.delete(id),
      restore: () => service.restore(id),
      moveToTop: () => service.moveToTop(id, {}),
      moveDown: () => service.moveDown(id, {}),
    }
    const { success, ...result } = await calls[name]()
    return success ? 'done' : (result as { errorCode: string }).errorCode
  }

  for (const [kind, own, heard] of [
    ['dense', Card, HeardCard],
    ['ranked', Song, HeardSong],
  ] as const) {
    it(`end where those end that a unit of work writes, and count as much, where lists are ${kind}`, async function () {
      this.timeout(120_000)
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
          await empty()
          for (const entity of [own, heard]) {
            for (const id of [1, 2, 3, 4]) await serviceOf(entity).create({ id, list: 'A' })
          }
          for (const one of steps) expect(await done(own, one)).to.deep.equal(await done(heard, one))
          expect(await stored(own)).to.deep.equal(await stored(heard))
          expect(await versions(own)).to.deep.equal(await versions(heard))
          expect(await verifyLists(repositoryOf(own))).to.deep.equal([])
        }),
        { numRuns: 15 },
      )
    })

    it(`lose nothing where many clients write lists that are ${kind}`, async function () {
      this.timeout(120_000)
      const service = serviceOf(own)
      for (const id of [1, 2, 3, 4, 5, 6]) await service.create({ id, list: id < 5 ? 'A' : 'B' })
      const codes = new Set<string>()
      let created = 6
      const client = async (number: number) => {
        for (let turn = 0; turn < 12; turn += 1) {
          const id = 1 + ((number * 5 + turn * 7) % 6)
          const list = turn % 3 === 0 ? 'B' : 'A'
          const name = (['create', 'delete', 'restore', 'moveToTop', 'create', 'moveDown'] as const)[
            (number + turn) % 6
          ]!
          const made = name === 'create' ? 100 * (number + 1) + turn : id
          const code = await done(own, { name, id: made, list })
          if (name === 'create') expect([made, code]).to.deep.equal([made, 'done'])
          if (name === 'create') created += 1
          codes.add(String(code))
        }
      }
      await Promise.all(Array.from({ length: 8 }, (_, number) => client(number)))
      // What somebody else has hidden, or has brought back already.
      for (const code of codes) expect(code).to.be.oneOf(['done', 'NOT_FOUND', 'NOT_DELETED'])
      expect(await repositoryOf(own).unscoped().count()).to.equal(created)
      expect(await verifyLists(repositoryOf(own))).to.deep.equal([])
      for (const row of await repositoryOf(own).withDeleted().find()) await service.restore(row.id)
      const rows = await repositoryOf(own).find()
      expect(rows).to.have.length(created)
      expect(await verifyLists(repositoryOf(own))).to.deep.equal([])
    })
  }

  const isPostgres = engine.name === 'postgres'
  const sentBy = async (work: () => Promise<unknown>): Promise<number> => {
    sent.length = 0
    await work()
    // A connection is told its isolation level when it is opened.
    return sent.filter((sql) => !sql.startsWith('SET ')).length
  }

  it('are written by few statements', async () => {
    const [cards, songs] = [serviceOf(Card), serviceOf(Song)]
    for (const id of [1, 2, 3]) for (const service of [cards, songs]) await service.create({ id })
    const counts = {
      created: await sentBy(() => cards.create({ id: 4 })),
      ranked: await sentBy(() => songs.create({ id: 4 })),
      saved: await sentBy(() => repositoryOf(Card).save({ id: 5 })),
      removed: await sentBy(() => songs.delete(2)),
      back: await sentBy(() => songs.restore(2)),
    }
    // Entities with keys that are given may be there already, so that a save looks.
    if (isPostgres) expect(counts).to.deep.equal({ created: 2, ranked: 2, saved: 6, removed: 3, back: 3 })
    else expect([counts.created, counts.ranked]).to.deep.equal([5, 5])
    expect((await repositoryOf(Song).find()).map(({ id }) => id)).to.deep.equal([1, 2, 3, 4])
    await cards.delete(5)
    expect(await sentBy(() => cards.restore(5))).to.equal(isPostgres ? 3 : engine.name === 'sqlite' ? 7 : 9)
    expect((await repositoryOf(Card).find()).map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5])
  })

  if (isPostgres) {
    it('are written as the list is then, where it changes between the question and the write', async () => {
      const { options } = database as { options: { extra: object } }
      // Statements of a single connection are sent in the order in which they are asked for.
      const alone = createDataSource({ ...database.options, entities, extra: { ...options.extra, max: 1 } })
      await alone.initialize()
      try {
        class CardService extends ModelService(Card) {}
        class SongService extends ModelService(Song) {}
        const [cards, songs] = [CardService, SongService].map((Service) => {
          return new Service({ dataSource: alone, logger: silentLogger }) as CardService
        }) as [CardService, CardService]
        for (const id of [1, 2, 3]) for (const service of [cards, songs]) await service.create({ id })
        /** Sends a change behind the first statement of some work, and in front of the second. */
        const meanwhile = async (change: string, work: () => Promise<unknown>) => {
          let open: (() => void) | undefined
          const held = new Promise<void>((resolve) => {
            open = resolve
          })
          const unit = alone.atomic(() => held)
          await delay(20)
          const working = work()
          await delay(20)
          const changing = alone.query(change)
          await delay(20)
          open?.()
          await Promise.all([unit, working, changing])
        }
        await meanwhile('DELETE FROM proposed_cards WHERE id = 3', () => cards.create({ id: 4 }))
        expect((await cards.list()).unwrap().map(({ position }) => position)).to.deep.equal([1, 2, 3])
        await meanwhile('DELETE FROM proposed_songs WHERE id = 1', () => songs.delete(2))
        await songs.create({ id: 5 })
        // Row 2 was behind row 1, and is the first now.
        await songs.restore(2)
        expect((await songs.list()).unwrap().map(({ id }) => id)).to.deep.equal([2, 3, 5])
      } finally {
        await alone.destroy()
      }
    })
  }

  it('count nothing where they are not written', async () => {
    class PageService extends ModelService(Page) {}
    const service = new PageService({ dataSource, logger: silentLogger })
    await service.create({ id: 1 })
    // Its name is taken, so that it is written with a number, or at the second attempt.
    await service.create({ id: 2 })
    // Its key is taken.
    expect((await service.create({ id: 2, title: 'Other' })).success).to.equal(false)
    const pages = dataSource.getRepository(Page)
    expect((await pages.find()).map(({ slug, position }) => [slug, position])).to.deep.equal([
      ['page', 1],
      ['page-2', 2],
    ])
    const { answer } = await pages.moveToTop(2, { expectedVersion: 2 })
    expect(answer.version).to.equal(3)
  })
})
