import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Column, Entity, LessThan, PrimaryColumn } from 'typeorm'
import { type HasMetadata, Metadata, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import {
  all,
  any,
  createDataSource,
  defineTrait,
  eq,
  gt,
  gte,
  lt,
  lte,
  type ModelDataSource,
  type ModelDataSourceOptions,
  type ModelRepository,
  matches,
  ne,
  not,
  oneOf,
  orderingOf,
  type Predicate,
  path,
  SchemaError,
} from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Metadata({
  indexes: ['theme', ['size', 'eu'], { path: ['price'], holds: 'number' }, ['a.b', 'ünder way']],
})
@SoftDelete()
class Product {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Product extends HasMetadata, SoftDeletable {}

const long = 'x'.repeat(99)
const documents: readonly Record<string, unknown>[] = [
  {},
  { theme: 'dark' },
  { theme: 'Dark' },
  { theme: 'därk' },
  { theme: 'dark ' },
  { theme: "it's" },
  { theme: 'back\\slash "quoted"' },
  { theme: `${long}a` },
  { theme: `${long}ab` },
  { theme: `${long}ac` },
  { theme: `${'😀'.repeat(100)}a` },
  { theme: '' },
  { theme: null },
  { theme: 7 },
  { theme: ['dark'] },
  { theme: { dark: true } },
  { size: { eu: '42' } },
  { size: { eu: 42 } },
  { size: [{ eu: '42' }] },
  { 'a.b': { 'ünder way': 'found' } },
  { price: 0 },
  { price: -1.5 },
  { price: 0.1 },
  { price: 2 ** 53 - 1 },
  { price: '7' },
  { price: true },
]

const [theme, size, price] = [
  path('metadata', ['theme']),
  path('metadata', ['size', 'eu']),
  path('metadata', ['price']),
]

describeOnEngines('Indexes over metadata', (engine) => {
  let database: Database
  let folder: string
  let options: ModelDataSourceOptions
  let dataSource: ModelDataSource
  let products: ModelRepository<Product>

  before(async () => {
    database = await engine.create()
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    const file = engine.name === 'sqlite' ? { database: join(folder, 'shop.sqlite') } : {}
    options = { ...database.options, ...file, entities: [Product] } as ModelDataSourceOptions
    dataSource = await createDataSource(options).initialize()
    await dataSource.synchronize()
    products = dataSource.getRepository(Product)
    for (const [id, metadata] of documents.entries())
      await products.save(Object.assign(products.create({ id }), { metadata }))
    const many = Array.from({ length: 3000 }, (_, index) => ({
      id: 1000 + index,
      metadata: {
        theme: `t${index}`,
        size: { eu: `s${index}` },
        price: 1000 + index,
        'a.b': { 'ünder way': `${index}` },
      },
    }))
    await products.insert(many)
    await dataSource.query(engine.name === 'mariadb' ? 'ANALYZE TABLE product' : 'ANALYZE product')
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
    if (folder) await rm(folder, { recursive: true })
  })

  /** How the engine finds the rows of a query. */
  const planOf = async (asker: ModelDataSource, where: Predicate): Promise<string> => {
    const statements: { readonly sql: string; readonly parameters: readonly unknown[] }[] = []
    const stop = dataSource.onStatement((statement) => void statements.push(statement))
    await products.select().where(where).rows()
    stop()
    const { sql, parameters } = statements[0]!
    const explain = engine.name === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'
    const plan = await asker.query<{ readonly key?: string }[]>(`${explain} ${sql}`, [...parameters])
    return JSON.stringify(engine.name === 'mariadb' ? plan.map(({ key }) => key) : plan)
  }
  const indexes = () =>
    dataSource
      .getMetadata(Product)
      .indices.flatMap(({ name, columns }) =>
        columns.some(({ propertyName }) => propertyName.startsWith('metadata_')) ? [name] : [],
      )

  const asked: Readonly<Record<string, Predicate>> = {
    'equal texts': eq(theme, 't7'),
    'equal texts that are longer than the index': eq(theme, `${long}ab`),
    'one of several texts': oneOf(theme, ['t7', 't8', 'dark']),
    'texts at a deeper place': eq(size, 's9'),
    'texts at a place with any names': eq(path('metadata', ['a.b', 'ünder way']), '12'),
    'texts in order': all(gt(theme, 't29'), lt(theme, 't291')),
    'equal numbers': eq(price, 1007),
    'one of several numbers': oneOf(price, [1007, 0.1]),
    'numbers in order': all(gte(price, -2), lte(price, 0)),
    'either of two places': any(eq(theme, 't7'), eq(price, 1008)),
  }
  describe('are used', () => {
    // A connection that has explained a statement keeps SQLite from changing the schema.
    let asker: ModelDataSource

    before(async () => {
      asker = await createDataSource(options).initialize()
    })
    after(() => asker?.destroy())

    for (const [what, where] of Object.entries(asked)) {
      it(`for ${what}`, async () => {
        const plan = await planOf(asker, where)
        const used = indexes().filter((name) => plan.includes(name))
        expect(used, plan).to.have.length.greaterThan(0)
      })
    }
  })

  it('change no answer: rows are the same as in memory', async () => {
    const texts = [
      'dark',
      'Dark',
      'dark ',
      '',
      "it's",
      'back\\slash "quoted"',
      `${long}a`,
      `${long}ab`,
      '😀'.repeat(100),
    ]
    const predicates = [
      ...texts.map((text) => [theme, text] as const),
      ...[7, null].map((value) => [theme, value] as const),
      ...['42', 42].map((value) => [size, value] as const),
      ...[0, -1.5, 0.1, 2 ** 53 - 1, '7', true].map((value) => [price, value] as const),
    ].flatMap(([place, value]): readonly Predicate[] => {
      const isOrdered = typeof value === 'string' || typeof value === 'number'
      const ordered = isOrdered ? [lt, lte, gt, gte].map((test) => test(place, value)) : []
      const plain = [eq(place, value), oneOf(place, [value, 'dark']), ...ordered]
      return [...plain, ne(place, value), ...plain.map((predicate) => not(predicate))]
    })
    const few = lt('id', 1000)
    const rows = await products.find({ where: { id: LessThan(1000) } })
    for (const where of predicates) {
      const found = (await products.select().where(all(few, where)).rows()).map(({ id }) => id).sort((a, b) => a - b)
      const expected = rows.filter((row) => matches(where, row as never)).map(({ id }) => id)
      expect(found, JSON.stringify(where)).to.deep.equal(expected.sort((a, b) => a - b))
    }
  })

  it('follow every way of writing', async () => {
    await products.setMetadata(1, { path: ['theme'], value: 'set' })
    await products.mergeMetadata(2, { patch: { theme: 'set' } })
    await products.update(3, { metadata: { theme: 'set' } })
    await products.save({ id: 4, metadata: { theme: 'set' } })
    const ids = async () =>
      (
        await products
          .select()
          .where(eq(theme, 'set'))
          .orderBy(orderingOf(['id']))
          .rows()
      ).map(({ id }) => id)
    expect(await ids()).to.deep.equal([1, 2, 3, 4])
    await products.unsetMetadata([1, 2], { path: ['theme'] })
    expect(await ids()).to.deep.equal([3, 4])
    await products.incrementMetadata(5, { path: ['price'], by: 77 })
    expect(await products.select().where(eq(price, 77)).count()).to.equal(1)
  })

  it('leave entities as they are', async () => {
    const [row] = await products.find({ where: { id: 0 } })
    expect(Object.keys(row!).sort()).to.deep.equal(['deletedAt', 'deletionId', 'id', 'isDeleted', 'metadata'])
    const made = await products.save(products.create({ id: 100, metadata: { theme: 'a' } }))
    made.metadata['theme'] = 'b'
    await products.save(made)
    expect(Object.keys(made).filter((name) => name.startsWith('metadata'))).to.deep.equal(['metadata'])
    expect([...dataSource.describe(Product).properties.keys()].some((name) => name.includes('theme'))).to.equal(false)
  })

  it('are part of the schema, which needs no change then, and is proved when an application starts', async () => {
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).to.deep.equal([])
    const [name] = indexes()
    await dataSource.query(engine.name === 'mariadb' ? `DROP INDEX \`${name}\` ON product` : `DROP INDEX "${name}"`)
    const error = (await failure(createDataSource(options).initialize())) as SchemaError
    expect(error).to.be.instanceOf(SchemaError)
    expect(error.mistakes.map(({ code, problem }) => [code, problem])).to.deep.equal([
      ['E_SCHEMA_INDEX', 'the table "product" has no index over "metadata_theme_text".'],
    ])
    const quote = engine.name === 'mariadb' ? '`' : '"'
    const create = `CREATE INDEX "${name}" ON "product" ("metadata_theme_text")`.replaceAll('"', quote)
    expect(error.statements.map((sql) => sql.replaceAll(/ +/g, ' ').trim())).to.deep.equal([create])
    for (const sql of error.statements) await dataSource.query(sql)
    await (await createDataSource(options).initialize()).destroy()
  })

  it('come to a table that has rows', async () => {
    const before = createDataSource({ ...options, entities: [Plain] })
    await before.initialize()
    await before.synchronize()
    await before.getRepository(Plain).insert({ id: 1, metadata: { theme: 'old' } })
    await before.destroy()
    const after = createDataSource({ ...options, entities: [Indexed] })
    const error = (await failure(after.initialize())) as SchemaError
    const runner = dataSource.createQueryRunner()
    for (const sql of error.statements) await runner.query(sql)
    await runner.release()
    const started = await createDataSource({ ...options, entities: [Indexed] }).initialize()
    expect(await started.getRepository(Indexed).select().where(eq(theme, 'old')).count()).to.equal(1)
    await started.destroy()
  })
})

@Entity('grown')
@Metadata()
class Plain {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Plain extends HasMetadata {}

@Entity('grown')
@Metadata({ indexes: ['theme', { path: 'price', holds: 'number' }] })
class Indexed {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Indexed extends HasMetadata {}

describe('An index over a path', () => {
  const Odd = defineTrait({
    name: 'Odd',
    defaults: { path: ['a'] as readonly string[], of: 'data' },
    indexes: ({ path, of }) => [{ properties: [of] as const, path, holds: 'text' }],
  })

  const refusals: readonly (readonly [options: { path?: string[]; of?: string }, says: string])[] = [
    [{ of: 'title' }, '"title", which holds no JSON'],
    [{ path: [] }, 'the path [], which not every engine can write'],
    [{ path: ['a"b'] }, 'which not every engine can write'],
    [{ path: ["it's"] }, 'which not every engine can write'],
    [{ path: ['a\\b'] }, 'which not every engine can write'],
    [{ of: 'none' }, 'an index names "none", which is not a column'],
  ]
  for (const [given, says] of refusals) {
    it(`is refused with ${JSON.stringify(given)}`, async () => {
      @Entity()
      @Odd(given)
      class Thing {
        @PrimaryColumn({ type: 'int' })
        id!: number

        @Column({ type: 'varchar', length: 10 })
        title!: string

        @Column({ type: 'json' })
        data!: object
      }
      const { default: driver } = await import('libsql')
      const options = { type: 'better-sqlite3', database: ':memory:', driver, entities: [Thing] } as const
      const error = await failure(createDataSource(options).initialize())
      expect(error.message).to.include(says).and.include('@Odd at ')
    })
  }
})
