import { IsOptional, Length } from 'class-validator'
import { type Adds, FileExtension, isNull, MatchesJsonSchema, NoHtml, not } from 'plinth'
import {
  BaseModel,
  type HasMetadata,
  Metadata,
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  scopes,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity } from 'typeorm'

/** What managers and querysets were for. */
const ArticleScopes = scopes('ArticleScopes', { illustrated: not(isNull('picture')) })

export interface Article
  extends UuidIdentified,
    SoftDeletable,
    Slugged,
    Ordered,
    HasMetadata,
    Adds<typeof ArticleScopes> {}

@UuidPk()
@SoftDelete()
@Sluggable({ from: 'title' })
@Orderable()
@Metadata()
@ArticleScopes()
@Entity('articles')
export class Article extends BaseModel {
  @Column({ type: 'varchar', length: 100, unique: true })
  @Length(1, 100)
  title!: string

  @Column({ type: 'text' })
  @NoHtml()
  body!: string

  @Column({ type: 'simple-json', nullable: true })
  @IsOptional()
  @MatchesJsonSchema({ type: 'object', properties: { theme: { enum: ['light', 'dark'] } } })
  config!: unknown

  /** The key of a file. */
  @Column({ type: 'varchar', length: 60, nullable: true })
  picture!: string | null

  @Column({ type: 'varchar', length: 255, nullable: true })
  @IsOptional()
  @FileExtension({ allowed: ['.jpg', '.png'] })
  pictureName!: string | null
}
