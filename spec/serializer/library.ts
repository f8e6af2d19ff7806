import { IsEmail, Max, MaxLength, Min, MinLength } from 'class-validator'
import {
  anyone,
  computed,
  createDataSource,
  either,
  type ModelDataSource,
  ModelViewSet,
  role,
  rowRule,
  Serializer,
} from 'plinth'
import {
  Resource,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import {
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
} from 'typeorm'
import type { Database, Engine } from '../support/engines.js'

export interface Author extends UuidIdentified, SoftDeletable {}
@Entity()
@UuidPk()
@SoftDelete()
export class Author {
  @Column({ length: 60 }) @MinLength(2) name!: string
  @Column({ length: 80 }) @IsEmail() email!: string
  @OneToMany(
    () => Book,
    ({ author }) => author,
  )
  books!: Book[]
}

@Entity()
export class Tag {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 30 }) word!: string
}

export interface Book extends UuidIdentified, Timestamped {}
@Entity()
@UuidPk()
@Timestamps()
export class Book {
  @Column({ length: 60 }) @MinLength(2) title!: string
  @Column({ length: 400, default: '' }) body!: string
  @Column('decimal', { precision: 8, scale: 2, default: '0.00' }) price!: string
  @Column({ length: 40, default: 'ada' }) ownerId!: string
  @Column({ length: 40, nullable: true, type: 'varchar' }) note!: string | null
  @Column('uuid', { nullable: true }) authorId!: string | null
  @ManyToOne(
    () => Author,
    ({ books }) => books,
    { nullable: true },
  )
  @JoinColumn()
  author!: Author | null
  @OneToMany(
    () => Chapter,
    ({ book }) => book,
  )
  chapters!: Chapter[]
  @ManyToMany(() => Tag) @JoinTable() tags!: Tag[]
}

export interface Chapter extends SoftDeletable {}
@Entity()
@SoftDelete()
export class Chapter {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) @MinLength(2) @MaxLength(20) title!: string
  @Column('int', { default: 1 }) @Min(1) @Max(999) pages!: number
  @Column({ length: 40, default: '' }) remark!: string
  @ManyToOne(
    () => Book,
    ({ chapters }) => chapters,
    { nullable: false },
  )
  book!: Book
}

export const editor = role('editor')
export const owner = rowRule<{ ownerId: string }>('owner', async ({ user }, { ownerId }) => user?.id === ownerId)

export class TagSerializer extends Serializer(Tag, { fields: ['id', 'word'] }) {}
export class ChapterSerializer extends Serializer(Chapter, {
  fields: ['id', 'title', 'pages', 'remark'],
  rules: { remark: { read: editor, write: editor } },
}) {}
export class AuthorSerializer extends Serializer(Author, {
  fields: ['id', 'name', 'email'],
  rules: { email: { read: editor } },
}) {}
export class BookSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'body', 'price', 'note', 'ownerId', 'author', 'chapters', 'tags'],
  nested: {
    author: AuthorSerializer,
    chapters: { serializer: ChapterSerializer, max: 3, write: 'merge', orderBy: ['title'] },
    tags: { serializer: TagSerializer, optional: true, write: 'id' },
  },
  computed: {
    length: computed(Book, { requires: ['body'], value: ({ body }) => body.length, schema: { type: 'integer' } }),
    byline: computed(Book, {
      requires: ['title', 'author.name'],
      values: async (rows) => rows.map(({ title, author }) => `${title} by ${author?.name ?? 'nobody'}`),
    }),
  },
  rules: {
    note: { read: either(editor, owner), write: either(editor, owner) },
    price: { write: editor },
  },
  actions: {
    list: ['id', 'title', 'note', 'author', 'chapters', 'tags'],
    partialUpdate: { write: ['title', 'note', 'price', 'body', 'author', 'chapters', 'tags'] },
  },
}) {}

@Resource('/books')
export class BookViewSet extends ModelViewSet(Book, {
  serializer: BookSerializer,
  permissions: { '*': anyone },
  defaultOrdering: ['title'],
  pagination: { style: 'page', size: 100, max: 200 },
}) {}

/** Books whose chapters are replaced as a whole, and whose authors come with them. */
export class EditionSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'author', 'chapters'],
  nested: {
    author: { serializer: AuthorSerializer, write: 'create' },
    chapters: { serializer: ChapterSerializer, write: 'replace', orderBy: ['title'] },
  },
}) {}
@Resource('/editions')
export class EditionViewSet extends ModelViewSet(Book, {
  serializer: EditionSerializer,
  permissions: { '*': anyone },
}) {}

/** A database with books on an engine. */
export async function createLibrary(engine: Engine): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities: [Author, Tag, Book, Chapter] })
  await dataSource.initialize()
  await dataSource.synchronize()
  return { dataSource, database }
}
