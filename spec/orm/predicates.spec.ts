import { expect } from 'chai'
import * as fc from 'fast-check'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  all,
  any,
  column,
  createDataSource,
  defineTrait,
  eq,
  gt,
  gte,
  isNull,
  lt,
  lte,
  type ModelDataSource,
  matches,
  ne,
  not,
  oneOf,
  type Predicate,
} from '../../src/index.js'
import { schemaSql } from '../../src/orm/schema/column-terms.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const Typed = defineTrait({
  name: 'Typed',
  defaults: {},
  columns: () => ({
    whole: column.integer({ nullable: true }),
    real: column.float({ nullable: true }),
    short: column.string({ nullable: true, length: 60 }),
    long: column.text({ nullable: true }),
    flag: column.boolean({ nullable: true }),
    instant: column.timestamp({ nullable: true }),
    key: column.uuid({ nullable: true }),
    always: column.string({ length: 60 }),
  }),
})

@Entity()
@Typed()
class Datum {
  @PrimaryColumn()
  id!: number

  /** Written by hand, so with whatever collation the database has. */
  @Column({ type: 'varchar', length: 60, nullable: true, name: 'by_hand' })
  own!: string | null
}
interface Datum extends Adds<typeof Typed> {}

const texts = [
  '',
  ' ',
  'a',
  'A',
  'a ',
  'á',
  'a\u0301',
  'ab',
  'ß',
  'ss',
  'b',
  "'",
  '\\',
  '%',
  '_',
  '?',
  ':a',
  '\uFFFD',
  '\u{1F600}',
  '1',
  'null',
]
// PostgreSQL stores neither null characters nor halves of surrogate pairs.
const anyText = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\0'))
const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...texts) }, anyText)

const values = {
  whole: fc.constantFrom(-2147483648, -1, 0, 1, 2, 2147483647),
  real: fc.constantFrom(-0.5, 0, 0.1, 0.30000000000000004, 1, 1e10),
  short: text,
  long: text,
  own: text,
  always: text,
  flag: fc.boolean(),
  instant: fc.constantFrom(...[-1, 0, 1709210399987, 1709210399988, 4102444800000].map((time) => new Date(time))),
  key: fc.constantFrom('018f3c2e-7d1a-7cc0-8000-000000000001', 'ffffffff-7d1a-4cc0-8000-00000000000f'),
} as const

type Property = keyof typeof values
const properties = Object.keys(values) as Property[]
const ordered: readonly Property[] = ['whole', 'real', 'short', 'long', 'own', 'always', 'instant']

const operand = (property: Property): fc.Arbitrary<string | number | boolean | Date> => values[property]

const leaf: fc.Arbitrary<Predicate> = fc.oneof(
  fc
    .constantFrom(...properties)
    .chain((property) =>
      fc.tuple(fc.constantFrom(eq, ne), operand(property)).map(([make, value]) => make(property, value)),
    ),
  fc
    .constantFrom(...ordered)
    .chain((property) =>
      fc.tuple(fc.constantFrom(lt, lte, gt, gte), operand(property)).map(([make, value]) => make(property, value)),
    ),
  fc
    .constantFrom(...properties)
    .chain((property) => fc.array(operand(property), { maxLength: 3 }).map((some) => oneOf(property, some))),
  fc.constantFrom(...properties).map(isNull),
)

const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('predicate'), { maxLength: 3 }).map((parts) => all(...parts)),
    fc.array(tie('predicate'), { maxLength: 3 }).map((parts) => any(...parts)),
    tie('predicate').map(not),
  ),
}))

const { always, ...nullable } = values
const row = fc.record({
  ...Object.fromEntries(Object.entries(nullable).map(([name, value]) => [name, fc.option<unknown>(value)])),
  always,
})

describeOnEngines('A predicate', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let data: readonly Datum[]

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Datum] }).initialize()
    await dataSource.synchronize()
    // A collation by which neither order nor upper case is that of code points.
    if (engine.name === 'postgres') {
      await dataSource.query('ALTER TABLE datum ALTER COLUMN short TYPE varchar(60) COLLATE "und-x-icu"')
    }
    const rows = fc.sample(row, { numRuns: 60, seed: 20240229 }).map((values, id) => ({ id, ...values }))
    await dataSource.getRepository(Datum).insert(rows)
    data = await dataSource.getRepository(Datum).find()
    expect(data).to.have.length(60)
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const inMemory = (predicate: Predicate) =>
    data.filter((datum) => matches(predicate, Object.fromEntries(Object.entries(datum)))).map(({ id }) => id)

  it('is true of the same rows in the database and in memory', async () => {
    const selection = dataSource.getRepository(Datum).select()
    await fc.assert(
      fc.asyncProperty(predicate, async (predicate) => {
        expect((await selection.where(predicate).rows()).map(({ id }) => id)).to.deep.equal(inMemory(predicate))
      }),
      { numRuns: 150 },
    )
  })

  it('is true of the same rows with its values written out in SQL', async () => {
    const metadata = dataSource.getMetadata(Datum)
    await fc.assert(
      fc.asyncProperty(predicate, async (predicate) => {
        const where = schemaSql(predicate, metadata, dataSource.dialect)
        const rows = await dataSource.query<{ readonly id: number }[]>(
          `SELECT id FROM datum WHERE ${where} ORDER BY id`,
        )
        expect(rows.map(({ id }) => id)).to.deep.equal(inMemory(predicate))
      }),
      { numRuns: 150 },
    )
  })
})
