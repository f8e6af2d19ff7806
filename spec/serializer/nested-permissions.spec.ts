import { expect } from 'chai'
import {
  anyone,
  createDataSource,
  type DefinitionError,
  either,
  type ModelDataSource,
  ModelViewSet,
  type RowCall,
  role,
  rowRule,
  Serializer,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { problem } from '../http/support/library.js'
import { type Answer, type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { Author, Book, Chapter, createLibrary, editor, Tag, TagSerializer } from './library.js'

const own = rowRule<{ name: string }>('own', ({ user }, { name }) => name === user?.id)
const short = rowRule<{ pages: number }>('short', (_, { pages }) => pages < 10)

class AuthorSerializer extends Serializer(Author, { fields: ['id', 'name', 'email'] }) {}
class ChapterSerializer extends Serializer(Chapter, { fields: ['id', 'title', 'pages'] }) {}

class BookSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'author', 'chapters', 'tags'],
  nested: {
    author: { serializer: AuthorSerializer, allow: { refer: either(editor, own) } },
    chapters: {
      serializer: ChapterSerializer,
      write: 'replace',
      allow: { create: role('writer'), change: short, remove: either(editor, short) },
    },
    tags: { serializer: TagSerializer, write: 'id', allow: { refer: editor } },
  },
}) {}

class EditionSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'author', 'chapters'],
  nested: {
    author: { serializer: AuthorSerializer, write: 'create', allow: { create: editor } },
    chapters: { serializer: ChapterSerializer, write: 'merge', allow: { change: short } },
  },
}) {}

/** A relation whose key is no property. */
class PageSerializer extends Serializer(Chapter, {
  fields: ['id', 'title', 'pages', 'book'],
  nested: {
    book: { serializer: class extends Serializer(Book, { fields: ['id', 'title'] }) {}, allow: { refer: editor } },
  },
}) {}

const permissions = { '*': anyone } as const

/** What somebody else does between the load of a row and the write to it. */
let meanwhile: () => Promise<unknown> = async () => undefined

@Resource('/books')
class BookViewSet extends ModelViewSet(Book, { serializer: BookSerializer, permissions }) {}

@Resource('/slow-books')
class SlowBookViewSet extends ModelViewSet(Book, { serializer: BookSerializer, permissions }) {
  override async performUpdate(call: RowCall<Book, object>) {
    await meanwhile()
    return super.performUpdate(call)
  }
}

@Resource('/pages')
class PageViewSet extends ModelViewSet(Chapter, { serializer: PageSerializer, permissions }) {}

@Resource('/editions')
class EditionViewSet extends ModelViewSet(Book, { serializer: EditionSerializer, permissions }) {}

const refused = ({ status, body }: Answer) => [
  status,
  body['code'],
  ...(body.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
]

describeOnEngines('Permissions of related rows', (engine) => {
  let dataSource: ModelDataSource
  let database: Database
  let served: Served
  let ada: Author
  let eve: Author
  let tags: readonly Tag[]

  before(async () => {
    ;({ dataSource, database } = await createLibrary(engine))
    served = await serve({ viewSets: [BookViewSet, EditionViewSet, SlowBookViewSet, PageViewSet], dataSource })
    ada = await dataSource.getRepository(Author).save({ name: 'ada', email: 'a@example.org' })
    eve = await dataSource.getRepository(Author).save({ name: 'eve', email: 'e@example.org' })
    tags = await dataSource.getRepository(Tag).save([{ word: 'a' }, { word: 'b' }])
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const post = (body: unknown, as?: string, path = '/books') =>
    served.request('POST', path, { body, ...(as && { as }) })
  const patch = (id: unknown, body: unknown, as: string, path = '/books') =>
    served.request('PATCH', `${path}/${String(id)}`, { body, as })
  const stored = async () =>
    JSON.stringify([
      await dataSource.getRepository(Book).find({ order: { id: 'ASC' }, relations: { tags: true } }),
      await dataSource.getRepository(Chapter).find({ order: { id: 'ASC' } }),
      await dataSource.getRepository(Author).count(),
    ])
  const made = async () => {
    const chapters = [{ title: 'long', pages: 50 }, { title: 'short' }]
    const body = { title: 'a book', author: ada.id, tags: [tags[0]!.id], chapters }
    const answer = await post(body, 'ada:editor,writer')
    expect(answer.status, answer.text).to.equal(201)
    const { data } = answer.body['chapters'] as { readonly data: readonly { readonly id: number }[] }
    return { id: answer.body.id, chapters: data.map(({ id }) => id) }
  }

  it('say to which rows a caller may refer', async () => {
    const before = await stored()
    const answer = await post({ title: 'a book', author: eve.id }, 'ada')
    expect(problem(answer)).to.deep.equal({
      type: 'urn:problem:permission_denied',
      title: 'Permission denied',
      status: 403,
      code: 'PERMISSION_DENIED',
      detail: 'You may not write these related rows.',
      instance: '/books',
      errors: [{ pointer: '#/author', code: 'forbidden', message: 'may not be referred to by you' }],
    })
    expect(refused(await post({ title: 'a book', author: eve.id }))).to.deep.equal([
      401,
      'UNAUTHENTICATED',
      '#/author forbidden',
    ])
    expect(await stored()).to.equal(before)
    expect((await post({ title: 'a book', author: ada.id }, 'ada')).status).to.equal(201)
    expect((await post({ title: 'a book', author: eve.id }, 'ada:editor')).status).to.equal(201)
    expect((await post({ title: 'a book', author: null }, 'ada')).status).to.equal(201)
  })

  it('are not asked about rows that are linked already', async () => {
    const { id } = await made()
    expect((await patch(id, { tags: [tags[0]!.id] }, 'ada')).status).to.equal(200)
    const before = await stored()
    const more = await patch(id, { tags: tags.map((tag) => tag.id) }, 'ada')
    expect(refused(more)).to.deep.equal([403, 'PERMISSION_DENIED', '#/tags/1 forbidden'])
    expect(await stored()).to.equal(before)
  })

  it('are not asked about the row that is referred to already, whether all or a part is written', async () => {
    const { id } = await made()
    await dataSource.getRepository(Book).update({ id: String(id) }, { authorId: eve.id })
    await dataSource.getRepository(Chapter).delete({ book: { id: String(id) } })
    const whole = { title: 'renamed', author: eve.id, tags: [tags[0]!.id], chapters: [] }
    const same = await served.request('PUT', `/books/${String(id)}`, { body: whole, as: 'ada' })
    expect([same.status, same.body['title']], same.text).to.deep.equal([200, 'renamed'])
    expect((await patch(id, { author: eve.id }, 'ada')).status).to.equal(200)
    expect((await patch(id, { author: ada.id }, 'ada')).status).to.equal(200)
    // Now it refers to another row.
    const before = await stored()
    const back = await served.request('PUT', `/books/${String(id)}`, { body: whole, as: 'ada' })
    expect(refused(back)).to.deep.equal([403, 'PERMISSION_DENIED', '#/author forbidden'])
    expect(await stored()).to.equal(before)
  })

  it('are not asked about it either where its key is no property', async () => {
    const { id, chapters } = await made()
    const { id: other } = await made()
    const put = (book: unknown) =>
      served.request('PUT', `/pages/${chapters[0]}`, { body: { title: 'renamed', pages: 2, book }, as: 'ada' })
    const same = await put(id)
    expect([same.status, same.body['title']], same.text).to.deep.equal([200, 'renamed'])
    expect(refused(await put(other))).to.deep.equal([403, 'PERMISSION_DENIED', '#/book forbidden'])
  })

  it('are asked about a row that is referred to no more', async () => {
    // SQLite has one connection, so that nobody else writes meanwhile.
    if (engine.name === 'sqlite') return
    const other = createDataSource({ ...dataSource.options, entities: [Author, Book, Chapter, Tag] } as never)
    await other.initialize()
    try {
      const { id } = await made()
      await other.getRepository(Book).update({ id: String(id) }, { authorId: eve.id })
      meanwhile = () => other.getRepository(Book).update({ id: String(id) }, { authorId: null })
      const answer = await patch(id, { author: eve.id }, 'ada', '/slow-books')
      expect(refused(answer)).to.deep.equal([403, 'PERMISSION_DENIED', '#/author forbidden'])
      expect(await other.getRepository(Book).findOneByOrFail({ id: String(id) })).to.include({ authorId: null })
    } finally {
      await other.destroy()
    }
  })

  it('let eight writers at once keep what a row refers to', async () => {
    const { id } = await made()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => patch(id, { title: `title ${index}`, author: ada.id }, 'bob')),
    )
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(8).fill(200))
  })

  it('say who may make rows', async () => {
    const before = await stored()
    const book = { title: 'a book', chapters: [{ title: 'one' }, { title: 'two' }] }
    expect(refused(await post({ ...book, author: null }, 'ada'))).to.deep.equal([
      403,
      'PERMISSION_DENIED',
      '#/chapters/0 forbidden',
      '#/chapters/1 forbidden',
    ])
    const author = { name: 'new', email: 'n@example.org' }
    expect(refused(await post({ title: 'a book', author }, 'ada', '/editions'))).to.deep.equal([
      403,
      'PERMISSION_DENIED',
      '#/author forbidden',
    ])
    expect(await stored()).to.equal(before)
    expect((await post({ title: 'a book', author, chapters: [] }, 'ada:editor', '/editions')).status).to.equal(201)
  })

  it('see the rows that are changed and those that are deleted', async () => {
    const { id, chapters } = await made()
    const [long, short] = chapters as [number, number]
    const before = await stored()
    const changed = [
      { id: long, title: 'longer', pages: 5 },
      { id: short, title: 'shorter', pages: 1 },
    ]
    expect(refused(await patch(id, { chapters: changed }, 'ada:writer'))).to.deep.equal([
      403,
      'PERMISSION_DENIED',
      '#/chapters/0 forbidden',
    ])
    expect(refused(await patch(id, { chapters: changed }, 'ada', '/editions'))).to.deep.equal([
      403,
      'PERMISSION_DENIED',
      '#/chapters/0 forbidden',
    ])
    const without = await patch(id, { chapters: [] }, 'ada:writer')
    expect(without.body.errors).to.deep.equal([
      {
        pointer: '#/chapters',
        code: 'forbidden',
        message: 'leaves out a row that may not be deleted by you',
        params: { id: long },
      },
    ])
    expect(await stored()).to.equal(before)
    // A row that is named alone is not changed.
    expect((await patch(id, { chapters: [{ id: long }] }, 'ada', '/editions')).status).to.equal(200)
    expect((await patch(id, { chapters: [] }, 'ada:editor')).status).to.equal(200)
    expect(await dataSource.getRepository(Chapter).countBy({ book: { id: String(id) } })).to.equal(0)
  })
})

class IdleSerializer extends Serializer(Book, {
  fields: ['id', 'chapters', 'tags'],
  nested: {
    chapters: { serializer: ChapterSerializer, write: 'merge', allow: { create: short, remove: editor } },
    tags: { serializer: TagSerializer, allow: { refer: editor } },
  },
}) {}
class BlindSerializer extends Serializer(Book, {
  fields: ['id', 'chapters'],
  nested: { chapters: { serializer: ChapterSerializer, write: 'merge', allow: { create: short } } },
}) {}

@Resource('/idle')
class IdleViewSet extends ModelViewSet(Book, { serializer: IdleSerializer, permissions, only: ['list'] }) {}
@Resource('/blind')
class BlindViewSet extends ModelViewSet(Book, { serializer: BlindSerializer, permissions, only: ['list'] }) {}

describe('Permissions of related rows that can never be asked', () => {
  it('are no start', async () => {
    const { database, dataSource } = await createLibrary(engines[0]!)
    const told = await serve({ viewSets: [IdleViewSet, BlindViewSet], dataSource }).then(
      () => [],
      (error: DefinitionError) => error.mistakes.map(({ code, problem: what }) => `${code} ${what}`),
    )
    expect(told).to.deep.equal([
      'E_SERIALIZER "chapters" says who may remove its rows, which no body does.',
      'E_SERIALIZER "tags" says who may refer its rows, which no body does.',
      'E_SERIALIZER "chapters" has a rule about new rows, short, that decides by row.',
    ])
    await dataSource.destroy()
    await database.drop()
  })
})
