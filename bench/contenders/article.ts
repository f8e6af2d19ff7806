import { IsInt, IsString, Length, Max, Min } from 'class-validator'
import {
  DefaultOrdering,
  type HasMetadata,
  Metadata,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity } from 'typeorm'

export interface Article extends UuidIdentified, Timestamped, SoftDeletable, Slugged, HasMetadata {}

/** The row that all contenders serve; its traits also make the tables that all of them use. */
@UuidPk()
@Timestamps()
@SoftDelete()
@Sluggable({ from: 'title' })
@Metadata()
@DefaultOrdering({ by: ['-createdAt'] })
@Entity('articles')
export class Article {
  @Column({ type: 'varchar', length: 200 })
  @Length(1, 200)
  title!: string

  @Column({ type: 'text' })
  @IsString()
  body!: string

  @Column({ type: 'int' })
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  words!: number

  @Column({ type: 'int' })
  @IsInt()
  @Min(1)
  categoryId!: number

  @Column({ type: 'varchar', length: 36, default: 'owner' })
  ownerId!: string
}
