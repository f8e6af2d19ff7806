import { expect } from 'chai'
import {
  createDataSource,
  DefinitionError,
  defineTrait,
  isFailure,
  type ModelDataSource,
  ModelService,
  type ServiceContext,
  type ServiceVerbs,
  silentLogger,
} from 'plinth'
import { type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
class Author {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40, unique: true }) name!: string
  @Column({ length: 10, default: 'new' }) state!: string
  @Column({ type: 'int', default: 0 }) books!: number

  label(): string {
    return `${this.name} (${this.books})`
  }
}

interface Note extends UuidIdentified, SoftDeletable {}
@Entity()
@UuidPk()
@SoftDelete()
class Note {
  @Column({ length: 40 }) text!: string
}

class AuthorService extends ModelService(Author) {
  /** Writes two authors, or none. */
  createBoth = (first: string, second: string) =>
    this.atomic(async () => {
      const made = await this.create({ name: first })
      return made.success ? this.create({ name: second }) : made
    })

  /** Makes an author, under another name where the name is taken. */
  createAnyhow = (name: string, other: string) =>
    this.atomic(async () => {
      const made = await this.create({ name })
      return made.success ? made : this.create({ name: other })
    })
}

class NoteService extends ModelService(Note) {}

describeOnEngines('ModelService', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let authors: AuthorService
  let notes: NoteService

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Author, Note], synchronize: true })
    await dataSource.initialize()
    const context: ServiceContext = { dataSource, logger: silentLogger }
    authors = new AuthorService(context)
    notes = new NoteService(context)
  })

  beforeEach(() => dataSource.getRepository(Author).deleteAll())

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const names = async (): Promise<readonly string[]> =>
    (await authors.list(authors.select().orderBy([{ property: 'name', direction: 'ASC' }])))
      .unwrap()
      .map(({ name }) => name)

  it('makes rows and answers them as they are stored', async () => {
    const made = (await authors.create({ name: 'Ada', books: 2 })).unwrap()
    expect(made).to.be.instanceOf(Author).and.to.include({ name: 'Ada', state: 'new', books: 2 })
    expect(made.label()).to.equal('Ada (2)')
    expect((await authors.get(made.id)).unwrap()).to.deep.equal(made)
  })

  it('answers a failure that says what the database refuses', async () => {
    await authors.create({ name: 'Ada' })
    const refused = await authors.create({ name: 'Ada' })
    expect(refused).to.include({ success: false, errorCode: 'DUPLICATE' })
    expect(isFailure(refused) && refused.errors).to.deep.equal([
      { pointer: '#/name', code: 'unique', message: 'is already in use' },
    ])
    expect(await names()).to.deep.equal(['Ada'])
  })

  it('never writes to a row that exists when it makes one', async () => {
    const { id } = (await authors.create({ name: 'Ada' })).unwrap()
    // Some engines refuse the id, others choose their own.
    const made = await authors.create({ id, name: 'Eve' })
    expect(made.success ? made.data.id !== id : made.errorCode === 'DUPLICATE_ID').to.equal(true)
    expect((await authors.get(id)).unwrap().name).to.equal('Ada')
  })

  it('never takes a missing or malformed id for the first row', async () => {
    const { id } = (await authors.create({ name: 'Ada' })).unwrap()
    const ids: readonly unknown[] = [undefined, null, '', 'x', `${id}x`, ` ${id}`, Number.NaN, 0.5, -1, id + 1, '1e3']
    for (const wrong of ids) {
      for (const ask of [
        authors.get(wrong as number),
        authors.update(wrong as number, { name: 'Eve' }),
        authors.delete(wrong as number),
      ]) {
        expect(await ask, String(wrong)).to.include({ error: 'There is no such Author.', errorCode: 'NOT_FOUND' })
      }
    }
    expect((await authors.get(String(id))).unwrap().name).to.equal('Ada')
    expect(await notes.get('not-a-uuid')).to.include({ errorCode: 'NOT_FOUND' })
  })

  it('changes what it is given of a row, and leaves the row that was given alone', async () => {
    const ada = (await authors.create({ name: 'Ada' })).unwrap()
    await dataSource.getRepository(Author).update(ada.id, { books: 5 })
    const changed = (await authors.update(ada, { name: 'Ada L.', state: undefined })).unwrap()
    expect(changed).to.be.instanceOf(Author).and.to.include({ id: ada.id, name: 'Ada L.', state: 'new', books: 5 })
    expect(ada.name).to.equal('Ada')
    expect((await authors.update(ada.id, { books: 6 })).unwrap().label()).to.equal('Ada L. (6)')
    expect((await authors.update(ada.id, {})).unwrap()).to.include({ name: 'Ada L.', books: 6 })
  })

  it('never changes the id of a row', async () => {
    const [ada, eve] = [
      (await authors.create({ name: 'Ada' })).unwrap(),
      (await authors.create({ name: 'Eve' })).unwrap(),
    ]
    const refused = await authors.update(ada, { id: eve.id, name: 'Mallory' })
    expect(refused).to.include({ success: false, errorCode: 'INVALID_ID' })
    expect((await authors.update(ada, { id: ada.id, name: 'Ada L.' })).unwrap().name).to.equal('Ada L.')
    expect(await names()).to.deep.equal(['Ada L.', 'Eve'])
  })

  it('answers NOT_FOUND for rows that went away meanwhile', async () => {
    const ada = (await authors.create({ name: 'Ada' })).unwrap()
    expect(await authors.delete(ada)).to.deep.include({ success: true, data: undefined })
    expect(ada.name).to.equal('Ada')
    for (const ask of [authors.update(ada, { name: 'Eve' }), authors.delete(ada), authors.get(ada.id)]) {
      expect(await ask).to.include({ errorCode: 'NOT_FOUND' })
    }
    expect(await names()).to.deep.equal([])
  })

  it('writes a row by one statement where nothing has to see it', async () => {
    const ada = (await authors.create({ name: 'Ada' })).unwrap()
    const note = (await notes.create({ text: 'hello' })).unwrap()
    const sent: string[] = []
    const deaf = dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
    expect((await authors.update(ada.id, { name: 'Eve' })).unwrap()).to.include({ id: ada.id, name: 'Eve' })
    expect((await authors.update(ada, { books: 7 })).unwrap()).to.include({ name: 'Eve', books: 7 })
    const own = engine.name === 'mariadb' ? ['START', 'UPDATE', 'SELECT', 'COMMIT'] : ['UPDATE']
    // The driver of PostgreSQL commits by itself, and MariaDB's connections are told once how they are isolated.
    expect(sent.filter((word) => word !== 'SET')).to.deep.equal([...own, ...own])
    sent.length = 0
    expect(await notes.delete(note)).to.deep.include({ success: true, data: undefined })
    expect(sent).to.deep.equal(['UPDATE'])
    expect(await notes.delete(note.id)).to.include({ errorCode: 'NOT_FOUND' })
    deaf()
  })

  it('lets several change one row at once, and one delete it', async () => {
    const ada = (await authors.create({ name: 'Ada' })).unwrap()
    const note = (await notes.create({ text: 'hello' })).unwrap()
    const changes = [{ name: 'Eve' }, { books: 3 }, { state: 'gone' }, { name: 'Eve' }]
    const changed = await Promise.all(changes.map((values) => authors.update(ada, values as object)))
    expect(changed.every(({ success }) => success)).to.equal(true)
    expect((await authors.get(ada.id)).unwrap()).to.include({ name: 'Eve', books: 3, state: 'gone' })
    const deleted = await Promise.all(Array.from({ length: 8 }, () => notes.delete(note)))
    expect(deleted.filter(({ success }) => success)).to.have.length(1)
  })

  it('lists selections', async () => {
    for (const name of ['Ada', 'Eve', 'Bob']) await authors.create({ name, state: name === 'Eve' ? 'gone' : 'new' })
    const some = await authors.list(authors.select().where({ state: 'new' }).slice(0, 1))
    expect(some.unwrap()).to.have.length(1)
    expect(await names()).to.deep.equal(['Ada', 'Bob', 'Eve'])
  })

  it('undoes all of a unit of which a part fails, and can go on after a part that failed', async () => {
    await authors.create({ name: 'Ada' })
    expect(await authors.createBoth('Bob', 'Ada')).to.include({ errorCode: 'DUPLICATE' })
    expect(await names()).to.deep.equal(['Ada'])
    expect((await authors.createAnyhow('Ada', 'Ada 2')).unwrap().name).to.equal('Ada 2')
    expect(await names()).to.deep.equal(['Ada', 'Ada 2'])
  })

  it('has the verbs of its entity, by name', async () => {
    const note = (await notes.create({ text: 'hello' })).unwrap()
    expect(await notes.restore(note.id)).to.include({ success: false, errorCode: 'NOT_DELETED' })
    await notes.delete(note.id)
    expect(await notes.get(note.id)).to.include({ errorCode: 'NOT_FOUND' })
    expect((await notes.restore(note.id)).unwrap().affected).to.equal(1)
    expect((await notes.get(note.id)).unwrap().deletedAt).to.equal(null)
    expect((await notes.purge(note.id)).unwrap().affected).to.equal(1)
    expect(await notes.restore(note.id)).to.include({ errorCode: 'NOT_FOUND' })
  })

  it('has a verb that does more as a field', async () => {
    const told: unknown[] = []
    class Telling extends ModelService(Note) {
      override readonly restore: ServiceVerbs<Note>['restore'] = async (ids) => {
        told.push(ids)
        return super.restore(ids)
      }
    }
    const telling = new Telling({ dataSource, logger: silentLogger })
    const { id } = (await telling.create({ text: 'hello' })).unwrap()
    await telling.delete(id)
    expect((await telling.restore(id)).unwrap().affected).to.equal(1)
    expect(told).to.deep.equal([id])
  })
})

const contextOf = (...entities: readonly (abstract new () => object)[]): ServiceContext => ({
  dataSource: createDataSource({ type: 'sqlite', database: ':memory:', entities }),
  logger: silentLogger,
})

describe('ModelService', () => {
  it('is of an entity the application knows', () => {
    expect(() => new AuthorService(contextOf(Note))).to.throw(DefinitionError, 'Author: is used as an entity')
  })

  it('refuses a verb that would hide one of its own methods', () => {
    const Getting = defineTrait({ name: 'Getting', defaults: {}, verbs: () => ({ get: { set: () => ({}) } }) })
    @Entity()
    @Getting()
    class Thing {
      @PrimaryGeneratedColumn() id!: number
    }
    class ThingService extends ModelService(Thing) {}
    expect(() => new ThingService(contextOf(Thing))).to.throw(
      DefinitionError,
      'the verb "get" has the name of a method',
    )
  })
})
