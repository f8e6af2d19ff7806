import { createDataSource, type ModelDataSource } from 'plinth'
import { DataSource, EntitySchema, IsNull } from 'typeorm'
import { City } from '../examples/atlas/city.js'
import { Country } from '../examples/atlas/country.js'
import { importWorld } from '../examples/atlas/import-world.js'
import { worldCities } from '../examples/atlas/world.js'
import { type Comparison, compare } from './compare.js'
import { batches, ListedCity } from './listed-cities.js'

interface PlainCity {
  readonly id: string
  readonly name: string
  readonly population: number
  readonly latitude: number
  readonly longitude: number
  readonly countryId: string
  readonly slug: string
  readonly position: number
  readonly predecessor: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly deletedAt: Date | null
  readonly deletionId: string | null
  readonly isDeleted: boolean
}

/** The table of cities as one would describe it without plinth, with all columns that it has there. */
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
    slug: { type: 'varchar', length: 220 },
    position: { type: 'int' },
    predecessor: { type: 'varchar', length: 36, nullable: true },
    createdAt: { type: 'datetime' },
    updatedAt: { type: 'datetime' },
    deletedAt: { type: 'datetime', nullable: true },
    deletionId: { type: 'varchar', length: 36, nullable: true },
    isDeleted: { type: 'boolean' },
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
    slug: `city-${number}`,
    position: number,
    predecessor: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    deletionId: null,
    isDeleted: false,
  }))

async function insertPlain(dataSource: DataSource): Promise<void> {
  const rows = plainRows(new Date())
  await dataSource.transaction(async (manager) => {
    for (const batch of batches(rows)) await manager.insert(plainCity, batch)
  })
}

/** Twenty rows under the scopes, against the same conditions written by hand. */
export async function readingComparison(): Promise<Comparison> {
  const [scoped, bare] = [await atlas(), await plain()]
  await importWorld(scoped, undefined, some)
  await insertPlain(bare)
  // Without statistics SQLite takes an index over visible rows alone for a small one, and sorts all that it finds in it.
  for (const one of [scoped, bare]) await one.query('ANALYZE')
  const cities = scoped.getRepository(City)
  const rows = bare.getRepository(plainCity)
  const largest = cities.select().orderBy([
    { property: 'population', direction: 'DESC' },
    { property: 'id', direction: 'DESC' },
  ])
  const comparison = await compare('Read 20 of 5,000 cities, largest first, without deleted ones', {
    'TypeORM, conditions by hand': () =>
      rows.find({ where: { deletedAt: IsNull() }, order: { population: 'DESC', id: 'DESC' }, take: 20 }),
    'plinth, repository': () => cities.find({ order: { population: 'DESC', id: 'DESC' }, take: 20 }),
    'plinth, selection': () => largest.slice(0, 20).rows(),
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
    for (const batch of batches(rows)) await dataSource.getRepository(ListedCity).insert(batch)
  })
}

async function storing(open: () => Promise<DataSource>, write: (made: DataSource) => Promise<unknown>): Promise<void> {
  const dataSource = await open()
  await write(dataSource)
  await dataSource.destroy()
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
