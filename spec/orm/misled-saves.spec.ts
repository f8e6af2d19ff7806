import { expect } from 'chai'
import { Column, DataSource, Entity, JoinTable, ManyToMany, PrimaryColumn, type Relation, VersionColumn } from 'typeorm'
import { type HasVersion, UuidPk, Versioned } from '../../decorators/index.js'
import { createDataSource, DefinitionError, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { failure } from './writes/library.js'

class Row {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
class Counted extends Row {
  @Column({ type: 'int', default: 0 })
  score!: number

  @VersionColumn()
  revision!: number
}

/** What to write instead, on the same table. */
@Entity({ name: 'counted' })
@Versioned()
class Guarded extends Row {
  @Column({ type: 'int', default: 0 })
  score!: number

  @Column({ name: 'revision', type: 'int' })
  version!: number
}
interface Guarded extends HasVersion {}

@Entity()
class Tag extends Row {
  @Column({ type: 'varchar', length: 20, unique: true })
  name!: string

  @ManyToMany(
    () => Card,
    ({ tags }) => tags,
  )
  cards!: Relation<Card>[]
}

@Entity()
class Card extends Row {
  @ManyToMany(
    () => Tag,
    ({ cards }) => cards,
  )
  @JoinTable({ name: 'card_tags', inverseJoinColumn: { referencedColumnName: 'name' } })
  tags!: Relation<Tag>[]
}

@Entity()
class Lone extends Row {
  @Column({ type: 'varchar', length: 20, unique: true })
  code!: string

  @ManyToMany(() => Row2)
  @JoinTable({ joinColumn: { referencedColumnName: 'code' } })
  rows!: Relation<Row2>[]

  /** Saves leave it alone. */
  @ManyToMany(() => Row2, { persistence: false })
  @JoinTable({ name: 'lone_kept', joinColumn: { referencedColumnName: 'code' } })
  kept!: Relation<Row2>[]

  /** It says what is so anyway. */
  @ManyToMany(() => Row2)
  @JoinTable({ name: 'lone_plain', joinColumn: { referencedColumnName: 'id' } })
  plain!: Relation<Row2>[]
}

@Entity()
class Row2 extends Row {}

/** The key of a trait is one as well. */
@Entity()
@UuidPk()
class Keyed {
  id!: string

  @ManyToMany(() => Keyed)
  @JoinTable({
    joinColumn: { referencedColumnName: 'id' },
    inverseJoinColumn: { referencedColumnName: 'id', name: 'b' },
  })
  others!: Relation<Keyed>[]
}

const mistakesOf = (error: unknown) => {
  expect(error).to.be.instanceOf(DefinitionError)
  return (error as DefinitionError).mistakes.map(({ code, subject, problem }) => `${code} ${subject} ${problem}`)
}

describeOnEngines("Saves that TypeORM's own ways mislead", (engine) => {
  let database: Database
  before(async () => (database = await engine.create()))
  after(() => database?.drop())

  const starting = (...entities: readonly (new () => object)[]) =>
    failure(createDataSource({ ...database.options, entities }).initialize())
  it('are refused at the start: a version that nothing compares', async () => {
    const error = await starting(Counted)
    expect(mistakesOf(error)).to.deep.equal([
      'E_VERSION Counted "revision" is a @VersionColumn, which guards nothing: a stale save overwrites what is newer.',
    ])
    expect((error as Error).message).to.include('docs/traits/versioned.md')
  })

  it('are refused at the start: links that hold no primary keys, at both sides', async () => {
    expect(mistakesOf(await starting(Tag, Card, Lone, Row2, Keyed))).to.deep.equal([
      'E_LINKS Card the links of "tags" hold what is no primary key, so that saves do not know them again.',
      'E_LINKS Tag the links of "cards" hold what is no primary key, so that saves do not know them again.',
      'E_LINKS Lone the links of "rows" hold what is no primary key, so that saves do not know them again.',
    ])
  })

  describe('as they are without the framework', () => {
    let plain: DataSource
    before(async () => {
      plain = await new DataSource({ ...database.options, entities: [Counted, Tag, Card] }).initialize()
      await plain.synchronize()
    })
    after(() => plain?.destroy())

    it('overwrite what is newer, with an older version', async () => {
      const rows = plain.getRepository(Counted)
      await rows.save({ id: 1 })
      const stale = await rows.findOneByOrFail({ id: 1 })
      await rows.save(Object.assign(await rows.findOneByOrFail({ id: 1 }), { score: 5 }))
      await rows.save(Object.assign(stale, { score: 2 }))
      expect(await rows.findOneByOrFail({ id: 1 })).to.include({ score: 2 })
    })

    it('are refused for links that are there, and leave those that are to go', async () => {
      const cards = plain.getRepository(Card)
      await plain.getRepository(Tag).insert({ id: 1, name: 'one' })
      await cards.insert({ id: 1 })
      await plain.createQueryBuilder().relation(Card, 'tags').of(1).add('one')
      const card = await cards.findOneOrFail({ where: { id: 1 }, relations: { tags: true } })
      expect(card.tags).to.have.length(1)
      expect(await failure(cards.save(card))).to.have.property('name', 'QueryFailedError')
      await cards.save({ id: 1, tags: [] })
      expect((await cards.findOneOrFail({ where: { id: 1 }, relations: { tags: true } })).tags).to.have.length(1)
    })
  })

  it('are what guarded versions refuse, also in a column that was there', async () => {
    const dataSource: ModelDataSource = await createDataSource({
      ...database.options,
      entities: [Guarded],
      synchronize: true,
    }).initialize()
    try {
      const rows = dataSource.getRepository(Guarded)
      await rows.insert({ id: 7 })
      const [stale, fresh] = [await rows.findOneByOrFail({ id: 7 }), await rows.findOneByOrFail({ id: 7 })]
      await rows.save(Object.assign(fresh, { score: 5 }))
      expect(await failure(rows.save(Object.assign(stale, { score: 2 })))).to.include({ errorCode: 'STALE' })
      expect(await rows.findOneByOrFail({ id: 7 })).to.include({ score: 5, version: 2 })
    } finally {
      await dataSource.destroy()
    }
  })
})
