import { expect } from 'chai'
import type { ModelDataSource } from 'plinth'
import { type Answer, type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { Author, Book, BookViewSet, Chapter, createLibrary, Tag } from './library.js'

type Members = Readonly<Record<string, unknown>>

describeOnEngines('Representations with relations', (engine) => {
  let dataSource: ModelDataSource
  let database: Database
  let served: Served
  let authors: readonly Author[]
  let book: Book

  const get = (path: string, as?: string): Promise<Answer> => served.request('GET', path, as ? { as } : {})

  before(async () => {
    ;({ dataSource, database } = await createLibrary(engine))
    served = await serve({ viewSets: [BookViewSet], dataSource })
    const repository = dataSource.getRepository(Author)
    authors = repository.create([
      { name: 'Ada', email: 'ada@example.org' },
      { name: 'Gone', email: 'gone@example.org' },
    ])
    await repository.insert(authors as never)
    const tags = await dataSource.getRepository(Tag).save([{ word: 'b' }, { word: 'a' }])
    book = await dataSource.getRepository(Book).save({
      title: 'One',
      body: 'text',
      price: '12.50',
      note: 'secret',
      ownerId: 'ada',
      authorId: authors[0]!.id,
      tags,
    })
    await dataSource.getRepository(Book).save([
      { title: 'Three', authorId: null },
      { title: 'Two', authorId: authors[1]!.id, tags: [tags[0]!] },
    ])
    const chapters = ['d', 'c', 'b', 'a', 'hidden'].map((title) => ({ title: `${title}.`, book }))
    await dataSource.getRepository(Chapter).save(chapters)
    const hidden = await dataSource.getRepository(Chapter).findOneByOrFail({ title: 'hidden.' })
    await dataSource.getRepository(Chapter).delete(hidden.id)
    await dataSource.getRepository(Author).delete(authors[1]!.id)
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('shows one related row, and at most so many of many', async () => {
    const { status, body } = await get(`/books/${book.id}`)
    expect(status).to.equal(200)
    const { chapters, ...others } = body as unknown as Members & { chapters: { data: Members[]; hasMore: boolean } }
    expect(others).to.deep.equal({
      id: book.id,
      title: 'One',
      body: 'text',
      price: '12.50',
      ownerId: 'ada',
      author: { id: authors[0]!.id, name: 'Ada' },
      length: 4,
      byline: 'One by Ada',
    })
    expect(chapters.hasMore).to.equal(true)
    expect(chapters.data.map(({ title }) => title)).to.deep.equal(['a.', 'b.', 'c.'])
    expect(Object.keys(chapters.data[0]!)).to.deep.equal(['id', 'title', 'pages'])
  })

  it('shows in lists what the action says, and nothing that scopes hide', async () => {
    const listed = rows(await get('/books'))
    expect(listed.map(({ title }) => title)).to.deep.equal(['One', 'Three', 'Two'])
    expect(Object.keys(listed[0]!)).to.deep.equal(['id', 'title', 'author', 'chapters'])
    expect(listed.map(({ author }) => author)).to.deep.equal([{ id: authors[0]!.id, name: 'Ada' }, null, null])
    expect(listed[1]!['chapters']).to.deep.equal({ data: [], hasMore: false })
  })

  it('shows a field to those its rule allows, row by row where the rule looks at the row', async () => {
    expect((await get(`/books/${book.id}`, 'ada')).body['note']).to.equal('secret')
    expect((await get(`/books/${book.id}`, 'eve:editor')).body).to.deep.include({ note: 'secret' })
    expect((await get(`/books/${book.id}`, 'eve')).body).not.to.have.property('note')
    const author = { id: authors[0]!.id, name: 'Ada', email: 'ada@example.org' }
    expect((await get(`/books/${book.id}`, 'eve:editor')).body['author']).to.deep.equal(author)
  })

  it('shows the fields that are asked for, and the relations that are included', async () => {
    const sparse = await get(`/books/${book.id}?fields=title,author.name&include=tags`)
    expect(sparse.body).to.deep.equal({
      title: 'One',
      author: { name: 'Ada' },
      tags: { data: sparse.body['tags'] && (sparse.body['tags'] as { data: unknown }).data, hasMore: false },
    })
    const { data } = sparse.body['tags'] as { data: readonly { word: string }[] }
    expect(data.map(({ word }) => word)).to.deep.equal(['b', 'a'])
    const listed = rows(await get('/books?fields=title&include=tags'))
    expect(listed.map((row) => (row['tags'] as { data: unknown[] }).data.length)).to.deep.equal([2, 0, 1])
  })

  for (const [query, message] of [
    ['fields=title,titel', 'names the field "titel", which is not known here; did you mean "title"?'],
    ['fields=body', 'names the field "body", which is not known here'],
    ['fields=', 'names the field "", which is not known here'],
    ['fields=title.x', 'names the field "title.x", which is not known here; did you mean "title"?'],
    ['fields=author.nme', 'names the field "author.nme", which is not known here; did you mean "author.name"?'],
    ['fields=author.books', 'names the field "author.books", which is not known here'],
    ['fields=__proto__', 'names the field "__proto__", which is not known here'],
    ['include=title', 'names the relation "title", which is not known here'],
    ['include=autor', 'names the relation "autor", which is not known here; did you mean "author"?'],
    ['include=author.books', 'names the relation "author.books", which is not known here'],
  ] as const) {
    it(`refuses ?${query}`, async () => {
      const { status, body } = await get(`/books?${query}`)
      const [parameter] = query.split('=')
      expect(status).to.equal(400)
      expect(body.errors).to.deep.equal([{ parameter, code: 'unknown_field', message }])
    })
  }

  it('sends as many statements for a hundred rows as for one', async () => {
    const repository = dataSource.getRepository(Book)
    const path = '/books?include=tags'
    const [one] = await counted(() => get(`${path}&pageSize=1`))
    const many = Array.from({ length: 100 }, (_, index) => ({ title: `Zed ${index}`, authorId: authors[0]!.id }))
    const books = await repository.save(many)
    const chapters = dataSource.getRepository(Chapter)
    const first = await chapters.save(books.map((each) => ({ title: 'first', book: each })))
    const [more, answer] = await counted(() => get(`${path}&pageSize=100`))
    expect([one, more]).to.deep.equal([4, 4])
    expect(rows(answer)).to.have.length(100)
    expect(
      rows(answer)
        .slice(3)
        .every((row) => (row['chapters'] as { data: unknown[] }).data.length === 1),
    ).to.equal(true)
    await chapters.purge(first.map(({ id }) => id))
    await repository.delete(books.map(({ id }) => id))
  })

  async function counted(work: () => Promise<Answer>): Promise<readonly [number, Answer]> {
    let count = 0
    const stop = dataSource.onStatement(() => count++)
    const answer = await work()
    stop()
    return [count, answer]
  }
})

const rows = (answer: Answer): readonly Members[] => answer.body.data
