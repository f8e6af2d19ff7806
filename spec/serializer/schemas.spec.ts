import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import { expect } from 'chai'
import { assert, asyncProperty, boolean, constantFrom, dictionary, jsonValue, oneof, record, string } from 'fast-check'
import { extendSerializer, Mistakes, type ModelDataSource, schemasOf } from 'plinth'
import { TimestampMixin } from 'plinth/decorators'
import { compileSerializer } from '../../src/serializer/compile-serializer.js'
import { type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { Author, BookSerializer, BookViewSet, ChapterSerializer, createLibrary, EditionSerializer } from './library.js'

const key = '01890a5d-ac96-774b-bcce-b302099a8057'

describeOnEngines('JSON Schemas of serializers', (engine) => {
  let dataSource: ModelDataSource
  let database: Database
  let served: Served

  before(async () => {
    ;({ dataSource, database } = await createLibrary(engine))
    served = await serve({ viewSets: [BookViewSet], dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('say what is shown, what is accepted, and what must be given', () => {
    const { read, create, patch } = schemasOf(ChapterSerializer, dataSource)
    expect(create).to.deep.include({ type: 'object', required: ['title'], additionalProperties: false })
    expect(Object.keys(create['properties'] as object)).to.deep.equal(['title', 'pages', 'remark'])
    expect(titleIn(create)).to.deep.equal({
      type: 'string',
      pattern: '^[^\\u0000\\p{Cs}]*$',
      maxLength: 20,
      minLength: 2,
    })
    expect(titleIn(read)).to.deep.equal({ type: 'string' })
    expect(read).to.deep.include({ required: ['id', 'title', 'pages'] })
    expect((read['properties'] as Record<string, object>)['id']).to.deep.include({ type: 'integer', readOnly: true })
    expect(patch['required']).to.deep.equal([])
  })

  it('fit what is answered, to whomever', async () => {
    const author = await dataSource.getRepository(Author).save({ name: 'Ada', email: 'ada@example.org' })
    const body = { title: 'Title', author: author.id, chapters: [{ title: 'ab' }] }
    const { id } = (await served.request('POST', '/books', { body })).body
    const fits = validator(schemasOf(BookSerializer, dataSource).read)
    const listFits = validator(schemasOf(BookSerializer, dataSource, 'list').read)
    for (const as of ['ada', 'eve', 'eve:editor']) {
      const one = await served.request('GET', `/books/${id}?include=tags`, { as })
      expect(fits(one.body), JSON.stringify(fits.errors)).to.equal(true)
      const many = await served.request('GET', '/books', { as })
      expect(
        many.body.data.every((row) => listFits(row)),
        JSON.stringify(listFits.errors),
      ).to.equal(true)
    }
    expect(listFits({})).to.equal(false)
  })

  for (const [serializer, shape] of [
    [BookSerializer, 'create'],
    [BookSerializer, 'replace'],
    [BookSerializer, 'patch'],
    [EditionSerializer, 'create'],
    [EditionSerializer, 'patch'],
  ] as const) {
    it(`agree with what ${serializer.name} reads as ${shape}`, async () => {
      const mistakes = new Mistakes()
      const read = compileSerializer(serializer, dataSource.describe(serializer.entity), mistakes).reader(shape)
      mistakes.throwIfAny()
      const fits = validator(schemasOf(serializer, dataSource)[shape])
      let accepted = 0
      await assert(
        asyncProperty(oneof(serializer === BookSerializer ? goodBook : goodEdition, bodies), async (body) => {
          const reading = async () => read(body)
          const isRead = await reading().then(
            () => true,
            () => false,
          )
          if (isRead) accepted++
          expect(fits(body), JSON.stringify([body, fits.errors])).to.equal(isRead)
        }),
        { numRuns: 300 },
      )
      expect(accepted).to.be.greaterThan(10)
    })
  }

  it('tell of the fields that mixins add', () => {
    class Stamped extends TimestampMixin(BookSerializer) {}
    class Twice extends extendSerializer(Stamped, { fields: ['createdAt'], actions: { list: ['createdAt'] } }) {}
    const { read, create } = schemasOf(Twice, dataSource)
    const { createdAt } = read['properties'] as Record<string, { format?: string }>
    expect(createdAt).to.deep.include({ type: 'string', format: 'date-time', readOnly: true })
    expect(Object.keys(create['properties'] as object)).to.not.include('createdAt')
    expect(Object.keys(schemasOf(Twice, dataSource, 'list').read['properties'] as object)).to.deep.equal(['createdAt'])
  })
})

const titleIn = (schema: object) => (schema as { properties: { title: object } }).properties.title

function validator(schema: object) {
  // The types of the package know its default export under another name.
  const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void
  const ajv = new Ajv2020({ strict: false })
  addFormats(ajv)
  return ajv.compile(schema)
}

const name = oneof(
  constantFrom('ab', 'Title', 'x', 'y'.repeat(21), 'z'.repeat(61), '\u0000ab', '\ud800ab', '😀😀'),
  string(),
)
const chapter = oneof(
  record({ title: name }),
  record({ title: name, pages: constantFrom(0, 1, 999, 1000, 1.5, '1') }),
  record({ title: name, id: constantFrom(1, '1', 2 ** 40), remark: name }),
  constantFrom({}, [], { book: 1, title: 'ab' }, { title: 'ab', id: 0 }),
)
const values = {
  title: name,
  body: name,
  note: oneof(name, constantFrom(null)),
  price: constantFrom('0', '12.50', '12.505', '1234567.00', '01', 1, '', '-1.5'),
  ownerId: name,
  author: constantFrom(
    key,
    key.toUpperCase(),
    null,
    'x',
    1,
    `urn:uuid:${key}`,
    { name: 'Ada', email: 'ada@example.org' },
    { name: 'A' },
  ),
  chapters: oneof(
    chapter.map((one) => [one]),
    constantFrom(
      [],
      null,
      {},
      Array.from({ length: 4 }, () => ({ title: 'ab' })),
      [{ title: 'ab' }, { title: 'cd' }],
    ),
  ),
  tags: constantFrom([], [1], [1, 2], ['1'], null, 1),
}
const goodBook = record(
  {
    title: constantFrom('Title', 'Other'),
    author: constantFrom(null, key),
    body: constantFrom('', 'text'),
    note: constantFrom(null, 'note'),
    chapters: constantFrom([], [{ title: 'ab' }], [{ title: 'ab', pages: 3 }]),
    ownerId: constantFrom('ada'),
    tags: constantFrom([], [1, 2]),
  },
  { requiredKeys: ['title', 'author'] },
)
const goodEdition = record(
  {
    title: constantFrom('Title', 'Other'),
    author: constantFrom(null, { name: 'Ada', email: 'ada@example.org' }),
    chapters: constantFrom([], [{ title: 'ab' }], [{ title: 'ab', id: 3 }]),
  },
  { requiredKeys: ['title'] },
)
const bodies = oneof(
  record(values, { requiredKeys: [] }),
  dictionary(constantFrom(...Object.keys(values), 'id', 'length', 'x'), oneof(jsonValue(), boolean())),
  jsonValue(),
)
