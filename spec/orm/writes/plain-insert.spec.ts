import { expect } from 'chai'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  type Adds,
  column,
  createDataSource,
  defineTrait,
  isNull,
  type ModelDataSource,
  not,
} from '../../../src/index.js'
import { expectQueries } from '../../../testing/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

const Everything = defineTrait({
  name: 'Everything',
  defaults: {},
  columns: () => ({
    key: column.uuid({ nullable: true }),
    whole: column.integer({ default: 7 }),
    broken: column.float({ nullable: true }),
    short: column.string({ length: 40, default: "it's" }),
    exact: column.string({ length: 40, nullable: true, exact: true }),
    long: column.text({ nullable: true }),
    flag: column.boolean({ default: true }),
    instant: column.timestamp({ nullable: true }),
    dated: column.boolean({ generated: not(isNull('instant')) }),
  }),
})

const binary = { sqlite: 'blob', postgres: 'bytea', mariadb: 'blob' } as const
const texts = ['', 'plain', 'ümläut 🦄', 'quote \' " ` \\ ?', ':name $1 ?', 'a\nb\tc', '5', '5.0', ' spaces ']
const numbers = [0, 1, -1, 5, 2 ** 31 - 1, -(2 ** 31)]
const floats = [0, 5, -0.5, 0.1, 1 / 3, 1e21, -1.5e-7, 123456789.125]
const instants = ['1970-01-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z', '1999-12-31T12:00:00.001Z'].map(
  (text) => new Date(text),
)
const documents = [{}, { a: 1, b: ['ü', null, true, 1.5], c: { d: "'" } }, [], [1, 'two'], 5, 'text', true]

describeOnEngines('Rows that are inserted by a statement of our own', (engine) => {
  class Measure {
    @Column({ type: 'float', nullable: true })
    width!: number | null

    @Column({ type: 'varchar', length: 10, nullable: true })
    unit!: string | null
  }

  @Entity()
  class Owner {
    @PrimaryColumn()
    id!: number
  }

  @Entity()
  @Everything()
  class Thing {
    @PrimaryColumn()
    id!: number

    @Column({ type: 'bigint', nullable: true })
    big!: string | null

    @Column({ type: 'decimal', precision: 15, scale: 3, nullable: true })
    price!: number | null

    @Column({ type: 'date', nullable: true })
    day!: string | null

    @Column({ type: 'json', nullable: true })
    data!: unknown

    @Column({ type: 'simple-json', nullable: true })
    simple!: unknown

    @Column({ type: 'simple-array', nullable: true })
    list!: string[] | null

    @Column({ type: binary[engine.name] as 'blob', nullable: true })
    bytes!: Buffer | null

    @Column({ type: Number, nullable: true })
    count!: number | null

    @Column({ type: 'int', nullable: true })
    ticked!: unknown

    @Column({ type: 'varchar', length: 40, nullable: true })
    digits!: unknown

    @Column({
      type: 'varchar',
      length: 80,
      nullable: true,
      transformer: { to: (text) => text && `<${text}>`, from: String },
    })
    changed!: string | null

    @Column({ type: 'varchar', length: 20, default: 'of its own' })
    standard!: string

    @Column(() => Measure)
    size!: Measure

    @Column({ type: 'int', nullable: true })
    ownerId!: number | null

    @ManyToOne(() => Owner)
    @JoinColumn({ name: 'ownerId' })
    owner!: Relation<Owner> | null
  }
  interface Thing extends Adds<typeof Everything> {}

  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Owner, Thing],
      synchronize: true,
    }).initialize()
    await dataSource.getRepository(Owner).insert([{ id: 1 }, { id: 2 }])
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(() => dataSource.getRepository(Thing).deleteAll())

  /** Rows of which each gives some properties, with values of every kind. */
  const rows = (): Partial<Thing>[] => {
    const varied: Partial<Thing>[] = [
      ...texts.map((text) => ({ short: text, exact: text, long: text, digits: text, changed: text, standard: text })),
      ...numbers.map((number) => ({ whole: number, price: number, big: String(number), digits: number })),
      ...floats.map((float) => ({ broken: float, size: { width: float, unit: 'm' } as Measure })),
      ...instants.map((instant) => ({ instant, day: instant.toISOString().slice(0, 10) })),
      ...documents.map((data) => ({ data, simple: data })),
      { key: '0190d0f0-8e0b-7c5d-9a51-0123456789ab', flag: false, list: ['a', 'b'], bytes: Buffer.from([0, 255, 39]) },
      // PostgreSQL refuses a fraction where it stores whole numbers.
      ...[7, engine.name === 'postgres' ? -7 : 5.7].map((count) => ({ count })),
      // PostgreSQL has no number for a boolean.
      ...(engine.name === 'postgres' ? [] : [true, false].flatMap((flag) => [{ ticked: flag }, { digits: flag }])),
      { owner: { id: 1 } },
      { ownerId: 2, size: { unit: 'only' } as Measure },
      { big: '9007199254740993', price: null, instant: null, owner: null, flag: true },
      {},
    ]
    return varied.map((row, index) => ({ id: index + 1, ...row }))
  }

  const asTypeOrm = (values: Partial<Thing>[]) =>
    dataSource
      .createQueryBuilder()
      .insert()
      .into(Thing)
      .values(values as never)
      .comment('TypeORM')
      .execute()

  /** The rows with the text of every value, and its kind where columns may hold several. */
  async function stored(): Promise<unknown> {
    const { driver } = dataSource
    const terms = dataSource.getMetadata(Thing).columns.flatMap(({ databaseName }) => {
      const name = driver.escape(databaseName)
      const text = { sqlite: `quote(${name})`, postgres: `${name}::text`, mariadb: `HEX(${name})` }[engine.name]
      const kind = engine.name === 'sqlite' ? [`typeof(${name}) AS ${driver.escape(`kind of ${databaseName}`)}`] : []
      return [`${text} AS ${driver.escape(databaseName)}`, ...kind]
    })
    const id = driver.escape('id')
    return dataSource.query(`SELECT ${terms.join(', ')} FROM ${driver.escape('thing')} ORDER BY ${id}`)
  }

  async function both(make: () => Partial<Thing>[]) {
    await asTypeOrm(make())
    const expected = await stored()
    await dataSource.getRepository(Thing).deleteAll()
    const ours = make()
    await dataSource.getRepository(Thing).insert(ours as never)
    return { expected, actual: await stored(), ours }
  }

  it('are stored as TypeORM stores them, whatever their columns hold', async () => {
    const { expected, actual } = await both(rows)
    expect(actual).to.deep.equal(expected)
    expect(actual).to.have.length(rows().length)
  })

  it('one by one too', async () => {
    for (const row of rows()) {
      const { expected, actual } = await both(() => [{ ...row }])
      expect(actual, JSON.stringify(row)).to.deep.equal(expected)
      await dataSource.getRepository(Thing).deleteAll()
    }
  })

  it('know what the database filled in', async () => {
    const given = [{ id: 1 }, { id: 2, instant: new Date(0), whole: 3, standard: 'given' }]
    const { identifiers } = await dataSource.getRepository(Thing).insert(given)
    expect(identifiers).to.deep.equal([{ id: 1 }, { id: 2 }])
    const known = { whole: 7, flag: true, short: "it's", standard: 'of its own' }
    expect(given[0]).to.deep.include({ ...known, dated: false })
    expect(given[1]).to.deep.include({
      ...known,
      whole: 3,
      standard: 'given',
      dated: true,
    })
  })

  it('take one statement, without a read', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ id: index + 1, standard: 'given' }))
    await expectQueries(dataSource, () => dataSource.getRepository(Thing).insert(many), 1)
    expect(await dataSource.getRepository(Thing).countBy({ dated: false, whole: 7 })).to.equal(1000)
  })

  it('leave SQL, listeners and conflicts to TypeORM', async () => {
    await dataSource.getRepository(Thing).insert({ id: 1, digits: () => "UPPER('sql')" })
    const heard: unknown[] = []
    const subscriber = { beforeInsert: ({ entity }: { entity: unknown }) => void heard.push((entity as Thing).id) }
    dataSource.subscribers.push(subscriber)
    try {
      await dataSource.getRepository(Thing).insert([{ id: 2 }, { id: 3 }])
    } finally {
      dataSource.subscribers.splice(dataSource.subscribers.indexOf(subscriber), 1)
    }
    expect(heard).to.deep.equal([2, 3])
    await dataSource.createQueryBuilder().insert().into(Thing).values({ id: 3 }).orIgnore().execute()
    expect(await dataSource.getRepository(Thing).count()).to.equal(3)
  })
})
