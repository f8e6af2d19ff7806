import { expect } from 'chai'
import { assert, asyncProperty, boolean, constantFrom, dictionary, jsonValue, oneof } from 'fast-check'
import type { ModelDataSource } from 'plinth'
import { type Answer, errorsIn, type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { Author, Book, BookViewSet, Chapter, createLibrary, EditionViewSet, Tag } from './library.js'

const noOne = '00000000-0000-4000-8000-000000000000'

describeOnEngines('Bodies with relations', (engine) => {
  let dataSource: ModelDataSource
  let database: Database
  let served: Served
  let author: Author
  let hidden: Author
  let tags: readonly Tag[]

  const post = (body: unknown, as?: string, path = '/books?include=tags') =>
    served.request('POST', path, { body, ...(as && { as }) })
  const patch = (id: unknown, body: unknown, as?: string) =>
    served.request('PATCH', `/books/${String(id)}?include=tags`, { body, ...(as && { as }) })
  const made = async (body: object = {}): Promise<Answer['body']> => {
    const answer = await post({ title: 'Title', author: null, ...body })
    expect(answer.status, answer.text).to.equal(201)
    return answer.body
  }
  const chaptersOf = (id: unknown) =>
    dataSource.getRepository(Chapter).find({ where: { book: { id: id as string } }, order: { title: 'ASC' } })
  const stored = async () =>
    JSON.stringify([
      await dataSource.getRepository(Book).find({ order: { id: 'ASC' }, relations: { tags: true } }),
      await dataSource.getRepository(Chapter).find({ order: { id: 'ASC' } }),
      await dataSource.getRepository(Author).find({ order: { id: 'ASC' } }),
    ])

  before(async () => {
    ;({ dataSource, database } = await createLibrary(engine))
    served = await serve({ viewSets: [BookViewSet, EditionViewSet], dataSource })
    const authors = dataSource.getRepository(Author)
    author = await authors.save({ name: 'Ada', email: 'ada@example.org' })
    hidden = await authors.save({ name: 'Gone', email: 'gone@example.org' })
    await authors.delete(hidden.id)
    tags = await dataSource.getRepository(Tag).save([{ word: 'a' }, { word: 'b' }, { word: 'c' }])
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('makes a row with the rows that belong to it', async () => {
    const body = await made({
      author: author.id,
      tags: [tags[1]!.id, tags[0]!.id],
      chapters: [{ title: 'First' }, { title: 'Second', pages: 7 }],
    })
    expect(body['author']).to.deep.equal({ id: author.id, name: 'Ada' })
    const { data } = body['chapters'] as { data: readonly { title: string; pages: number }[] }
    expect(data.map(({ title, pages }) => [title, pages])).to.deep.equal([
      ['First', 1],
      ['Second', 7],
    ])
    const { data: linked } = body['tags'] as { data: readonly { word: string }[] }
    expect(linked.map(({ word }) => word).sort()).to.deep.equal(['a', 'b'])
  })

  it('looks for many rows by one statement', async () => {
    const sent: string[] = []
    const stop = dataSource.onStatement(({ sql }) => sent.push(sql))
    await made({ tags: tags.map(({ id }) => id) })
    stop()
    expect(sent.filter((sql) => /^SELECT.*FROM .?tag.? /.test(sql) && !sql.includes('ROW_NUMBER'))).to.have.length(2)
  })

  for (const [what, body, errors] of [
    ['a row that is not there', { author: noOne }, ['#/author not_found']],
    ['a key of another type', { author: 1 }, ['#/author uuid']],
    ['a key as text that is a number', { tags: ['1'] }, ['#/tags/0 type']],
    ['a key as an object', { author: { id: noOne } }, ['#/author uuid']],
    ['a key twice', { tags: [1, 1] }, ['#/tags/1 duplicate']],
    ['one of several keys', { tags: [1, 999_999, 2] }, ['#/tags/1 not_found']],
    ['null for many', { tags: null }, ['#/tags type']],
    ['no array', { chapters: {} }, ['#/chapters type']],
    ['too many', { chapters: Array.from({ length: 4 }, () => ({ title: 'ab' })) }, ['#/chapters max_items']],
    ['no object', { chapters: [null] }, ['#/chapters/0 type']],
    [
      'everything wrong below',
      { chapters: [{ title: 'ok' }, { title: 'x', pages: 'y' }, { pages: 0, book: 1 }] },
      [
        '#/chapters/1/pages type',
        '#/chapters/1/title minLength',
        '#/chapters/2/book read_only',
        '#/chapters/2/title required',
        '#/chapters/2/pages min',
      ],
    ],
    ['a key of a new row', { chapters: [{ id: 1, title: 'ab' }] }, ['#/chapters/0/id read_only']],
  ] as const) {
    it(`refuses ${what}, and writes nothing`, async () => {
      const before = await stored()
      const answer = await post({ title: 'Title', author: null, ...body })
      expect([answer.status, errorsIn(answer)]).to.deep.equal([400, errors])
      expect(await stored()).to.equal(before)
    })
  }

  it('refers to no row that is hidden', async () => {
    const answer = await post({ title: 'Title', author: hidden.id })
    expect(answer.status).to.equal(400)
    expect(answer.body.errors).to.deep.equal([
      { pointer: '#/author', code: 'not_found', message: 'refers to no row that you may see' },
    ])
  })

  it('merges: changes what has a key, adds what has none, leaves the rest', async () => {
    const { id } = await made({ chapters: [{ title: 'aa' }, { title: 'bb' }] })
    const [first, second] = await chaptersOf(id)
    const answer = await patch(id, { chapters: [{ id: second!.id, pages: 5 }, { title: 'cc' }] })
    expect(answer.status, answer.text).to.equal(200)
    expect((await chaptersOf(id)).map(({ title, pages }) => [title, pages])).to.deep.equal([
      ['aa', 1],
      ['bb', 5],
      ['cc', 1],
    ])
    expect((await chaptersOf(id))[0]!.id).to.equal(first!.id)
  })

  it('never reaches a row of another owner', async () => {
    const mine = await made()
    const others = await made({ chapters: [{ title: 'theirs' }] })
    const [theirs] = await chaptersOf(others.id)
    const before = await stored()
    const answer = await patch(mine.id, {
      title: 'New',
      chapters: [{ title: 'fine' }, { id: theirs!.id, title: 'stolen' }],
    })
    expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['#/chapters/1/id not_found']])
    expect(await stored()).to.equal(before)
  })

  it('replaces: deletes what is not listed, and only of this owner', async () => {
    const other = await made({ chapters: [{ title: 'stays' }] })
    const answer = await post(
      {
        title: 'Edition',
        author: { name: 'New', email: 'new@example.org' },
        chapters: [{ title: 'aa' }, { title: 'bb' }],
      },
      undefined,
      '/editions',
    )
    expect(answer.status, answer.text).to.equal(201)
    const { id } = answer.body
    expect(answer.body['author']).to.deep.include({ name: 'New' })
    const [, second] = await chaptersOf(id)
    const body = { chapters: [{ id: second!.id, title: 'b2', remark: '' }, { title: 'dd' }] }
    const refused = await served.request('PATCH', `/editions/${id}`, { body })
    expect([refused.status, errorsIn(refused)]).to.deep.equal([401, ['#/chapters/0/remark forbidden']])
    const replaced = await served.request('PATCH', `/editions/${id}`, { body, as: 'eve:editor' })
    expect(replaced.status, replaced.text).to.equal(200)
    expect((await chaptersOf(id)).map(({ title }) => title)).to.deep.equal(['b2', 'dd'])
    expect(await chaptersOf(other.id)).to.have.length(1)
    const late = await served.request('PATCH', `/editions/${id}`, { body: { author: { name: 'Other' } } })
    expect(errorsIn(late)).to.deep.equal(['#/author create_only'])
  })

  it('links exactly the rows that are given', async () => {
    const { id } = await made({ tags: [tags[0]!.id, tags[1]!.id] })
    const answer = await patch(id, { tags: [tags[1]!.id, tags[2]!.id] })
    const { data } = answer.body['tags'] as { data: readonly { word: string }[] }
    expect(data.map(({ word }) => word).sort()).to.deep.equal(['b', 'c'])
    const none = await patch(id, { tags: [], author: author.id })
    expect(none.body).to.deep.include({ tags: { data: [], hasMore: false }, author: { id: author.id, name: 'Ada' } })
    expect((await patch(id, { author: null })).body['author']).to.equal(null)
  })

  it('refuses a field that the caller may not write, and changes nothing', async () => {
    const { id } = await made({ title: 'Mine' })
    const before = await stored()
    const anonymous = await patch(id, { title: 'Else', price: '1.00' })
    expect([anonymous.status, errorsIn(anonymous)]).to.deep.equal([401, ['#/price forbidden']])
    const answer = await patch(id, { title: 'Else', price: '1.00', note: 'x' }, 'eve')
    expect(answer.status).to.equal(403)
    const { requestId: _id, instance: _path, ...problem } = answer.body
    expect(problem).to.deep.include({
      code: 'FIELD_FORBIDDEN',
      errors: [
        { pointer: '#/note', code: 'forbidden', message: 'may not be written by you' },
        { pointer: '#/price', code: 'forbidden', message: 'may not be written by you' },
      ],
    })
    expect(await stored()).to.equal(before)
    expect((await patch(id, { note: 'mine' }, 'ada')).body['note']).to.equal('mine')
    expect((await patch(id, { price: '2.50' }, 'eve:editor')).body['price']).to.equal('2.50')
    const put = { title: 'Put', body: '', author: null, ownerId: 'ada' }
    const replaced = await served.request('PUT', `/books/${id}`, { body: put, as: 'ada' })
    expect([replaced.status, replaced.body['price'], replaced.body['note']]).to.deep.equal([200, '2.50', 'mine'])
  })

  it('keeps concurrent writers of one owner apart', async () => {
    const { id } = await made({ chapters: [{ title: 'old' }] })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        served.request('PATCH', `/editions/${id}`, {
          body: { chapters: [{ title: `a${index}` }, { title: `b${index}` }] },
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 8 }, () => 200))
    const titles = (await chaptersOf(id)).map(({ title }) => title)
    expect(titles).to.have.length(2)
    expect(titles[0]!.slice(1)).to.equal(titles[1]!.slice(1))
  })

  it('answers no body with a 500, and keeps what it refuses from the database', async () => {
    const { id } = await made({ chapters: [{ title: 'kept' }] })
    const value = oneof(
      jsonValue(),
      constantFrom(author.id, hidden.id, 1, '1', null, [1, 2], [{ title: 'ab' }], [{ id: 1 }]),
    )
    const body = dictionary(
      constantFrom('id', 'title', 'body', 'price', 'author', 'chapters', 'tags', 'note', 'x'),
      value,
    )
    await assert(
      asyncProperty(body, boolean(), async (given, create) => {
        const before = await stored()
        const answer = create ? await post(given) : await patch(id, given)
        expect(answer.status, answer.text).to.be.oneOf([200, 201, 400, 401, 403])
        if (answer.status >= 400) expect(await stored()).to.equal(before)
      }),
      { numRuns: 40 },
    )
  }).timeout(120_000)
})
