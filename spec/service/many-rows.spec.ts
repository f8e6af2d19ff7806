import { expect } from 'chai'
import {
  createDataSource,
  type ModelDataSource,
  ModelService,
  ServiceResult,
  silentLogger,
  type ValuesFor,
} from 'plinth'
import {
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

interface Note extends UuidIdentified, SoftDeletable, Slugged, Ordered {}
@Entity('many_notes')
@UuidPk()
@SoftDelete()
@Sluggable({ from: 'title' })
@Orderable({ within: ['box'] })
class Note {
  @Column({ length: 40 }) title!: string
  @Column({ length: 10, default: 'new' }) state!: string
  @Column({ type: 'int', default: 1 }) box!: number
}

/** A row whose key has two parts. */
@Entity('many_seats')
class Seat {
  @PrimaryColumn({ type: 'int' }) place!: number
  @PrimaryColumn({ type: 'int' }) hall!: number
  @Column({ length: 10 }) state!: string
}

class NoteService extends ModelService(Note) {}

class SeatService extends ModelService(Seat) {}

/** Has a rule for each row. */
class StrictService extends ModelService(Note) {
  override create(values: ValuesFor<Note>): Promise<ServiceResult<Note>> {
    return super.create({ ...values, state: 'strict' })
  }
  override async update(idOrRow: string | number | Note, values: ValuesFor<Note>): Promise<ServiceResult<Note>> {
    return super.update(idOrRow, { ...values, state: 'strict' })
  }
  override async delete(idOrRow: string | number | Note): Promise<ServiceResult<undefined>> {
    const found = typeof idOrRow === 'object' ? idOrRow : (await this.get(idOrRow)).unwrap()
    return found.title === 'holy' ? ServiceResult.failure('This one stays.', 'HOLY') : super.delete(found)
  }
}

/** Says itself how many rows are written. */
class KnowingService extends StrictService {
  override createMany(values: readonly ValuesFor<Note>[]): Promise<ServiceResult<readonly Note[]>> {
    return super.createMany(values.map((one) => ({ ...one, state: 'known' })))
  }
}

const titled = (...titles: readonly string[]) => titles.map((title) => ({ title }))

describeOnEngines('Services that write many rows', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let notes: NoteService
  let strict: StrictService
  let seats: SeatService

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Note, Seat], synchronize: true })
    await dataSource.initialize()
    const context = { dataSource, logger: silentLogger }
    notes = new NoteService(context)
    strict = new StrictService(context)
    seats = new SeatService(context)
  })
  beforeEach(async () => {
    const all = await dataSource.getRepository(Note).withDeleted().find()
    if (all.length > 0) await dataSource.getRepository(Note).purge(all.map(({ id }) => id))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const made = async (...titles: readonly string[]) => (await notes.createMany(titled(...titles))).unwrap()
  const stored = async () =>
    (await notes.list(notes.select().orderBy([{ property: 'position', direction: 'ASC' }])))
      .unwrap()
      .map(({ title, slug, state, position }) => `${position} ${title} ${slug} ${state}`)

  const numbered = async (count: number, box: number) => {
    const values = Array.from({ length: count }, (_, index) => ({ title: `${box} ${index}x`, box }))
    return (await notes.createMany(values)).unwrap()
  }
  const counted = async (work: () => Promise<ServiceResult<unknown>>) => {
    let count = 0
    const stop = dataSource.onStatement(() => count++)
    const result = await work()
    stop()
    return result.success ? count : result
  }

  it('make them in their order, and answer them as they are stored', async () => {
    const rows = await made('b', 'a', 'a')
    for (const row of rows) expect(row).to.be.instanceOf(Note)
    expect(rows.map(({ slug, state, position }) => `${position} ${slug} ${state}`)).to.deep.equal([
      '1 b new',
      '2 a new',
      '3 a-2 new',
    ])
    expect(await Promise.all(rows.map(async ({ id }) => (await notes.get(id)).unwrap()))).to.deep.equal(rows)
    expect((await notes.createMany([])).unwrap()).to.deep.equal([])
  })

  it('change them by ids and by rows, and answer them in the order in which they were named', async () => {
    const [a, b, c] = await made('a', 'b', 'c')
    const changed = (await notes.updateMany([c!.id.toUpperCase(), a!], { state: 'old', box: undefined })).unwrap()
    expect(changed.map(({ title, state }) => `${title} ${state}`)).to.deep.equal(['c old', 'a old'])
    expect(a!.state).to.equal('new')
    expect((await notes.get(b!.id)).unwrap()).to.deep.equal(b)
    expect((await notes.updateMany([b!], {})).unwrap()).to.deep.equal([b])
    expect((await notes.updateMany([], { state: 'x' })).unwrap()).to.deep.equal([])
  })

  it('delete them, and bring them back by a verb', async () => {
    const [a, b, c] = await made('a', 'b', 'c')
    expect(await notes.deleteMany([a!, c!.id])).to.deep.include({ success: true, data: undefined })
    expect(await stored()).to.deep.equal(['1 b b new'])
    expect((await notes.restore([c!.id, a!.id])).unwrap().affected).to.equal(2)
    expect(await stored()).to.deep.equal(['1 a a new', '2 b b new', '3 c c new'])
    expect((await notes.purge([a!.id, b!.id])).unwrap().affected).to.equal(2)
    expect(await stored()).to.deep.equal(['1 c c new'])
  })

  it('write all of them or none', async () => {
    const [a, b] = await made('a', 'b')
    await notes.delete(b!)
    const gone = { success: false, errorCode: 'NOT_FOUND', error: 'There is no such Note.' }
    for (const missing of [b!, b!.id, 'no-id', '']) {
      expect(await notes.updateMany([a!, missing], { state: 'old' })).to.include(gone)
      expect(await notes.deleteMany([a!.id, missing])).to.include(gone)
    }
    expect(await notes.updateMany([a!], { id: b!.id })).to.include({ success: false, errorCode: 'INVALID_ID' })
    expect(await notes.createMany([{ title: 'c' }, { id: a!.id, title: 'd' }])).to.include({ success: false })
    expect(await stored()).to.deep.equal(['1 a a new'])
  })

  it('ask an override of the method for one row about each, unless the other one is overridden too', async () => {
    const rows = (await strict.createMany(titled('a', 'holy'))).unwrap()
    expect(rows.map(({ state }) => state)).to.deep.equal(['strict', 'strict'])
    expect((await strict.updateMany(rows, { state: 'x' })).unwrap().map(({ state }) => state)).to.deep.equal([
      'strict',
      'strict',
    ])
    expect(await strict.deleteMany(rows)).to.include({ success: false, errorCode: 'HOLY' })
    expect(await stored()).to.deep.equal(['1 a a strict', '2 holy holy strict'])
    const knowing = new KnowingService({ dataSource, logger: silentLogger })
    expect((await knowing.createMany(titled('b'))).unwrap()[0]).to.include({ state: 'known' })
  })

  it('write rows whose keys have several parts one by one', async () => {
    const rows = (await seats.createMany([1, 2].map((place) => ({ place, hall: 1, state: 'free' })))).unwrap()
    expect((await seats.updateMany(rows, { state: 'taken' })).unwrap().map(({ state }) => state)).to.deep.equal([
      'taken',
      'taken',
    ])
    expect(await seats.deleteMany([rows[0]!])).to.include({ success: true })
    expect((await seats.list()).unwrap()).to.deep.equal([{ place: 2, hall: 1, state: 'taken' }])
    await seats.deleteMany([rows[1]!])
  })

  it('send as many statements for thirty rows as for three', async () => {
    // Each in a list of its own, so that what stands beside them is the same.
    const [few, many] = [await numbered(3, 2), await numbered(30, 3)]
    for (const write of [
      (rows: readonly Note[]) => notes.updateMany(rows, { state: 'old' }),
      (rows: readonly Note[]) => notes.deleteMany(rows),
      (rows: readonly Note[]) => notes.createMany(rows.map(({ title, box }) => ({ title: `${title} again`, box }))),
    ]) {
      expect(await counted(() => write(many))).to.equal(await counted(() => write(few)))
    }
  })

  it('keep lists without gaps and slugs unique while many clients write', async () => {
    const [doomed, changed] = [await made('x', 'y', 'z'), await made('u', 'v')]
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, client) =>
        client % 3 === 0
          ? notes.createMany(titled('a', 'b', 'a'))
          : client % 3 === 1
            ? notes.deleteMany(client === 1 ? doomed : doomed.toReversed())
            : notes.updateMany(client === 2 ? changed : changed.toReversed(), { state: `by ${client}` }),
      ),
    )
    expect(results.filter(({ success }) => !success)).to.have.length(1)
    const rows = (await notes.list()).unwrap()
    expect(rows.map(({ position }) => position).toSorted((a, b) => Number(a) - Number(b))).to.deep.equal(
      rows.map((_, index) => index + 1),
    )
    expect(new Set(rows.map(({ slug }) => slug)).size).to.equal(8)
    expect(new Set(rows.filter(({ title }) => 'uv'.includes(title)).map(({ state }) => state)).size).to.equal(1)
  })
})
