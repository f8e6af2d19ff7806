import { expect } from 'chai'
import {
  type Adds,
  all,
  anyone,
  column,
  createDataSource,
  defineTrait,
  eq,
  increment,
  type ModelDataSource,
  ModelViewSet,
  rowRule,
  Serializer,
  setPath,
} from 'plinth'
import {
  type HasMetadata,
  Metadata,
  Resource,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
} from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Served, serve } from '../../http/support/served.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

const ran: string[] = []

/** A third party's trait: a row that comes into sight is told how it came. */
const Welcomed = defineTrait({
  name: 'Welcomed',
  defaults: {},
  columns: () => ({ greeting: column.string({ length: 80, default: '' }) }),
  rules: () => ({
    enter: {
      sets: ['greeting'],
      propose: ({ before, after }, { visible }) => {
        ran.push('propose')
        const greeting = `${before === null ? 'hello' : `back from ${before['greeting']}`}, ${String(after['shelf'])}`
        return { values: { greeting }, unless: [{ where: visible(all(eq('greeting', greeting))) }] }
      },
      each: () => {
        ran.push('each')
        return { greeting: 'seen' }
      },
    },
  }),
})

interface Leaflet extends SoftDeletable, Slugged {}
@Entity('returning_leaflets')
@SoftDelete()
@Sluggable({ from: 'title', within: ['shelf'] })
class Leaflet {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @Column({ type: 'int', default: 1 }) shelf!: number
  @Column({ length: 20, default: 'ada' }) owner!: string
}

interface Guest extends SoftDeletable {
  greeting: string
}
@Entity('returning_guests')
@SoftDelete()
@Welcomed()
class Guest {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) shelf!: string
}

/** Names its rows by what no statement reads unless it is asked for. */
interface Whisper extends SoftDeletable, Slugged {}
@Entity('returning_whispers')
@SoftDelete()
@Sluggable({ from: 'secret' })
class Whisper {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40, select: false }) secret!: string
}

/** A third party's trait that counts in a property of the entity while it changes a document. */
const Noted = defineTrait({
  name: 'Noted',
  defaults: {},
  columns: () => ({}),
  inputs: () => ({ note: { word: column.string() } }),
  verbs: () => ({
    note: { set: ({ input: { word } }) => ({ hits: increment(1), metadata: setPath(['word'], word) }) },
  }),
})

interface Tally extends HasMetadata, Adds<typeof Noted> {}
@Entity('returning_tallies')
@Metadata()
@Noted()
class Tally {
  @PrimaryGeneratedColumn() id!: number
  /** SQLite gives a number. */
  @Column({ type: 'bigint' }) hits!: string | number
}

class LeafletSerializer extends Serializer(Leaflet, { fields: ['id', 'slug', 'isDeleted'] }) {}
const isOwner = rowRule<{ owner: string }>('owner', ({ user }, { owner }) => owner === user?.id)

@Resource('/leaflets')
class LeafletViewSet extends ModelViewSet(Leaflet, {
  serializer: LeafletSerializer,
  permissions: { '*': anyone },
  verbs: { restore: isOwner },
}) {}

/** How a call has ended. */
const ended = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'back',
    ({ errorCode }: { readonly errorCode: string }) => errorCode,
  )

describeOnEngines('Rows that come back', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    const entities = [Leaflet, Guest, Whisper, Tally]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    dataSource.onStatement(({ sql }) =>
      sent.push(sql.replace(/^WITH plinth_held AS \(.*?RETURNING 1\) /, '').split(' ')[0]!),
    )
    served = await serve({ viewSets: [LeafletViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const entity of [Leaflet, Guest, Whisper])
      await dataSource.query(`DELETE FROM ${dataSource.getMetadata(entity).tableName}`)
    await dataSource.query('DELETE FROM returning_leaflets_slug_history')
    ran.length = 0
  })

  const leaflets = () => dataSource.getRepository(Leaflet)
  const guests = () => dataSource.getRepository(Guest)
  const deleted = async (values: Partial<Leaflet>): Promise<number> => {
    const { id } = await leaflets().save(leaflets().create(values))
    await leaflets().delete(id)
    sent.length = 0
    return id
  }
  const stored = async (id: number) => {
    const { slug, isDeleted } = (await leaflets().unscoped().findById(id))!
    return { slug, isDeleted }
  }
  const isAtOnce = engine.name !== 'mariadb'
  const two = ['SELECT', 'UPDATE']

  it('are read once, and written by the statement that makes sure of what is proposed', async () => {
    const id = await deleted({ title: 'Moss' })
    expect(await ended(leaflets().restore(id))).to.equal('back')
    if (isAtOnce) expect(sent).to.deep.equal(two)
    else expect(sent).to.have.length(8)
    expect(await stored(id)).to.deep.equal({ slug: 'moss', isDeleted: false })
  })

  it('are answered over HTTP as they are stored then, once a permission has seen them', async () => {
    const id = await deleted({ title: 'Fern', owner: 'ada' })
    const path = `/leaflets/${id}/restore`
    expect((await served.request('POST', path, { body: {}, as: 'bob' })).status).to.equal(403)
    expect(await stored(id)).to.deep.equal({ slug: 'fern', isDeleted: true })
    sent.length = 0
    const { status, body } = await served.request('POST', path, { body: {}, as: 'ada' })
    expect({ status, body }).to.deep.equal({ status: 200, body: { id, slug: 'fern', isDeleted: false } })
    if (isAtOnce) expect(sent).to.deep.equal(two)
    const again = await served.request('POST', path, { body: {}, as: 'ada' })
    expect([again.status, again.body['code']]).to.deep.equal([409, 'NOT_DELETED'])
  })

  it('stay away where somebody has their slug, or has given it up and may come back to it', async () => {
    const id = await deleted({ title: 'Lichen' })
    const other = await leaflets().save(leaflets().create({ title: 'Lichen' }))
    expect(await ended(leaflets().restore(id))).to.equal('SLUG_TAKEN')
    await leaflets().update(other.id, { slug: 'lichens' })
    expect(await ended(leaflets().restore(id))).to.equal('SLUG_TAKEN')
    expect(await stored(id)).to.deep.equal({ slug: 'lichen', isDeleted: true })
    // Another group is not in the way.
    const elsewhere = await deleted({ title: 'Lichens', shelf: 2 })
    expect([await ended(leaflets().restore(elsewhere)), sent.length]).to.deep.equal(['back', isAtOnce ? 2 : 8])
    await leaflets().purge([other.id])
    expect(await ended(leaflets().restore(id))).to.equal('back')
  })

  it('are given values by rules of others, which see the row as it was', async () => {
    const { id } = await guests().save(guests().create({ shelf: 'attic' }))
    await guests().delete(id)
    const way = async () => {
      ran.length = 0
      await guests().restore(id)
      const { greeting } = (await guests().findById(id))!
      return [greeting, ...ran]
    }
    const before = (await guests().unscoped().findById(id))!.greeting
    const proposed = [`back from ${before}, attic`, 'propose']
    expect(await way()).to.deep.equal(isAtOnce ? proposed : ['seen', 'each'])
    // Somebody else has what would be proposed.
    await guests().delete(id)
    const taken = `back from ${(await guests().unscoped().findById(id))!.greeting}, attic`
    await dataSource.query(`INSERT INTO returning_guests (shelf, greeting) VALUES ('attic', '${taken}')`)
    expect(await way()).to.deep.equal(isAtOnce ? ['seen', 'propose', 'each'] : ['seen', 'each'])
  })

  it('are looked at the ordinary way where a rule may ask for what no statement reads', async () => {
    const whispers = dataSource.getRepository(Whisper)
    const { id } = await whispers.save(whispers.create({ secret: 'Hush' }))
    await whispers.delete(id)
    sent.length = 0
    await whispers.restore(id)
    expect(sent.length).to.be.greaterThan(2)
    expect((await whispers.findById(id))!.slug).to.equal('hush')
  })

  it('leave numbers to the database, which is exact where a program is not', async () => {
    const tallies = dataSource.getRepository(Tally)
    const { id } = await tallies.save(tallies.create({ hits: '9007199254740993' }))
    sent.length = 0
    await tallies.note(id, { word: 'once' })
    // The driver of SQLite reads the number as another one, which is then not the one that is stored.
    if (engine.name === 'postgres') expect(sent).to.deep.equal(two)
    const { hits, metadata } = (await tallies.findById(id))!
    expect([String(hits), metadata]).to.deep.equal(['9007199254740994', { word: 'once' }])
  })

  it('end alike in a unit of work and without one', async () => {
    const ways = [
      (id: number) => leaflets().restore(id),
      (id: number) => dataSource.atomic(() => leaflets().restore(id)),
    ]
    for (const restore of ways) {
      const ids = [await deleted({ title: 'Sedge' }), await deleted({ title: 'Sedge' })]
      const ends = [await ended(restore(ids[0]!)), await ended(restore(ids[0]!)), await ended(restore(ids[1]!))]
      expect(ends).to.deep.equal(['back', 'NOT_DELETED', 'SLUG_TAKEN'])
      await leaflets().delete(ids[0]!)
    }
  })

  it('share a slug with nobody, however many come back at once and by whatever way', async function () {
    this.timeout(60_000)
    const ids: number[] = []
    for (let index = 0; index < 24; index += 1) ids.push(await deleted({ title: index % 2 === 0 ? 'Reed' : 'Rush' }))
    const ways = [
      (id: number) => leaflets().restore(id),
      (id: number) => dataSource.atomic(() => leaflets().restore(id)),
      () => leaflets().save(leaflets().create({ title: 'Reed' })),
      (id: number) => leaflets().update(id, { slug: 'rush' }),
    ]
    for (let round = 0; round < 4; round += 1) {
      let next = 0
      const client = async () => {
        while (next < 48) {
          const number = next++
          await ended(ways[(number + round) % ways.length]!(ids[number % ids.length]!))
        }
      }
      await Promise.all(Array.from({ length: 8 }, client))
      const rows = await leaflets().find()
      const slugs = rows.map(({ slug }) => slug)
      expect(new Set(slugs).size).to.equal(slugs.length)
      const former = await dataSource.query<readonly { slug: string; row: string }[]>(
        'SELECT * FROM returning_leaflets_slug_history',
      )
      const holders = new Map(rows.map(({ slug, id }) => [slug, JSON.stringify({ id })]))
      expect(former.filter(({ slug, row }) => holders.has(slug) && holders.get(slug) !== row)).to.deep.equal([])
      for (const { id } of rows) if (round < 3) await leaflets().delete(id)
    }
    expect(await leaflets().count()).to.be.greaterThan(1)
  })
})
