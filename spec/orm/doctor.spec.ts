import { expect } from 'chai'
import { ChildEntity, Entity, ManyToOne, PrimaryColumn, type Relation, TableInheritance } from 'typeorm'
import { type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import {
  type Adds,
  all,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  doctor,
  eq,
  isNull,
  Mistakes,
  type ModelDataSource,
  not,
  type RowData,
} from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { hide } from '../support/hide.js'

/** A third party's trait that promises more than a schema can hold. */
const Shelved = defineTrait({
  name: 'Shelved',
  defaults: {},
  columns: () => ({
    slug: column.string({ length: 20 }),
    shelf: column.integer({ nullable: true }),
    place: column.integer({ nullable: true }),
    tags: column.json<object>(),
  }),
  indexes: () => [{ properties: ['slug'], unique: 'visible' }],
  checks: () => [
    {
      problem: 'has a place but no shelf',
      remedy: 'Give it a shelf.',
      where: all(isNull('shelf'), not(isNull('place'))),
    },
    {
      problem: 'has the place of another on its shelf',
      remedy: 'Renumber the shelf.',
      duplicates: { by: ['shelf', 'place'], among: isNull('deletedAt') },
    },
    { problem: 'has tags that are no object', remedy: 'Write an object.', json: { property: 'tags', holds: 'object' } },
  ],
})

@Entity()
class Room {
  @PrimaryColumn()
  id!: number
}

@Entity()
@SoftDelete()
@Shelved()
class Book {
  @PrimaryColumn()
  id!: number

  @ManyToOne(() => Room)
  room!: Relation<Room> | null
}
interface Book extends SoftDeletable, Adds<typeof Shelved> {}

const Marked = defineTrait({ name: 'Marked', defaults: {}, columns: () => ({ mark: column.string() }) })

@Entity()
@TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })
class Animal {
  @PrimaryColumn()
  id!: number
}

@ChildEntity()
@Marked()
class Cat extends Animal {}
interface Cat extends Adds<typeof Marked> {}

const entities = [Room, Book, Animal, Cat]

describeOnEngines('The doctor', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const run = async (...statements: readonly string[]) => {
    for (const sql of statements) {
      await dataSource.query(engine.name === 'mariadb' ? sql.replaceAll('"', '`') : sql)
    }
  }
  const found = async () =>
    (await doctor(dataSource)).map(({ entity, problem, count, ids }) => [entity, problem, count, ids])
  const book = (id: number, values: object = {}) =>
    dataSource.getRepository(Book).insert({ id, slug: `book-${id}`, shelf: null, place: null, tags: {}, ...values })
  const hiddenBook = async (id: number, { deletedAt = new Date(), ...values }: RowData = {}) => {
    await book(id)
    await hide(dataSource, Book, [id], { ...values, deletedAt })
  }

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
  })

  beforeEach(() => dataSource.synchronize(true))

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('finds nothing in data that keeps every promise, nor without tables', async () => {
    await dataSource.getRepository(Room).insert({ id: 1 })
    await book(1, { shelf: 1, place: 1, room: { id: 1 } })
    await book(2, { shelf: 1, place: 2 })
    await hiddenBook(3, { slug: 'book-1', shelf: 1, place: 1 })
    await hiddenBook(4, { slug: 'book-1' })
    await dataSource.getRepository(Animal).insert({ id: 1 })
    await dataSource.getRepository(Cat).insert({ id: 2, mark: 'x' })
    expect(await found()).to.deep.equal([])
    await dataSource.dropDatabase()
    expect(await found()).to.deep.equal([])
  })

  it('finds visible rows of one identity, before the index that would refuse them', async () => {
    const index = dataSource.getMetadata(Book).indices.find(({ isUnique }) => isUnique)!.name
    await run(`DROP INDEX "${index}"${engine.name === 'mariadb' ? ' ON "book"' : ''}`)
    for (const id of [1, 2, 3]) await book(id, { slug: 'same' })
    await hiddenBook(4, { slug: 'same' })
    await book(5)
    const [finding, ...others] = await doctor(dataSource)
    expect(others).to.deep.equal([])
    const { traits } = dataSource.registry.model(Book)
    expect(finding).to.deep.equal({
      entity: 'Book',
      problem: 'has the same slug as another visible row, and must not',
      count: 3,
      ids: [1, 2, 3],
      places: [`@Shelved at ${traits.find(({ trait }) => trait === 'Shelved')?.place}`],
      remedy: 'Change or delete all but one of each; hidden rows do not count.',
    })
  })

  it('finds what traits promise beyond the schema, with at most ten samples', async () => {
    for (let id = 1; id <= 12; id++) await book(id, { place: id })
    await book(21, { shelf: 1, place: 1 })
    await book(22, { shelf: 1, place: 1 })
    await hiddenBook(23, { shelf: 1, place: 1 })
    await book(24, { tags: [1] })
    await book(25, { tags: 'text' })
    expect(await found()).to.deep.equal([
      ['Book', 'has the place of another on its shelf', 2, [21, 22]],
      ['Book', 'has a place but no shelf', 12, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
      ['Book', 'has tags that are no object', 2, [24, 25]],
    ])
  })

  it('finds columns that disagree with what they are computed from', async () => {
    await book(1)
    await hiddenBook(2)
    const no = engine.name === 'postgres' ? 'false' : '0'
    const name = engine.name === 'sqlite' ? '"other"' : '"isDeleted"'
    if (engine.name === 'sqlite') {
      // It cannot drop a column that is computed and stored, so the table is made anew.
      await run(
        'CREATE TABLE "copy" AS SELECT * FROM "book"',
        'DROP TABLE "book"',
        'ALTER TABLE "copy" RENAME TO "book"',
      )
      await run(`UPDATE "book" SET "isDeleted" = ${no}`)
    } else {
      await run(`ALTER TABLE "book" DROP COLUMN ${name}`, `ALTER TABLE "book" ADD ${name} boolean DEFAULT ${no}`)
    }
    const [finding] = (await found()).filter(([, problem]) => String(problem).includes('computed'))
    expect(finding).to.deep.equal(['Book', 'has a isDeleted that disagrees with what it is computed from', 1, [2]])
  })

  it('finds rows that refer to nothing', async () => {
    await dataSource.getRepository(Room).insert({ id: 1 })
    await book(1, { room: { id: 1 } })
    await book(2, { room: { id: 1 } })
    const key = dataSource.getMetadata(Book).foreignKeys[0]!.name
    if (engine.name === 'sqlite') await run('PRAGMA foreign_keys = OFF')
    else await run(`ALTER TABLE "book" DROP ${engine.name === 'mariadb' ? 'FOREIGN KEY' : 'CONSTRAINT'} "${key}"`)
    await run('UPDATE "book" SET "roomId" = 7 WHERE "id" = 2')
    if (engine.name === 'sqlite') await run('PRAGMA foreign_keys = ON')
    expect(await found()).to.deep.equal([['Book', 'refers by roomId to a Room that does not exist', 1, [2]]])
  })

  it('finds nulls where a kind of rows must have a value', async () => {
    await dataSource.getRepository(Animal).insert({ id: 1 })
    await dataSource.getRepository(Cat).insert([
      { id: 2, mark: 'x' },
      { id: 3, mark: 'y' },
    ])
    if (engine.name === 'postgres') await run('ALTER TABLE "animal" ALTER COLUMN "mark" DROP NOT NULL')
    if (engine.name === 'mariadb') await run('ALTER TABLE "animal" MODIFY "mark" varchar(255) NULL')
    await run('UPDATE "animal" SET "mark" = NULL WHERE "id" = 3')
    expect(await found()).to.deep.equal([['Cat', 'has a mark that is null', 1, [3]]])
    expect(await doctor(dataSource, { entities: [Book] })).to.deep.equal([])
  })

  if (engine.name === 'sqlite') {
    it('finds what SQLite stores although its column is for something else', async () => {
      for (let id = 1; id <= 8; id++) await hiddenBook(id, { deletedAt: new Date('2024-02-29T12:00:00.500Z') })
      // What was stored before the table had its checks.
      await run(
        'PRAGMA ignore_check_constraints = ON',
        `UPDATE "book" SET "deletionId" = '018F3C2E-7D1A-7CC0-8000-000000000001' WHERE "id" = 1`,
        `UPDATE "book" SET "deletionId" = '018f3c2e-7d1a-7cc0-8000-000000000001' WHERE "id" = 2`,
        `UPDATE "book" SET "deletedAt" = '2024-02-29T12:00:00Z' WHERE "id" = 3`,
        `UPDATE "book" SET "deletedAt" = '2024-13-29 12:00:00.000' WHERE "id" = 4`,
        `UPDATE "book" SET "tags" = '{' WHERE "id" = 5`,
        `UPDATE "book" SET "shelf" = 'top' WHERE "id" = 6`,
        `UPDATE "book" SET "slug" = '${'x'.repeat(21)}' WHERE "id" = 7`,
        'PRAGMA ignore_check_constraints = OFF',
      )
      expect(await found()).to.deep.equal([
        ['Book', 'has a slug that is not a text of at most 20 characters', 1, [7]],
        ['Book', 'has a shelf that is not a whole number', 1, [6]],
        ['Book', 'has a tags that is not JSON', 1, [5]],
        ['Book', 'has a deletedAt that is not an instant with milliseconds, and so would not sort as one', 2, [3, 4]],
        ['Book', 'has a deletionId that is not a UUID in lower case', 1, [1]],
      ])
    })
  }
})

describe('Checks of traits', () => {
  const tenant = contextVariable<string>('tenant')
  const Wrong = defineTrait({
    name: 'Wrong',
    defaults: {},
    columns: () => ({ owner: column.string() }),
    checks: () => [
      { problem: 'x', remedy: 'y', where: eq('nothing', 1) },
      { problem: 'x', remedy: 'y', where: eq('owner', tenant) },
    ],
  })

  @Entity()
  @Wrong()
  class Thing {
    @PrimaryColumn()
    id!: number
  }
  interface Thing extends Adds<typeof Wrong> {}

  it('name properties of the entity, and no contexts', () => {
    const mistakes = new Mistakes()
    createDataSource({ type: 'sqlite', database: ':memory:', entities: [Thing] }).verify(mistakes)
    expect(mistakes.found.map(({ code, problem }) => [code, problem])).to.deep.equal([
      ['E_UNKNOWN_PROPERTY', 'a check names "nothing", which is not a column of the entity.'],
      ['E_CONTEXT_IN_SCHEMA', 'a check reads a context variable, which the database does not have.'],
    ])
  })
})
