import { createDataSource, type ModelDataSource } from 'plinth'
import {
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
import { Column, DataSource, Entity, EntitySchema, IsNull } from 'typeorm'
import { City } from '../examples/atlas/city.js'
import { Country } from '../examples/atlas/country.js'
import { importWorld } from '../examples/atlas/import-world.js'
import { worldCities } from '../examples/atlas/world.js'
import { type Comparison, compare } from './compare.js'

interface PlainCity {
  readonly id: string
  readonly name: string
  readonly population: number
  readonly latitude: number
  readonly longitude: number
  readonly countryId: string
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly deletedAt: Date | null
}

/** The table of cities as one would describe it without plinth. */
const plainCity = new EntitySchema<PlainCity>({
  name: 'City',
  tableName: 'cities',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 200 },
    population: { type: 'int' },
    latitude: { type: 'float' },
    longitude: { type: 'float' },
    countryId: { type: 'varchar' },
    createdAt: { type: 'datetime' },
    updatedAt: { type: 'datetime' },
    deletedAt: { type: 'datetime', nullable: true },
  },
  indices: [{ columns: ['name'] }, { columns: ['population'] }, { columns: ['countryId'] }, { columns: ['createdAt'] }],
})

const some = worldCities().slice(0, 5000)

async function atlas(): Promise<ModelDataSource> {
  const dataSource = createDataSource({
    type: 'sqlite',
    database: ':memory:',
    entities: [Country, City],
    synchronize: true,
  })
  return dataSource.initialize()
}

async function plain(): Promise<DataSource> {
  const { default: driver } = await import('libsql')
  const options = { type: 'better-sqlite3', database: ':memory:', driver, synchronize: true } as const
  return new DataSource({ ...options, entities: [plainCity] }).initialize()
}

const plainRows = (now: Date): PlainCity[] =>
  some.map(({ countryCode, ...city }, number) => ({
    ...city,
    id: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    countryId: countryCode,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  }))

async function insertPlain(dataSource: DataSource): Promise<void> {
  const rows = plainRows(new Date())
  await dataSource.transaction(async (manager) => {
    for (let start = 0; start < rows.length; start += 500) {
      await manager.insert(plainCity, rows.slice(start, start + 500))
    }
  })
}

/** Twenty rows under the scopes, against the same conditions written by hand. */
export async function readingComparison(): Promise<Comparison> {
  const [scoped, bare] = [await atlas(), await plain()]
  await importWorld(scoped, undefined, some)
  await insertPlain(bare)
  const cities = scoped.getRepository(City)
  const rows = bare.getRepository(plainCity)
  const comparison = await compare('Read 20 of 5,000 cities, largest first, without deleted ones', {
    'TypeORM, conditions by hand': () =>
      rows.find({ where: { deletedAt: IsNull() }, order: { population: 'DESC', id: 'DESC' }, take: 20 }),
    'plinth, repository': () => cities.find({ take: 20 }),
    'plinth, selection': () => cities.select().slice(0, 20).rows(),
  })
  await Promise.all([scoped.destroy(), bare.destroy()])
  return comparison
}

/** An empty transaction, against an empty unit of work. */
export async function unitComparison(): Promise<Comparison> {
  const [scoped, bare] = [await atlas(), await plain()]
  const comparison = await compare('Open and commit a transaction with one statement', {
    'TypeORM, transaction': () => bare.transaction((manager) => manager.query('SELECT 1')),
    'plinth, unit of work': () => scoped.atomic(() => scoped.query('SELECT 1')),
  })
  await Promise.all([scoped.destroy(), bare.destroy()])
  return comparison
}

interface ListedCity extends UuidIdentified, Timestamped, SoftDeletable, Slugged, Ordered {}

/** A city with a slug and a place in the list of its country. */
@UuidPk()
@Timestamps({ index: true })
@SoftDelete()
@Sluggable({ from: 'name', within: ['countryId'], history: false })
@Orderable({ within: ['countryId'] })
@Entity('listed_cities')
class ListedCity {
  @Column({ type: 'varchar', length: 200 })
  name!: string

  @Column({ type: 'int' })
  population!: number

  @Column({ type: 'float' })
  latitude!: number

  @Column({ type: 'float' })
  longitude!: number

  @Column({ type: 'varchar', length: 36 })
  countryId!: string
}

async function listed(): Promise<ModelDataSource> {
  const options = { type: 'sqlite', database: ':memory:', entities: [ListedCity], synchronize: true } as const
  return createDataSource(options).initialize()
}

async function insertListed(dataSource: ModelDataSource): Promise<void> {
  // Where rows stand is the order in which they are inserted.
  const rows = some
    .map(({ countryCode, ...city }) => ({ ...city, countryId: countryCode }))
    .sort((one, other) => other.population - one.population)
  await dataSource.atomic(async () => {
    for (let start = 0; start < rows.length; start += 500) {
      await dataSource.getRepository(ListedCity).insert(rows.slice(start, start + 500))
    }
  })
}

async function storing(open: () => Promise<DataSource>, write: (made: DataSource) => Promise<unknown>): Promise<void> {
  const dataSource = await open()
  await write(dataSource)
  await dataSource.destroy()
}

/** The table of such cities, described without plinth. */
const plainListed = new EntitySchema<ListedCity>({
  name: 'PlainListed',
  tableName: 'plain_listed',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 200 },
    population: { type: 'int' },
    latitude: { type: 'float' },
    longitude: { type: 'float' },
    countryId: { type: 'varchar', length: 36 },
    createdAt: { type: 'datetime' },
    updatedAt: { type: 'datetime' },
    deletedAt: { type: 'datetime', nullable: true },
    slug: { type: 'varchar', length: 100 },
    position: { type: 'int', nullable: true },
    predecessor: { type: 'varchar', nullable: true },
  },
  indices: [
    { columns: ['createdAt'] },
    { columns: ['countryId', 'slug'], unique: true },
    { columns: ['countryId', 'position'], unique: true },
  ],
})

const batches = <T>(rows: readonly T[]) =>
  Array.from({ length: Math.ceil(rows.length / 500) }, (_, index) => rows.slice(500 * index, 500 * (index + 1)))

const bareListed = async () => {
  const { default: driver } = await import('libsql')
  const options = { type: 'better-sqlite3', database: ':memory:', driver, synchronize: true } as const
  return new DataSource({ ...options, entities: [plainListed] }).initialize()
}

/** All cities of the atlas with slugs and places in their countries, against an INSERT of the same finished rows. */
export async function atlasComparison(): Promise<Comparison> {
  const cities = worldCities()
    .map(({ countryCode, ...city }) => ({ ...city, countryId: countryCode }))
    .sort((one, other) => other.population - one.population)
  const importAll = (made: ModelDataSource) =>
    made.atomic(async () => {
      for (const batch of batches(cities)) await made.getRepository(ListedCity).insert(batch.map((row) => ({ ...row })))
    })
  const source = await listed()
  await importAll(source)
  const finished = await source.getRepository(ListedCity).find()
  await source.destroy()
  return compare(
    `Create the tables and store ${cities.length} cities with slugs and positions`,
    {
      'TypeORM, of rows that are finished': () =>
        storing(bareListed, (made) =>
          made.transaction(async (manager) => {
            for (const batch of batches(finished)) await manager.insert(plainListed, batch)
          }),
        ),
      'plinth, Sluggable and Orderable': () => storing(listed, (made) => importAll(made as ModelDataSource)),
    },
    { rounds: 1, calls: 1 },
  )
}

/** The traits of 5,000 cities, against rows that were made by hand. */
export async function importComparison(): Promise<Comparison> {
  return compare(
    'Create the tables and store 5,000 cities',
    {
      'TypeORM, keys and instants by hand': () => storing(plain, insertPlain),
      'plinth, UuidPk, Timestamps and SoftDelete': () =>
        storing(atlas, (made) => importWorld(made as ModelDataSource, undefined, some)),
      'plinth, Sluggable and Orderable besides': () => storing(listed, (made) => insertListed(made as ModelDataSource)),
    },
    { rounds: 5, calls: 1 },
  )
}
