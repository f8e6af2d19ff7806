import { expect } from 'chai'
import {
  ChildEntity,
  Column,
  DefaultNamingStrategy,
  Entity,
  getMetadataArgsStorage,
  type MigrationInterface,
  MoreThan,
  PrimaryColumn,
  type QueryRunner,
  TableInheritance,
} from 'typeorm'
import {
  BaseModel,
  type SoftDeletable,
  SoftDelete,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from '../../decorators/index.js'
import {
  type Adds,
  any,
  column,
  createDataSource,
  defineTrait,
  eq,
  gt,
  lt,
  type ModelDataSource,
  ne,
  not,
  oneOf,
} from '../../src/index.js'
import { currentTenant, Tenanted, type TenantOwned } from '../support/blog.js'
import { type Database, describeOnEngines, type Engine, engines } from '../support/engines.js'
import { hide } from '../support/hide.js'

const Everything = defineTrait({
  name: 'Everything',
  defaults: {},
  columns: () => ({
    key: column.uuid(),
    whole: column.integer({ nullable: true, default: 7 }),
    real: column.float({ nullable: true }),
    short: column.string({ length: 12, nullable: true, default: "it's" }),
    plain: column.string({ nullable: true }),
    long: column.text({ nullable: true }),
    flag: column.boolean({ default: false }),
    instant: column.timestamp({ nullable: true, index: true }),
    tree: column.json<Readonly<Record<string, unknown>>>(),
    big: column.boolean({ generated: gt('whole', 10) }),
    odd: column.boolean({ generated: any(ne('short', "O'Brien\\"), eq('flag', true)) }),
    few: column.boolean({ generated: not(oneOf('plain', ['a', 'B'])) }),
    early: column.boolean({ generated: lt('instant', new Date('2024-02-29T12:00:00.500Z')) }),
  }),
})

@Entity()
@Everything()
class Sample {
  @PrimaryColumn()
  id!: number
}
interface Sample extends Adds<typeof Everything> {}

const Slugged = defineTrait({
  name: 'Slugged',
  defaults: { length: 60 },
  columns: ({ length }) => ({ slug: column.string({ length }) }),
  indexes: () => [{ properties: ['slug'], unique: 'visible' }],
})
type Slugged = Adds<typeof Slugged>

/** Hides what is archived; together with deletion there are two scopes that decide what is visible. */
const Archivable = defineTrait({
  name: 'Archivable',
  defaults: {},
  columns: () => ({ archived: column.boolean({ default: false }) }),
  scopes: () => ({ current: { where: eq('archived', false), default: true } }),
})
type Archivable = Adds<typeof Archivable>

@Entity()
@Slugged()
@Archivable()
@SoftDelete()
@Tenanted()
class Product {
  @PrimaryColumn()
  id!: number
}
interface Product extends Slugged, Archivable, SoftDeletable, TenantOwned {}

@Entity()
@Slugged({ length: 20 })
@UuidPk()
class Page extends BaseModel {
  /** The trait would make it a text of 20 characters. */
  @Column({ type: 'varchar', length: 33, name: 'page_slug' })
  slug!: string
}
interface Page extends Slugged, UuidIdentified {}

@Entity()
@Slugged({ length: 30 })
class ShortPage extends Page {}

@Entity()
@TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })
@SoftDelete()
@Slugged()
class Animal {
  @PrimaryColumn()
  id!: number
}
interface Animal extends SoftDeletable, Slugged {}

@ChildEntity()
class Cat extends Animal {
  @Column({ nullable: true, type: Number })
  lives!: number | null
}

@ChildEntity()
@Timestamps({ index: true })
@Archivable()
class Dog extends Animal {
  createdAt!: Date
  updatedAt!: Date
}
interface Dog extends Archivable {}

class SnakeCase extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined, prefixes: string[]): string {
    return super
      .columnName(property, given as string, prefixes)
      .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  }
}

const entities = [Sample, Product, Page, ShortPage, Animal, Cat, Dog]

const pending = async (dataSource: ModelDataSource) =>
  (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query)

const columnTypes = async (dataSource: ModelDataSource, table: string) => {
  const runner = dataSource.createQueryRunner()
  try {
    const columns = (await runner.getTable(table))?.columns ?? []
    return Object.fromEntries(
      columns.map(({ name, type, length, precision }) => {
        const size = length || (type === 'double' ? '' : precision)
        return [name, size ? `${type}(${size})` : type]
      }),
    )
  } finally {
    await runner.release()
  }
}

const expectedTypes = {
  sqlite: {
    key: 'varchar(36)',
    whole: 'integer',
    real: 'real',
    short: 'varchar(12)',
    plain: 'varchar(255)',
    long: 'text',
    flag: 'boolean',
    instant: 'datetime',
    tree: 'json',
    big: 'boolean',
  },
  postgres: {
    key: 'uuid',
    whole: 'integer',
    real: 'double precision',
    short: 'character varying(12)',
    plain: 'character varying(255)',
    long: 'text',
    flag: 'boolean',
    instant: 'timestamp with time zone(3)',
    tree: 'jsonb',
    big: 'boolean',
  },
  mariadb: {
    key: 'uuid',
    whole: 'int',
    real: 'double',
    short: 'varchar(12)',
    plain: 'varchar(255)',
    long: 'longtext',
    flag: 'tinyint',
    instant: 'datetime(3)',
    // JSON is another word for it there.
    tree: 'longtext',
    big: 'tinyint',
  },
} as const

const failed = (work: Promise<unknown>) =>
  work.then(
    () => false,
    () => true,
  )

describeOnEngines('The schema of models', (engine: Engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities, namingStrategy: new SnakeCase() }).initialize()
    await dataSource.synchronize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('is complete: nothing is left to change', async () => {
    expect(await pending(dataSource)).to.deep.equal([])
  })

  it('has the types of the engine', async () => {
    expect(await columnTypes(dataSource, 'sample')).to.include(expectedTypes[engine.name])
  })

  it('stores and gives back every type exactly', async () => {
    const values = {
      key: '018f3c2e-7d1a-7cc0-8000-0123456789ab',
      whole: -2147483648,
      real: 0.1,
      short: "O'Brien\\",
      plain: '😀 ä',
      long: 'x'.repeat(70_000),
      flag: true,
      instant: new Date('1969-12-31T23:59:59.001Z'),
      tree: { a: [1, { b: null }], 'c.d': "'" },
    }
    await dataSource.getRepository(Sample).insert({ id: 1, ...values })
    expect(await dataSource.getRepository(Sample).findOneByOrFail({ id: 1 })).to.deep.include(values)
    await dataSource.getRepository(Sample).insert({ id: 2, key: values.key, tree: {} })
    expect(await dataSource.getRepository(Sample).findOneByOrFail({ id: 2 })).to.deep.include({
      whole: 7,
      short: "it's",
      flag: false,
      real: null,
    })
  })

  it('computes columns from predicates, which are never null', async () => {
    const samples = dataSource.getRepository(Sample)
    const base = { key: '018f3c2e-7d1a-7cc0-8000-0123456789ab', tree: {} }
    await samples.insert([
      {
        ...base,
        id: 11,
        whole: 11,
        short: "O'Brien\\",
        plain: 'b',
        flag: false,
        instant: new Date('2024-02-29T12:00:00.500Z'),
      },
      { ...base, id: 12, whole: null, short: null, plain: null, flag: false, instant: null },
      {
        ...base,
        id: 13,
        whole: 10,
        short: "O'Brien\\",
        plain: 'B',
        flag: true,
        instant: new Date('2024-02-29T12:00:00.499Z'),
      },
    ])
    const found = await samples.find({ where: [{ id: 11 }, { id: 12 }, { id: 13 }], order: { id: 'ASC' } })
    expect(found.map(({ big, odd, few, early }) => [big, odd, few, early])).to.deep.equal([
      [true, false, true, false],
      [false, true, true, false],
      [false, true, false, true],
    ])
  })

  it('keeps values unique among visible rows, for each tenant', async () => {
    const products = dataSource.getRepository(Product)
    const add = (id: number, values: object, tenantId = 'a') =>
      currentTenant.run(tenantId, () => products.insert({ id, slug: 'tea', tenantId, ...values }))
    await add(1, {})
    expect(await failed(add(2, {}))).to.equal(true)
    await add(3, {}, 'b')
    await add(4, { archived: true })
    await add(5, { archived: true })
    await add(6, { archived: true })
    await hide(dataSource, Product, [6], { archived: false, deletedAt: new Date() })
    const unarchive = () => currentTenant.run('a', () => products.unscoped().update({ id: 4 }, { archived: false }))
    const restore = () => currentTenant.run('a', () => products.restore(6))
    expect(await failed(unarchive())).to.equal(true)
    expect(await failed(restore())).to.equal(true)
    await currentTenant.run('a', () => products.delete({ id: 1 }))
    expect((await restore()).affected).to.equal(1)
  })

  it('takes names of columns from the naming strategy and from @Column', async () => {
    expect(Object.keys(await columnTypes(dataSource, 'product'))).to.include.members([
      'tenant_id',
      'deleted_at',
      'is_deleted',
    ])
    expect(await columnTypes(dataSource, 'page')).to.include(
      engine.name === 'postgres' ? { page_slug: 'character varying(33)' } : { page_slug: 'varchar(33)' },
    )
    expect(Object.keys(await columnTypes(dataSource, 'page'))).not.to.include('slug')
  })

  it('gives a subclass with a table of its own every column, by the nearest declaration', () => {
    const metadata = dataSource.getMetadata(ShortPage)
    expect(metadata.columns.map(({ propertyName }) => propertyName).sort()).to.deep.equal([
      'createdAt',
      'id',
      'slug',
      'updatedAt',
    ])
    expect(metadata.orderBy).to.deep.equal({ createdAt: 'DESC', id: 'DESC' })
  })

  it('puts columns and indexes of a shared table on it once', async () => {
    const root = dataSource.getMetadata(Animal)
    const names = root.columns.map(({ propertyName }) => propertyName)
    expect(names.filter((name) => ['slug', 'deletedAt', 'createdAt', 'updatedAt'].includes(name)).sort()).to.deep.equal(
      ['createdAt', 'deletedAt', 'slug', 'updatedAt'],
    )
    expect(root.indices.filter(({ isUnique }) => isUnique)).to.have.length(1)
    const cats = dataSource.getRepository(Cat)
    await cats.save(cats.create({ id: 1, slug: 'tom', lives: 9 }))
    await dataSource.getRepository(Dog).save({ id: 2, slug: 'rex', createdAt: new Date(0), updatedAt: new Date(0) })
    await cats.delete({ id: 1 })
    expect(await dataSource.getRepository(Animal).count()).to.equal(1)
    expect(await cats.count()).to.equal(0)
    expect((await cats.withDeleted().find()).map(({ slug }) => slug)).to.deep.equal(['tom'])
  })

  it('guards rows of a shared table by the scopes of their own class too', async () => {
    const [animals, dogs] = [dataSource.getRepository(Animal), dataSource.getRepository(Dog)]
    const dog = { createdAt: new Date(0), updatedAt: new Date(0) }
    await dogs.save([
      { ...dog, id: 21, slug: 'old', archived: true },
      { ...dog, id: 22, slug: 'new', archived: false },
    ])
    await dataSource.getRepository(Cat).save({ id: 23, slug: 'cat', lives: 7 })
    const shown = (await animals.find({ where: { id: MoreThan(20) }, order: { id: 'ASC' } })).map(({ slug }) => slug)
    expect(shown).to.deep.equal(['new', 'cat'])
    expect((await animals.delete({ id: MoreThan(20) })).affected).to.equal(2)
    expect(await dogs.unscoped('current').countBy({ slug: 'old' })).to.equal(1)
  })
})

describeOnEngines('Migrations of models', (engine) => {
  it('are generated from their columns, and run', async () => {
    const database = await engine.create()
    const dataSource = await createDataSource({ ...database.options, entities }).initialize()
    try {
      const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log()
      class Models1700000000000 implements MigrationInterface {
        async up(runner: QueryRunner): Promise<void> {
          for (const { query, parameters } of upQueries) await runner.query(query, parameters)
        }

        async down(runner: QueryRunner): Promise<void> {
          for (const { query, parameters } of downQueries.toReversed()) await runner.query(query, parameters)
        }
      }
      await dataSource.destroy()
      Object.assign(dataSource.options, { migrations: [Models1700000000000] })
      // The in-memory database is gone, as is its schema, of which there was none yet.
      await dataSource.initialize()
      expect((await dataSource.runMigrations()).map(({ name }) => name)).to.deep.equal(['Models1700000000000'])
      expect(await pending(dataSource)).to.deep.equal([])
      await dataSource.getRepository(Animal).insert({ id: 1, slug: 'x' })
      await dataSource.undoLastMigration()
      expect(await failed(dataSource.getRepository(Animal).count())).to.equal(true)
    } finally {
      await dataSource.destroy()
      await database.drop()
    }
  })
})

describe('Applications over the same classes', () => {
  it('share nothing, also when they start together on different engines', async () => {
    const counts = Object.fromEntries(
      Object.entries(getMetadataArgsStorage()).map(([kind, facts]) => [kind, (facts as unknown[]).length]),
    )
    const reachable = await Promise.all(
      [...engines, ...engines].map(async (engine) => ({
        engine,
        database: await engine.create().catch(() => undefined),
      })),
    )
    const started = await Promise.all(
      reachable.flatMap(({ engine, database }) =>
        database
          ? [
              createDataSource({ ...database.options, entities })
                .initialize()
                .then((dataSource) => ({ engine, database, dataSource })),
            ]
          : [],
      ),
    )
    try {
      expect(started.length).to.be.greaterThan(1)
      for (const { engine, dataSource } of started) {
        const type = dataSource.getMetadata(Sample).findColumnWithPropertyName('instant')?.type
        expect(type).to.equal(engine.name === 'postgres' ? 'timestamptz' : 'datetime')
        expect(dataSource.getMetadata(Sample).columns.map(({ propertyName }) => propertyName)).to.have.length(14)
      }
      const models = new Set(started.map(({ dataSource }) => dataSource.registry.model(Sample)))
      expect(models.size).to.equal(started.length)
    } finally {
      await Promise.all(started.map(({ dataSource }) => dataSource.destroy()))
      await Promise.all(started.map(({ database }) => database.drop()))
    }
    const after = Object.entries(getMetadataArgsStorage()).map(([kind, facts]) => [kind, (facts as unknown[]).length])
    expect(Object.fromEntries(after)).to.deep.equal(counts)
  })
})
