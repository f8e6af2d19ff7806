import { anyone, ModelViewSet, Serializer } from 'plinth'
import { Resource, type SoftDeletable, SoftDelete, type Timestamped, Timestamps } from 'plinth/decorators'
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'

export interface Article extends Timestamped, SoftDeletable {}

/** Ten of the columns are shown; one row of ten is deleted. */
@Entity('article')
@Timestamps()
@SoftDelete()
@Index(['publishedAt', 'id'])
export class Article {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 120 }) title!: string
  @Column({ length: 120 }) slug!: string
  @Column({ type: 'text' }) body!: string
  @Column({ type: 'int' }) views!: number
  @Column({ type: 'decimal', precision: 10, scale: 2 }) price!: string
  @Column({ type: Boolean }) featured!: boolean
  @Column({ type: Date, precision: 3 }) publishedAt!: Date
  @Column({ type: 'int', nullable: true }) categoryId!: number | null
}

class ArticleSerializer extends Serializer(Article, {
  fields: ['id', 'title', 'slug', 'body', 'views', 'price', 'featured', 'publishedAt', 'categoryId', 'createdAt'],
}) {}

@Resource('/articles')
export class ArticleViewSet extends ModelViewSet(Article, {
  serializer: ArticleSerializer,
  permissions: { '*': anyone },
  defaultOrdering: ['-publishedAt'],
  pagination: { style: 'page', count: 'none' },
}) {}
