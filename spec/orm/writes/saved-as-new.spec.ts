import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import {
  BaseModel,
  type HasMetadata,
  Metadata,
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'

class Size {
  @Column({ type: 'int', nullable: true }) width?: number
  @Column({ type: 'int', default: 3 }) height?: number
}

@Entity('saved_owners')
class Owner {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

interface Poster extends Timestamped, SoftDeletable, Slugged, HasMetadata {}
@Entity('saved_posters')
@Timestamps()
@SoftDelete()
@Sluggable({ from: 'title' })
@Metadata()
class Poster {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @Column({ type: 'int', default: 7 }) stock?: number
  @Column({ type: 'decimal', precision: 8, scale: 2, nullable: true }) price?: string | null
  @Column({ type: 'simple-array', nullable: true }) tags?: string[] | null
  @Column({ type: 'simple-json', nullable: true }) notes?: unknown
  @Column({
    type: 'varchar',
    nullable: true,
    transformer: { to: (value?: string) => value?.toUpperCase(), from: (value?: string) => value?.toLowerCase() },
  })
  code?: string | null
  @Column(() => Size) size?: Size
  /** What the class says is not what the database says. */
  @Column({ type: 'varchar', length: 10, default: 'database' }) origin?: string | undefined = 'class'
  #shade: string | undefined
  @Column({ type: 'varchar', length: 10, nullable: true })
  get shade(): string | undefined {
    return this.#shade
  }
  set shade(shade: string | undefined) {
    this.#shade = shade ?? undefined
  }
  @ManyToOne(() => Owner, { nullable: true }) owner?: Owner | null
}

interface Named extends Slugged, UuidIdentified {}
@Entity('saved_named')
@UuidPk()
@Sluggable({ from: 'name' })
class Named extends BaseModel {
  @Column({ length: 40 }) name!: string
}

interface Card extends Ordered {}
@Entity('saved_cards')
@Orderable({ within: ['lane'] })
class Card {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 10, default: 'todo' }) lane!: string
}

const plainPoster = () => ({ title: 'Sea', size: { width: 4 } })

/** Without what two rows cannot share. */
function plain(entity: object, ...without: readonly string[]): object {
  return Object.fromEntries(Object.entries(entity).filter(([name]) => !without.includes(name)))
}

const unequal = ['id', 'slug', 'createdAt', 'updatedAt', 'visiblesaved_posters', 'visiblesaved_named']

describeOnEngines('New entities that are saved', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    const entities = [Poster, Named, Owner, Card]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    dataSource.onStatement(({ sql }) => sent.push(sql))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM saved_posters')
    await dataSource.query('DELETE FROM saved_posters_slug_history')
    sent.length = 0
  })

  const posters = () => dataSource.getRepository(Poster)
  const kinds = () => sent.map((sql) => sql.replace(/^WITH plinth_held AS \(.*?RETURNING 1\) /, '').split(' ')[0])
  // MariaDB takes locks by a statement of their own.
  const isAtOnce = engine.name !== 'mariadb'

  for (const [name, values] of Object.entries({
    'what has to be given': {},
    'everything as it is stored': {
      stock: 2,
      price: '3.50',
      tags: ['a', 'b'],
      notes: { deep: [1, { two: null }] },
      code: 'abc',
      size: { width: 1, height: 2 },
      metadata: { colour: 'red' },
    },
    nulls: { price: null, tags: null, notes: null, code: null, owner: undefined },
    'values of other types': { price: 3.5, stock: '4', code: 'MiXed', size: { width: 5 } },
  })) {
    it(`hold afterwards what TypeORM leaves in them, given ${name}`, async () => {
      const given = () => posters().create({ title: 'Sea', ...structuredClone(values) } as never) as unknown as Poster
      const alone = given()
      expect(await posters().save(alone)).to.equal(alone)
      if (isAtOnce) expect(kinds()).to.deep.equal(['INSERT'])
      // A connection is told its isolation level when it is opened.
      else expect(kinds().filter((kind) => kind !== 'SET')).to.have.length(4)
      const inUnit = await dataSource.atomic(() => posters().save(given()))
      expect(plain(alone, ...unequal)).to.deep.equal(plain(inUnit, ...unequal))
      expect(alone.createdAt).to.be.instanceOf(Date)
      const stored = await Promise.all([alone.id, inUnit.id].map((id) => posters().findById(id)))
      expect(plain(stored[0]!, ...unequal)).to.deep.equal(plain(stored[1]!, ...unequal))
      expect([alone.slug, alone.createdAt]).to.deep.equal([stored[0]!.slug, stored[0]!.createdAt])
    })
  }

  it('get what the database says where they say nothing, whatever their class does', async () => {
    const emptied = () => Object.assign(posters().create({ title: 'Sea', shade: 'blue' }), { origin: undefined })
    const [alone, inUnit] = [await posters().save(emptied()), await dataSource.atomic(() => posters().save(emptied()))]
    expect([alone.origin, alone.shade, inUnit.origin, inUnit.shade]).to.deep.equal([
      'database',
      'blue',
      'database',
      'blue',
    ])
    const saved = [await posters().save(plainPoster()), await dataSource.atomic(() => posters().save(plainPoster()))]
    expect(plain(saved[0]!, ...unequal)).to.deep.equal(plain(saved[1]!, ...unequal))
    const stored = await posters().find({ order: { id: 'ASC' } })
    expect(stored.map(({ origin, shade }) => [origin, shade])).to.deep.equal([
      ['database', 'blue'],
      ['database', 'blue'],
      ['database', undefined],
      ['database', undefined],
    ])
  })

  it('get the keys that their class makes', async () => {
    const named = dataSource.getRepository(Named)
    const [alone, inUnit] = [named.create({ name: 'Ada' }), named.create({ name: 'Ada' })]
    await named.save(alone)
    if (isAtOnce) expect(kinds()).to.deep.equal(['INSERT'])
    await dataSource.atomic(() => named.save(inUnit))
    expect(plain(alone, ...unequal)).to.deep.equal(plain(inUnit, ...unequal))
    expect([alone.slug, inUnit.slug]).to.deep.equal(['ada', 'ada-2'])
    expect((await named.findById(alone.id))!.name).to.equal('Ada')
    // It has a key now, so that it is known.
    await named.save(Object.assign(alone, { name: 'Eve' }))
    expect(await named.countBy({ name: 'Eve' })).to.equal(1)
  })

  it('may be several, and plain objects of a class that is named', async () => {
    const rows = ['Sun', 'Moon', 'Sun'].map((title) => posters().create({ title }))
    expect(await posters().save(rows)).to.equal(rows)
    expect(rows.map(({ slug }) => slug)).to.deep.equal(['sun', 'moon', 'sun-2'])
    const [first, second] = await posters().save([{ title: 'Star' }, { title: 'Comet' }])
    const stored = await posters().find({ order: { id: 'ASC' } })
    expect(stored.map(({ id, title }) => [id, title])).to.deep.equal([
      ...rows.map(({ id, title }) => [id, title]),
      [first!.id, 'Star'],
      [second!.id, 'Comet'],
    ])
    expect(first).to.include({ slug: 'star', stock: 7, isDeleted: false })
  })

  it('that refer to others are saved as ever', async () => {
    const owner = await dataSource.getRepository(Owner).save({ name: 'Ada' })
    const poster = await posters().save(posters().create({ title: 'Reef', owner }))
    const found = await posters().findOneOrFail({ where: { id: poster.id }, relations: { owner: true } })
    expect(found.owner).to.deep.equal(owner)
  })

  it('are refused as ever, and stay as they were', async () => {
    const poster = posters().create({ title: 'Wind', price: 'no number' })
    const kept = plain(poster, ...unequal)
    const failed = await posters()
      .save(poster)
      .then(() => 'saved')
      .catch(() => 'refused')
    // SQLite stores any text in any column.
    if (engine.name === 'sqlite') expect(failed).to.equal('saved')
    else expect([failed, plain(poster, ...unequal)]).to.deep.equal(['refused', kept])
    expect(await posters().countBy({ title: 'Wind' })).to.equal(engine.name === 'sqlite' ? 1 : 0)
  })

  it('must be entities', async () => {
    const refused = (none: unknown) =>
      posters()
        .save(none as never)
        .catch(({ name }: Error) => name)
    for (const none of [null, undefined, 'text']) expect(await refused(none)).to.equal('MustBeEntityError')
    for (const none of [null, 'text']) {
      expect(await refused([posters().create({ title: 'Hail' }), none])).to.be.a('string')
    }
    expect(await posters().count()).to.equal(0)
  })

  it('get slugs of their own, however many are saved at once', async () => {
    const saved = await Promise.all(Array.from({ length: 12 }, () => posters().save({ title: 'Same' })))
    const stored = await posters().findBy({ title: 'Same' })
    const slugs = saved.map(({ slug }) => slug).sort()
    expect(stored.map(({ slug }) => slug).sort()).to.deep.equal(slugs)
    expect(new Set(slugs).size).to.equal(12)
    for (const slug of slugs) expect(slug).to.match(/^same(-\d+)?$/)
  })

  it('of lists whose name is a default take the lock of that list alone', async () => {
    const cards = dataSource.getRepository(Card)
    const placed = await Promise.all(Array.from({ length: 8 }, () => cards.save(cards.create({}))))
    expect(placed.map(({ position }) => Number(position)).toSorted((a, b) => a - b)).to.deep.equal([
      1, 2, 3, 4, 5, 6, 7, 8,
    ])
    const locks: { key: string }[] = await dataSource.query('SELECT * FROM plinth_counters')
    expect(locks.map(({ key }) => key).filter((key) => key.includes('saved_cards'))).to.deep.equal([
      ':saved_cards/:Orderable|:todo',
    ])
    expect(kinds()).not.to.include('SAVEPOINT')
  })
})
