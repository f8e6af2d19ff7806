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
import { Column, Entity, EntitySchema } from 'typeorm'
import { worldCities } from '../examples/atlas/world.js'

/** A city with a slug and a place in the list of its country. */
@UuidPk()
@Timestamps({ index: true })
@SoftDelete()
@Sluggable({ from: 'name', within: ['countryId'] })
@Orderable({ within: ['countryId'] })
@Entity('listed_cities')
export class ListedCity {
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
export interface ListedCity extends UuidIdentified, Timestamped, SoftDeletable, Slugged, Ordered {}

/** The same table described without plinth. */
export const plainCity = (engine: string) => {
  const instant = {
    type: engine === 'postgres' ? 'timestamptz' : 'datetime',
    ...(engine !== 'sqlite' && { precision: 3 }),
  } as const
  const key = engine === 'sqlite' ? ({ type: 'varchar', length: 36 } as const) : ({ type: 'uuid' } as const)
  return new EntitySchema<ListedCity>({
    name: 'PlainCity',
    tableName: 'plain_cities',
    columns: {
      id: { ...key, primary: true },
      name: { type: 'varchar', length: 200 },
      population: { type: 'int' },
      latitude: { type: 'float' },
      longitude: { type: 'float' },
      countryId: { type: 'varchar', length: 36 },
      createdAt: instant,
      updatedAt: instant,
      deletedAt: { ...instant, nullable: true },
      slug: { type: 'varchar', length: 100 },
      position: { type: 'int', nullable: true },
      predecessor: { type: 'varchar', length: 255, nullable: true },
    },
    indices: [
      { columns: ['createdAt'] },
      { columns: ['countryId', 'slug'], unique: true },
      { columns: ['countryId', 'position'], unique: true },
    ],
  })
}

/** All cities of the atlas, the largest first. */
export const citiesBySize = worldCities()
  .map(({ countryCode, ...city }) => ({ ...city, countryId: countryCode }))
  // Where rows stand is the order in which they are inserted.
  .sort((one, other) => other.population - one.population)

/** Rows as parts of 500. */
export const batches = <T>(rows: readonly T[]) =>
  Array.from({ length: Math.ceil(rows.length / 500) }, (_, index) => rows.slice(500 * index, 500 * (index + 1)))
