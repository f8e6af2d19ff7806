import { expect } from 'chai'
import * as fc from 'fast-check'
import { Column, Entity, MoreThanOrEqual, PrimaryColumn } from 'typeorm'
import {
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from '../../../decorators/index.js'
import {
  type CommittedWrite,
  createDataSource,
  type ModelDataSource,
  ModelService,
  silentLogger,
} from '../../../src/index.js'
import type { ScopedRepository } from '../../../src/orm/model-repository.js'
import { entityReaderOf } from '../../../src/orm/writes/by-statement/entity-reader.js'
import { newRows } from '../../../src/orm/writes/by-statement/new-rows.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { type RandomEntity, randomEntities, rowOf } from '../reads/support.js'

/** How many random entities are compared on each engine, beside two that have columns of all types. */
const entityCount = 3
const groupSize = 8

export interface Note extends UuidIdentified, SoftDeletable, Slugged {}
@Entity('new_notes')
@UuidPk()
@SoftDelete()
@Sluggable({ from: 'title', within: ['folder'], onUpdate: 'regenerate' })
export class Note {
  @Column({ length: 40 }) title!: string
  @Column({ type: 'int', default: 1 }) folder!: number
}
class NoteService extends ModelService(Note) {}

@Entity('new_numbers')
class Numbered {
  @PrimaryColumn({ type: 'int', generated: 'increment' }) id!: number
  @Column({ length: 20 }) name!: string
}

let seals = 0
const sealed = { to: () => `seal ${(seals += 1)}`, from: (seal: string) => seal }

interface Letter extends UuidIdentified, Timestamped {}
@Entity('new_letters')
@UuidPk()
@Timestamps()
class Letter {
  @Column({ length: 20, transformer: sealed }) seal!: string
}

interface Tick extends Timestamped {}
@Entity('new_ticks')
@Timestamps()
class Tick {
  @PrimaryColumn({ type: 'int', generated: 'increment' }) id!: number
}

@Entity('new_prices')
class Price {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20 }) label!: string
  @Column({ type: 'decimal', precision: 10, scale: 2, nullable: true }) amount!: string | null
  @Column({ type: 'real', nullable: true }) weight!: number | null
}

interface Part extends UuidIdentified, Slugged {}
/** Its columns are called as those are that SQLite reads lists by. */
@Entity('new_parts')
@UuidPk()
@Sluggable({ from: 'title', within: ['type', 'key'] })
class Part {
  @Column({ length: 40 }) title!: string
  @Column({ length: 10 }) type!: string
  @Column({ type: 'int' }) key!: number
}

const short = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Math.trunc(value % 2 ** 30) + 0.125 : value

const titled = (titles: readonly string[], folder = 1) => titles.map((title) => ({ title, folder }))
const slugsOf = (rows: readonly object[] | undefined) => rows?.map((row) => (row as Note).slug)
const range = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)

describeOnEngines('Rows that are made by one statement for all', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let randoms: readonly RandomEntity[]
  let notes: NoteService
  const sent: string[] = []
  const isMade = engine.name !== 'mariadb'

  before(async () => {
    database = await engine.create()
    randoms = randomEntities('new', engine.name, entityCount)
    dataSource = await createDataSource({
      ...database.options,
      entities: [Note, Numbered, Letter, Tick, Price, Part, ...randoms.map(({ entity }) => entity)],
      synchronize: true,
    }).initialize()
    notes = new NoteService({ dataSource, logger: silentLogger })
    dataSource.onStatement(({ sql }) => sent.push(sql))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const made = <E extends object>(entity: new () => E, values: readonly object[]) => {
    const reader = entityReaderOf(dataSource, dataSource.getMetadata(entity))
    const repository = dataSource.getRepository(entity) as unknown as ScopedRepository<E>
    return newRows(repository, () => repository.create(values as never[]), reader!)
  }

  it('are stored, and given back, as rows are that are inserted and read', async () => {
    let byStatement = 0
    for (const random of randoms) {
      const repository = dataSource.getRepository(random.entity)
      for (const [time, count] of [groupSize, groupSize, 1].entries()) {
        const sampled = fc.sample(rowOf(random.properties), count)
        const values = sampled.map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [name, short(value)])),
        )
        const [own, other] = [1000 * time, 1000 * time + 500].map((first) => range(count, first + 1))
        const withIds = (ids: readonly number[]) =>
          values.map((one, index) => ({ ...structuredClone(one), id: ids[index]! }))
        const given = withIds(own!)
        const rows = await made(random.entity, given)
        if (!isMade) expect(rows).to.equal(undefined)
        if (!rows) await repository.insert(given)
        else byStatement += 1
        await repository.insert(repository.create(withIds(other!) as never[]) as never)
        const read = new Map((await repository.find()).map((row) => [row['id'], row]))
        for (const [index, id] of own!.entries()) {
          expect({ ...read.get(id), id: 0 }).to.deep.equal({ ...read.get(other![index]), id: 0 })
          if (rows) expect(rows[index]).to.deep.equal(read.get(id))
        }
      }
    }
    // Lists have no values of some types; those of enumerations are one of them on PostgreSQL.
    if (isMade) expect(byStatement).to.be.at.least(engine.name === 'sqlite' ? 3 * randoms.length : 1)
  })

  it('are all made or none, by one statement', async () => {
    sent.length = 0
    const rows = await made(Note, titled(['one', 'two', 'three']))
    expect(slugsOf(rows)).to.deep.equal(isMade ? ['one', 'two', 'three'] : undefined)
    if (!isMade) return
    expect(sent).to.have.length(1)
    expect(await made(Note, titled(['four', 'two', 'five']))).to.equal(undefined)
    expect(await made(Note, titled(['six', 'six']))).to.equal(undefined)
    expect(await dataSource.getRepository(Note).count()).to.equal(3)
    const answers = await Promise.all([
      notes.createMany(titled(['six', 'six'])),
      notes.createMany(titled(['four', 'two'])),
    ])
    expect(answers.map((answer) => slugsOf(answer.unwrap()))).to.deep.equal([
      ['six', 'six-2'],
      ['four', 'two-2'],
    ])
    expect(slugsOf(await made(Note, titled(['one', 'two'], 2)))).to.deep.equal(['one', 'two'])
  })

  it('are not given what another row has given up', async () => {
    const [row] = (await notes.createMany(titled(['old']))).unwrap()
    await notes.update(row!.id, { title: 'renamed' })
    sent.length = 0
    const rows = (await notes.createMany(titled(['fresh', 'old']))).unwrap()
    expect(slugsOf(rows)).to.deep.equal(['fresh', 'old-2'])
  })

  it('have the keys that the database makes, in their order', async () => {
    const names = range(20).map((index) => `name ${index}`)
    const rows = await made(
      Numbered,
      names.map((name) => ({ name })),
    )
    // What SQLite returns has no order that it promises, and keys that nobody knows cannot bring it into one.
    expect(rows?.map((row) => (row as Numbered).name)).to.deep.equal(engine.name === 'postgres' ? names : undefined)
    const ids = rows?.map((row) => (row as Numbered).id) ?? []
    expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b))
  })

  it('have instants that all share by one value, and of each what a transformer makes for it', async () => {
    if (!isMade) return
    sent.length = 0
    const letters = (await made(Letter, [{ seal: 'a' }, { seal: 'a' }, { seal: 'a' }])) as readonly Letter[]
    expect(new Set(letters.map(({ seal }) => seal)).size).to.equal(3)
    expect(new Set(letters.map(({ createdAt }) => createdAt.getTime())).size).to.equal(1)
    expect(await dataSource.getRepository(Letter).find({ order: { id: 'ASC' } })).to.deep.equal(letters)
    const placeholders = sent[0]!.match(/\?|\$\d+/g)
    expect(placeholders).to.have.length(engine.name === 'sqlite' ? 2 + 3 * 2 : 2 + 2)
    // SQLite does not say in which order it gives keys.
    const ticks = await made(Tick, [{}, {}])
    expect(ticks?.length).to.equal(engine.name === 'sqlite' ? undefined : 2)
  })

  it('are given back as they are stored, by the statement where that is not what is bound', async () => {
    if (!isMade) return
    const prices = [
      { label: '12', amount: null, weight: 1.5 },
      { label: ' 1e5', amount: '12.50', weight: 2 },
      { label: '\u{1F600}', amount: null, weight: null },
      { label: '0x10', amount: null, weight: -0 },
    ]
    const asked: boolean[] = []
    for (const [index, price] of prices.entries()) {
      const own = [
        { ...price, id: 2 * index + 1 },
        { ...price, id: 2 * index + 2 },
      ].toReversed()
      sent.length = 0
      const rows = await made(Price, own)
      asked.push(sent[0]!.includes(' RETURNING '))
      const stored = await Promise.all(own.map(({ id }) => dataSource.getRepository(Price).findOneBy({ id })))
      expect(rows).to.deep.equal(stored)
    }
    expect(asked).to.deep.equal(engine.name === 'sqlite' ? [false, true, false, true] : [true, true, true, true])
  })

  it('keep every character of their texts, whatever it means to the engine in a list', async () => {
    if (!isMade) return
    const characters = Array.from({ length: 0x7f }, (_, index) => String.fromCodePoint(index + 1))
    const words = [
      '',
      'NULL',
      'null',
      '{}',
      '{"a","b"}',
      '\\"',
      '"',
      '\\',
      '\\n',
      '\\u0041',
      '\u{1F600}"',
      '\u2028"',
      '\ud7ff"',
      '\ue000"',
    ]
    const texts = [...words, ...characters, ...characters.map((one) => `"${one}\\`)]
    const labels = (rows: readonly object[] | undefined) => rows?.map((row) => (row as Price).label)
    const numbered = (from: number) =>
      texts.map((label, index) => ({ id: from + index, label, amount: null, weight: 1 }))
    sent.length = 0
    expect(labels(await made(Price, numbered(1000)))).to.deep.equal(texts)
    // Beside nulls lists are written in another way.
    const mixed = numbered(2000).map((row, index) => ({ ...row, amount: index % 2 === 0 ? '1.00' : null }))
    expect(labels(await made(Price, mixed))).to.deep.equal(texts)
    expect(sent).to.have.length(2)
    const stored = await dataSource
      .getRepository(Price)
      .find({ where: { id: MoreThanOrEqual(1000) }, order: { id: 'ASC' } })
    expect(labels(stored)).to.deep.equal([...texts, ...texts])
  })

  it('are one statement, whatever their columns are called', async () => {
    if (!isMade) return
    sent.length = 0
    const parts = ['one', 'two', 'three'].map((title, key) => ({ title, type: 'spare', key }))
    expect(slugsOf(await made(Part, parts))).to.deep.equal(['one', 'two', 'three'])
    expect(sent).to.have.length(1)
    const again = parts.map((part) => ({ ...part, key: 1 }))
    expect(slugsOf(await made(Part, again))).to.equal(undefined)
    expect(await dataSource.getRepository(Part).count()).to.equal(3)
  })

  it('are told of once, by their keys', async () => {
    if (!isMade) return
    const told: Partial<CommittedWrite>[] = []
    const deaf = dataSource.events.onCommitted(({ kind, entity, ids }) => void told.push({ kind, entity, ids }))
    const rows = await made(Note, titled(['told', 'of']))
    deaf()
    expect(told).to.deep.equal([{ kind: 'insert', entity: Note, ids: rows!.map((row) => (row as Note).id) }])
  })

  it('of many who race have names that nobody else has or had, and none is lost', async () => {
    const titles = ['a', 'b', 'c', 'd', 'e', 'f']
    const repository = dataSource.getRepository(Note)
    const folder = 9
    const turns = range(5)
    const writer = async (client: number): Promise<number> => {
      let count = 0
      for (const turn of turns) {
        const some = titles.filter((_, index) => (index + client + turn) % 3 > 0)
        const rows = (await notes.createMany(titled(client % 2 === 0 ? some : some.toReversed(), folder))).unwrap()
        expect(rows.map(({ title }) => title)).to.have.members(some)
        count += rows.length
      }
      return count
    }
    const renamer = async (client: number): Promise<number> => {
      for (const turn of turns) {
        const [row] = (await notes.createMany(titled([titles[(client + turn) % titles.length]!], folder))).unwrap()
        await notes.update(row!.id, { title: `moved ${client} ${turn}` })
      }
      return turns.length
    }
    const counts = await Promise.all(range(8).map((client) => (client < 5 ? writer(client) : renamer(client))))
    const stored = await repository.findBy({ folder })
    expect(stored).to.have.length(counts.reduce((sum, count) => sum + count, 0))
    const { driver } = dataSource
    const table = driver.escape('new_notes_slug_history')
    const retired = await dataSource.query<{ slug: string; row: string }[]>(
      `SELECT slug, ${driver.escape('row')} FROM ${table}`,
    )
    const holders = new Map<string, string>()
    for (const { slug, id } of stored) {
      expect(holders.has(slug), slug).to.equal(false)
      holders.set(slug, id)
    }
    const own = new Set(stored.map(({ id }) => id))
    for (const { slug, row } of retired.filter((one) => own.has(one.row))) {
      expect(holders.get(slug) ?? row, slug).to.equal(row)
    }
  })
})
