import { Length, Max, Min } from 'class-validator'
import {
  type Adds,
  anyone,
  type Call,
  column,
  createDataSource,
  defineTrait,
  either,
  isNull,
  lt,
  type ModelDataSource,
  ModelViewSet,
  not,
  role,
  rowRule,
  Serializer,
  VerbsMixin,
  ViewRowsMixin,
} from 'plinth'
import {
  OnDelete,
  Orderable,
  type Ordered,
  Resource,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  SoftDeleteViewSetMixin,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'
import type { Answer } from './served.js'

export interface Shelf extends SoftDeletable {}
@Entity('lib_shelves')
@SoftDelete()
export class Shelf {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) @Length(1, 40) name!: string
}

export interface Book extends UuidIdentified, SoftDeletable, Ordered, Slugged {}
@Entity('lib_books')
@UuidPk()
@SoftDelete()
@Orderable({ within: ['shelfId'] })
@Sluggable({ from: 'title', reserved: ['trash', 'bulk'], idSuffix: true })
export class Book {
  @Column({ length: 60 }) @Length(2, 60) title!: string
  @Column({ length: 20, unique: true }) isbn!: string
  @Column({ length: 40, default: 'ada' }) ownerId!: string
  @Column({ type: 'int', default: 0 }) @Min(0) @Max(9000) pages!: number
  @Column({ type: 'int' }) shelfId!: number
  @ManyToOne(() => Shelf)
  @OnDelete('cascade')
  @JoinColumn({ name: 'shelfId' })
  shelf!: Relation<Shelf>
}

/** A loan keeps its book from being removed for good. */
@Entity('lib_loans')
export class Loan {
  @PrimaryGeneratedColumn() id!: number
  @Column() bookId!: string
  @ManyToOne(() => Book)
  @JoinColumn({ name: 'bookId' })
  book!: Relation<Book>
}

const archived = not(isNull('archivedAt'))

/** Hides rows in a way of its own: a trait of somebody else. */
export const Archivable = defineTrait({
  name: 'Archivable',
  defaults: {},
  columns: () => ({ archivedAt: column.timestamp({ nullable: true }) }),
  scopes: () => ({ current: { where: isNull('archivedAt'), default: true } }),
  views: () => ({
    archived: { without: ['current'], where: archived },
    forgotten: { without: ['current'], where: lt('archivedAt', new Date('2000-01-01')) },
  }),
  inputs: () => ({ archive: { reason: column.string({ length: 8 }) } }),
  verbs: () => ({
    archive: { set: ({ now }) => ({ archivedAt: now }) },
    unarchive: { without: ['current'], set: () => ({ archivedAt: null }) },
    shred: { without: ['current'], hard: true },
  }),
})

export interface Letter extends Adds<typeof Archivable> {}
@Entity('lib_letters')
@Archivable()
export class Letter {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) text!: string
}

export class BookSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'isbn', 'ownerId', 'pages', 'shelfId', 'position'],
}) {}
export class ShelfSerializer extends Serializer(Shelf, { fields: ['id', 'name'] }) {}
export class LetterSerializer extends Serializer(Letter, { fields: ['id', 'text', 'archivedAt'] }) {}

export const admin = role('admin')
export const editor = role('editor')
export const owner = rowRule<{ ownerId: string }>('owner', ({ user }, row) => row.ownerId === user?.id)

/** The books that are nobody's secret. */
abstract class Books extends SoftDeleteViewSetMixin(
  VerbsMixin(
    ModelViewSet(Book, {
      serializer: BookSerializer,
      permissions: { list: anyone, retrieve: anyone, '*': either(editor, owner) },
      filters: { title: ['eq', 'contains'], pages: ['gte'] },
      defaultOrdering: ['title'],
      only: ['list', 'retrieve', 'partialUpdate', 'destroy'],
    }),
    { moveTo: either(editor, owner), moveUp: either(editor, owner), moveBefore: editor },
  ),
  { allow: { trash: editor, restore: either(editor, owner), purge: admin } },
) {
  override select(call: Call) {
    const rows = super.select(call)
    return call.user?.roles.includes('editor') ? rows : rows.where({ ownerId: call.user?.id ?? 'ada' })
  }
}
@Resource('/books')
export class BookViewSet extends Books {}

@Resource('/shelves')
export class ShelfViewSet extends ModelViewSet(Shelf, { serializer: ShelfSerializer, permissions: { '*': anyone } }) {}

const Letters = VerbsMixin(ModelViewSet(Letter, { serializer: LetterSerializer, permissions: { '*': anyone } }), {
  archive: anyone,
  unarchive: editor,
})
const cellar = { view: 'archived', path: 'in-the-cellar', allow: anyone } as const

@Resource('/letters')
export class LetterViewSet extends ViewRowsMixin(
  ViewRowsMixin(Letters, { ...cellar, remove: { verb: 'shred', allow: editor } }),
  { view: 'forgotten', path: 'forgotten', allow: anyone },
) {}

export const entities = [Shelf, Book, Loan, Letter]

/** A database with the library on an engine. */
export async function createLibrary(engine: Engine): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities })
  await dataSource.initialize()
  await dataSource.synchronize()
  return { dataSource, database }
}

let books = 0

/** Stores books of a shelf, in this order. */
export async function storeBooks(
  dataSource: ModelDataSource,
  titles: readonly string[],
  values: Partial<Book> = {},
): Promise<readonly Book[]> {
  const shelfId = values.shelfId ?? (await dataSource.getRepository(Shelf).save({ name: 'a shelf' })).id
  const repository = dataSource.getRepository(Book)
  const stored: Book[] = []
  for (const title of titles) stored.push(await repository.save({ title, isbn: `isbn ${++books}`, ...values, shelfId }))
  return stored
}

/** A problem document without what is another each time. */
export function problem({ body }: Answer): object {
  const { requestId: _, ...rest } = body
  return rest
}
