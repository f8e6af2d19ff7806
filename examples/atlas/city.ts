import { IsInt, IsLatitude, IsLongitude, Length, Max, Min } from 'class-validator'
import {
  BaseModel,
  OnDelete,
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm'
import { Country } from './country.js'

export interface City extends UuidIdentified, SoftDeletable, Slugged, Ordered {}

/**
 * A populated place of GeoNames with more than a thousand people: named in URLs within its country, where
 * its slug follows its name, and in the list of its country, the largest first until somebody moves it.
 */
@UuidPk()
@SoftDelete()
@Sluggable({ from: 'name', within: ['countryId'], onUpdate: 'regenerate' })
@Orderable({ within: ['countryId'] })
@Entity('cities')
export class City extends BaseModel {
  @Column({ type: 'varchar', length: 200 })
  @Index()
  @Length(1, 200)
  name!: string

  @Column({ type: 'int' })
  @Index()
  @IsInt()
  @Min(0)
  @Max(100_000_000)
  population!: number

  @Column({ type: 'float' })
  @IsLatitude()
  latitude!: number

  @Column({ type: 'float' })
  @IsLongitude()
  longitude!: number

  @Column()
  @Index()
  countryId!: string

  @OnDelete('cascade')
  @ManyToOne(() => Country)
  @JoinColumn({ name: 'countryId' })
  country!: Relation<Country>
}
