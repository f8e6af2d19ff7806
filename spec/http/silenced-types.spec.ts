import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  type Call,
  type Constructor,
  computed,
  DefinitionError,
  type Logger,
  type ModelDataSource,
  ModelViewSet,
  Serializer,
  silentLogger,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Author, Book, BookSerializer, Chapter, createLibrary } from '../serializer/library.js'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

const options = { serializer: BookSerializer, permissions: { '*': anyone } } as const
const thrownBy = (make: () => unknown): DefinitionError => {
  try {
    make()
  } catch (error) {
    return error as DefinitionError
  }
  throw new Error('It is taken.')
}
const said = ({ mistakes }: DefinitionError) =>
  mistakes.map(({ code, subject, problem, remedy }) => [code, subject, problem, remedy])

describe('Viewsets and serializers whose types were silenced', () => {
  it('are told of an entity that is undefined, and of a serializer that is none, with their place', () => {
    const error = thrownBy(() => ModelViewSet(undefined as never, { permissions: { '*': anyone } } as never))
    expect(error).to.be.instanceOf(DefinitionError)
    expect(said(error)).to.deep.equal([
      [
        'E_UNKNOWN_ENTITY',
        'A viewset',
        'it is given undefined as its entity.',
        'Give it the class; where that is undefined, look for modules that import each other.',
      ],
      [
        'E_SERIALIZER',
        'A viewset',
        'it is given no serializer.',
        'Give it a class: class CitySerializer extends Serializer(City, { fields: […] }) {}.',
      ],
    ])
    expect(error.mistakes[0]!.places.join()).to.contain('silenced-types.spec.ts')
  })

  it('are told of fields that are no list', () => {
    const error = thrownBy(() => Serializer(Book, { fields: '__all__' } as never))
    expect(said(error)).to.deep.equal([
      [
        'E_SERIALIZER',
        'Serializer(Book)',
        'its `fields` are no list.',
        "List the properties of its representations: fields: ['id', …]. There is no word for all of them.",
      ],
    ])
  })

  describe('that start', () => {
    let database: Database
    let dataSource: ModelDataSource

    before(async () => {
      ;({ database, dataSource } = await createLibrary(engines[0]!))
    })
    after(async () => {
      await dataSource.destroy()
      await database.drop()
    })

    const refused = async (viewSet: Constructor) => {
      const failure = await serve({ viewSets: [viewSet], dataSource }).then(
        () => undefined,
        (error: DefinitionError) => error,
      )
      return failure && said(failure)
    }

    it('are told of each action that has no permission', async () => {
      @Resource('/books')
      class Open extends ModelViewSet(Book, { serializer: BookSerializer, only: ['list', 'destroy'] } as never) {}
      const remedy = 'Say who may call it: `anyone`, `signedIn`, `role(…)` or a rule of your own.'
      expect(await refused(Open)).to.deep.equal([
        ['E_NO_PERMISSION', 'Open.list', 'it has no permission.', remedy],
        ['E_NO_PERMISSION', 'Open.destroy', 'it has no permission.', remedy],
      ])
    })

    it('are told how a relation is shown, what of it is required, and where a computed field is written', async () => {
      class ToldSerializer extends Serializer(Book, {
        fields: ['id', 'author'],
        computed: { writer: computed(Book, { requires: ['author'] as never, value: () => '' }) },
      }) {
        excerpt({ title }: Book): string {
          return title
        }
      }
      @Resource('/books')
      class Told extends ModelViewSet(Book, { ...options, serializer: ToldSerializer }) {}
      expect(await refused(Told)).to.deep.equal([
        [
          'E_SERIALIZER',
          'ToldSerializer',
          '"author" is a relation, and `nested` does not say how its rows are shown.',
          'Take "author" out of `fields`, or give `nested` the serializer of its rows.',
        ],
        [
          'E_SERIALIZER',
          'ToldSerializer',
          'it has a method "excerpt", which nothing calls.',
          'Compute the field: computed: { excerpt: computed(Book, { requires: […], value: … }) }.',
        ],
        [
          'E_SERIALIZER',
          'ToldSerializer',
          '"writer" requires "author", which is a relation.',
          "Name what it needs of the related row, as in 'author.id'.",
        ],
      ])
    })
  })
})

class ChapterSerializer extends Serializer(Chapter, { fields: ['id', 'title'] }) {}

const scoped = (path: `/${string}`, scope: unknown): Constructor => {
  @Resource(path)
  class Scoped extends BulkActionMixin(ModelViewSet(Book, { ...options, scope: scope as never }), {
    allow: anyone,
    actions: ['create', 'update'],
  }) {}
  return Scoped
}
const nested = (): Constructor => {
  class NestingSerializer extends Serializer(Book, {
    fields: ['id', 'chapters'],
    nested: { chapters: { serializer: ChapterSerializer, scope: (async () => ({ pages: 1 })) as never } },
  }) {}
  @Resource('/nested')
  class Nested extends ModelViewSet(Book, { ...options, serializer: NestingSerializer }) {}
  return Nested
}

describeOnEngines('A scope that gives no values', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let id: string
  const errors: unknown[] = []
  const logger: Logger = {
    ...silentLogger,
    error: (_, fields) => void errors.push(fields?.['error'] instanceof Error && fields['error'].message),
    child: () => logger,
  }

  before(async () => {
    ;({ database, dataSource } = await createLibrary(engine))
    served = await serve({
      dataSource,
      viewSets: [
        scoped('/promised', async () => ({ ownerId: 'ada' })),
        scoped('/undefined', ({ user }: Call) => ({ ownerId: user?.id })),
        scoped('/nothing', () => undefined),
        scoped('/misspelt', () => ({ ownerId: 'ada', ownerID: 'ada' })),
        nested(),
      ],
      logger,
    })
    const author = await dataSource.getRepository(Author).save({ name: 'an author', email: 'a@example.org' })
    ;({ id } = await dataSource.getRepository(Book).save({ title: 'a book', author }))
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const path of ['/promised', '/undefined', '/nothing', '/nested']) {
    it(`shows and writes nothing at all: ${path}`, async () => {
      const answers = [
        await served.request('GET', path),
        await served.request('GET', `${path}/${id}`),
        ...(path === '/nested'
          ? []
          : [
              await served.request('POST', path, { body: { title: 'new' } }),
              await served.request('PATCH', `${path}/${id}`, { body: { title: 'changed' } }),
              await served.request('DELETE', `${path}/${id}`),
            ]),
      ]
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([500]))
      expect(answers.map(({ text }) => text).join()).to.not.contain('a book')
      expect((await dataSource.getRepository(Book).find()).map(({ title }) => title)).to.deep.equal(['a book'])
    })
  }

  it('says so where it gives one for no property beside those that there are', async () => {
    const asks = [
      ['GET', '/misspelt'],
      ['POST', '/misspelt', { title: 'new' }],
      ['PATCH', `/misspelt/${id}`, { title: 'changed' }],
      ['DELETE', `/misspelt/${id}`],
      ['POST', '/misspelt/bulk/create', { items: [{ title: 'new' }] }],
      ['POST', '/misspelt/bulk/update', { ids: [id], values: { title: 'changed' } }],
    ] as const
    for (const [method, path, body] of asks) {
      errors.length = 0
      expect((await served.request(method, path, body && { body })).status, `${method} ${path}`).to.equal(500)
      expect(errors, `${method} ${path}`).to.deep.equal([
        'The scope of the viewset of Book must give an object of values; it gave a value for "ownerID", which is none of ' +
          'its properties. Did you mean "ownerId"?\n[E_SCOPE_VALUES]',
      ])
    }
    expect((await dataSource.getRepository(Book).find()).map(({ title }) => title)).to.deep.equal(['a book'])
  })

  it('is one like any other where it gives them', async () => {
    const answer = await served.request('GET', '/undefined', { as: 'ada' })
    expect([answer.status, answer.body.data.length]).to.deep.equal([200, 1])
  })
})
