import { anyone, ModelViewSet, Serializer } from 'plinth'
import { Resource, type SoftDeletable, SoftDelete, type Timestamped, Timestamps } from 'plinth/decorators'
import { Column, Entity, Index, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn } from 'typeorm'

export interface Article extends Timestamped, SoftDeletable {}

@Entity('author')
export class Author {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) name!: string
}

@Entity('category')
export class Category {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) name!: string
}

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
  @ManyToOne(() => Category) @JoinColumn({ name: 'categoryId' }) category!: Category | null
  @Column({ type: 'int' }) authorId!: number
  @ManyToOne(() => Author) @JoinColumn({ name: 'authorId' }) author!: Author
  @OneToMany(
    () => Comment,
    ({ article }) => article,
  )
  comments!: Comment[]
}

@Entity('comment')
export class Comment {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 120 }) text!: string
  @Column({ type: 'int' }) @Index() articleId!: number
  @ManyToOne(() => Article) @JoinColumn({ name: 'articleId' }) article!: Article
}

export const entities = [Article, Author, Category, Comment]

class ArticleSerializer extends Serializer(Article, {
  fields: ['id', 'title', 'slug', 'body', 'views', 'price', 'featured', 'publishedAt', 'categoryId', 'createdAt'],
}) {}

class AuthorSerializer extends Serializer(Author, { fields: ['id', 'name'] }) {}
class CategorySerializer extends Serializer(Category, { fields: ['id', 'name'] }) {}
class CommentSerializer extends Serializer(Comment, { fields: ['id', 'text'] }) {}
class StorySerializer extends Serializer(Article, {
  fields: ['id', 'title', 'publishedAt', 'author', 'category', 'comments'],
  nested: {
    author: AuthorSerializer,
    category: CategorySerializer,
    comments: { serializer: CommentSerializer, orderBy: ['id'] },
  },
}) {}

const options = {
  permissions: { '*': anyone },
  defaultOrdering: ['-publishedAt'],
  pagination: { style: 'page', count: 'none' },
} as const

@Resource('/articles')
export class ArticleViewSet extends ModelViewSet(Article, { ...options, serializer: ArticleSerializer }) {}

@Resource('/stories')
export class StoryViewSet extends ModelViewSet(Article, { ...options, serializer: StorySerializer }) {}
