import { createDataSource, Registry } from 'plinth'
import {
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, DataSource, Entity, EntitySchema } from 'typeorm'
import { type Comparison, compare } from './compare.js'

const count = 100

function traited(number: number) {
  @UuidPk()
  @Timestamps()
  @SoftDelete()
  @Sluggable({ from: 'title' })
  @Entity(`traited_${number}`)
  class Traited {
    @Column({ type: 'varchar', length: 120 }) title!: string
  }
  interface Traited extends UuidIdentified, Timestamped, SoftDeletable, Slugged {}
  return Traited
}

/** The tables that the traits make, as one would describe them without plinth: one for the rows, one for former slugs. */
const plain = (number: number): readonly EntitySchema[] => [
  schemaOf(`Plain${number}`, ['title', 'slug', 'deletionId'], ['createdAt', 'updatedAt', 'deletedAt'], ['slug']),
  schemaOf(`Former${number}`, ['scope', 'slug', 'row'], ['retiredAt'], ['row']),
]

function schemaOf(
  name: string,
  texts: readonly string[],
  instants: readonly string[],
  unique: readonly string[],
): EntitySchema {
  const columns = [
    ['id', { type: 'varchar', length: 36, primary: true }],
    ...texts.map((text) => [text, { type: 'varchar', length: 120 }]),
    ...instants.map((instant) => [instant, { type: 'datetime' }]),
  ]
  const options = {
    name,
    columns: Object.fromEntries(columns) as never,
    indices: [{ columns: [...unique], unique: true }],
  }
  return new EntitySchema(options)
}

/** Compiles the traits of a hundred entities, beside what TypeORM needs for its own metadata of as many. */
export async function compilingComparison(): Promise<Comparison> {
  const { default: driver } = await import('libsql')
  const entities = Array.from({ length: count }, (_, number) => traited(number))
  const schemas = Array.from({ length: count }, (_, number) => plain(number)).flat()
  const options = { type: 'better-sqlite3', database: ':memory:', driver } as const
  return compare(
    `Compile ${count} entities with four traits`,
    {
      'TypeORM, its metadata of the same tables': async () => {
        const dataSource = await new DataSource({ ...options, entities: schemas }).initialize()
        await dataSource.destroy()
      },
      'plinth, the registry': async () => new Registry(entities),
      'plinth, the registry and all metadata': async () => {
        const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities })
        await (await dataSource.initialize()).destroy()
      },
    },
    { rounds: 7, calls: 3 },
  )
}
