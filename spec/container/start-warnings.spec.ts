import { expect } from 'chai'
import {
  anyone,
  both,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  either,
  eq,
  type LogFields,
  type Logger,
  ModelViewSet,
  type Permission,
  role,
  Serializer,
  signedIn,
  silentLogger,
} from 'plinth'
import { createApp } from 'plinth/container'
import { OnDelete, Resource, type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity, Index, JoinTable, ManyToMany, ManyToOne, type Relation } from 'typeorm'
import type { Adds } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const house = contextVariable<string>('house')

const Housed = defineTrait({
  name: 'Housed',
  defaults: {},
  columns: () => ({ house: column.string({ length: 20, index: true }) }),
  scopes: () => ({ house: { where: eq('house', house), default: true, locked: true } }),
})

interface Shelf extends UuidIdentified, SoftDeletable {}
@UuidPk()
@SoftDelete()
@Entity()
class Shelf {}

interface Book extends UuidIdentified, Adds<typeof Housed> {}
@UuidPk()
@Housed()
@Index(['house', 'shelfId', 'position'])
@Index(['createdOn'])
@Entity()
class Book {
  @Column({ type: 'varchar', length: 20, unique: true }) code!: string
  @Column({ type: 'int' }) position!: number
  @Column({ type: 'int' }) createdOn!: number
  @Column({ type: 'uuid' }) shelfId!: string
  @OnDelete('cascade') @ManyToOne(() => Shelf) shelf!: Relation<Shelf>
}

interface Note extends UuidIdentified {}
@UuidPk()
@Entity()
class Note {
  @ManyToOne(() => Shelf) shelf!: Relation<Shelf>
  @OnDelete('detach') @ManyToOne(() => Book, { nullable: true }) book!: Relation<Book> | null
  // Hidden rows of a list are not shown: there is nothing to say.
  @ManyToMany(() => Shelf) @JoinTable() shelves!: Relation<Shelf>[]
  @OnDelete('keep') @ManyToOne(() => Shelf, { nullable: true }) former!: Relation<Shelf> | null
}

class BookSerializer extends Serializer(Book, { fields: ['id', 'code', 'position', 'createdOn'] }) {}

const options = {
  serializer: BookSerializer,
  filters: { code: ['eq'] },
  ordering: ['position', 'createdOn'],
  pagination: { style: 'page' },
} as const

@Resource('/books')
class BookViewSet extends ModelViewSet(Book, { ...options, permissions: { '*': anyone } }) {}

@Resource('/shelves/:shelf/books')
class BooksOfShelf extends ModelViewSet(Book, {
  ...options,
  parent: { relation: 'shelf' },
  permissions: { '*': anyone },
}) {}

function listening(): { readonly logger: Logger; readonly heard: (readonly [string, LogFields | undefined])[] } {
  const heard: (readonly [string, LogFields | undefined])[] = []
  const logger: Logger = {
    ...silentLogger,
    warn: (message, fields) => void heard.push([message, fields]),
    child: () => logger,
  }
  return { logger, heard }
}

describeOnEngines('What a start warns of', (engine) => {
  let database: Database

  before(async () => {
    database = await engine.create()
  })
  after(() => database?.drop())

  it('are rows that stay, keys without an index, and lists that no index helps', async () => {
    const { logger, heard } = listening()
    const dataSource = createDataSource({ ...database.options, entities: [Shelf, Book, Note], synchronize: true })
    const app = await createApp({ dataSource, viewSets: [BookViewSet, BooksOfShelf], logger })
    await app.close()
    const places = heard.map(([message, { place, ...fields } = {}]) => [
      message,
      fields,
      /[^/\\]*$/.exec(String(place))?.[0].slice(0, 20),
    ])
    const lists = 'Lists can be filtered or ordered by columns that no index begins with.'
    const here = 'start-warnings.spec.'
    expect(places).to.deep.equal([
      [lists, { viewSet: 'BookViewSet', columns: ['position', 'createdOn'], behind: ['house'] }, 'undefined'],
      [lists, { viewSet: 'BooksOfShelf', columns: ['createdOn'], behind: ['house', 'shelfId'] }, 'undefined'],
      [
        'Rows of Note stay visible when the Shelf they refer to is deleted and hidden: say what becomes of them, by @OnDelete above "shelf".',
        { relation: 'Note.shelf' },
        here,
      ],
      // MariaDB makes an index for every foreign key.
      ...(engine.name === 'mariadb'
        ? []
        : [
            [
              'Each deletion of a Book reads all rows of Note, because no index begins with the key of "book": write @Index() above it.',
              { relation: 'Note.book' },
              here,
            ],
          ]),
    ])
  })
})

const warningsOf = async (permission: Permission<unknown>, isKnown = false) => {
  @Resource('/shelves')
  class ShelfViewSet extends ModelViewSet(Shelf, {
    serializer: class extends Serializer(Shelf, { fields: ['id'] }) {},
    permissions: { list: anyone, '*': permission },
    only: ['list', 'retrieve'],
  }) {}
  const { logger, heard } = listening()
  const app = await createApp({
    entities: [Shelf],
    viewSets: [ShelfViewSet],
    dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
    logger,
    ...(isKnown && { authenticate: () => null }),
  })
  await app.close()
  return heard.map(([message, fields]) => [message, fields?.['actions']])
}
const warning = (name: string) => [
  [
    'Nobody can call actions that ask for a user: give the application `authenticate`.',
    [`ShelfViewSet.retrieve (${name})`],
  ],
]

describe('A start without `authenticate`', () => {
  it('warns of actions that nobody can call', async () => {
    expect(await warningsOf(signedIn)).to.deep.equal(warning('signedIn'))
    expect(await warningsOf(role('editor'))).to.deep.equal(warning('role(editor)'))
    expect(await warningsOf(both(anyone, signedIn))).to.deep.equal(warning('both(anyone, signedIn)'))
    const two = either(signedIn, role('editor'))
    expect(await warningsOf(two)).to.deep.equal(warning('either(signedIn, role(editor))'))
  })

  it('says nothing of what others can call, or of users that are known', async () => {
    expect(await warningsOf(anyone)).to.deep.equal([])
    expect(await warningsOf(either(anyone, signedIn))).to.deep.equal([])
    expect(await warningsOf(signedIn, true)).to.deep.equal([])
  })
})
