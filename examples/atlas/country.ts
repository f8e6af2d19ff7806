import { IsInt, IsLatitude, IsLongitude, IsOptional, Length, Matches, Max, Min } from 'class-validator'
import {
  Audited,
  BaseModel,
  DefaultOrdering,
  type HasMetadata,
  type HasVersion,
  Metadata,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
  Versioned,
} from 'plinth/decorators'
import { Column, Entity, Index } from 'typeorm'

const texts = { type: 'array', items: { type: 'string' } } as const

/** What is known of a country besides. */
export type AboutCountry = {
  languages: string[]
  /** Its neighbours, by their codes of three letters. */
  borders: string[]
  landlocked: boolean
}

/** What the metadata of a country must fit. */
const aboutCountry = {
  type: 'object',
  properties: { languages: texts, borders: texts, landlocked: { type: 'boolean' } },
} as const

export interface Country extends UuidIdentified, SoftDeletable, Slugged, HasMetadata, HasVersion {}

/**
 * A country or territory of ISO 3166-1. Its slug follows its name; who asks by a former one is led to the present one.
 * What is known of it besides is in its metadata.
 */
@UuidPk()
@SoftDelete()
@Versioned()
@Sluggable({ from: 'name', onUpdate: 'regenerate', reserved: ['trash', 'bulk'] })
@Metadata({ schema: aboutCountry })
@Audited()
@DefaultOrdering({ by: ['name'] })
@Entity('countries')
export class Country extends BaseModel {
  /** ISO 3166-1 alpha-2. */
  @Column({ type: 'varchar', length: 2, unique: true })
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters' })
  code!: string

  @Column({ type: 'varchar', length: 120 })
  @Index()
  @Length(1, 120)
  name!: string

  @Column({ type: 'varchar', length: 200 })
  @Length(1, 200)
  officialName!: string

  @Column({ type: 'varchar', length: 120, nullable: true })
  @IsOptional()
  @Length(1, 120)
  capital!: string | null

  @Column({ type: 'varchar', length: 40 })
  @Index()
  @Length(1, 40)
  region!: string

  /** In square kilometres. */
  @Column({ type: 'int' })
  @IsInt()
  @Min(0)
  @Max(20_000_000)
  area!: number

  @Column({ type: 'float' })
  @IsLatitude()
  latitude!: number

  @Column({ type: 'float' })
  @IsLongitude()
  longitude!: number
}
