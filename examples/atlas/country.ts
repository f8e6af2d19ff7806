import { IsInt, IsLatitude, IsLongitude, IsOptional, Length, Matches, Max, Min } from 'class-validator'
import {
  BaseModel,
  DefaultOrdering,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, Index } from 'typeorm'

export interface Country extends UuidIdentified, SoftDeletable {}

/** A country or territory of ISO 3166-1. */
@UuidPk()
@SoftDelete()
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
