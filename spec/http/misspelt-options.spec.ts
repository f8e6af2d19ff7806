import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  type Constructor,
  CreateMixin,
  DefinitionError,
  DestroyMixin,
  extendSerializer,
  GenericViewSet,
  ListMixin,
  type ModelDataSource,
  ModelViewSet,
  PaginationMixin,
  RetrieveMixin,
  Serializer,
  UpdateMixin,
  ViewRowsMixin,
  ViewSet,
} from 'plinth'
import { createApp, describeApp } from 'plinth/container'
import { Action, Resource, SoftDeleteViewSetMixin } from 'plinth/decorators'
import { Book, BookSerializer, createLibrary } from '../serializer/library.js'
import { type Database, engines } from '../support/engines.js'
import { serve } from './support/served.js'

const permissions = { '*': anyone } as const
const Books = GenericViewSet(Book, { serializer: BookSerializer })

/** Each says something by a name that is not there, and what is told of it. */
const misspelt: Readonly<Record<string, readonly [() => unknown, string, string, string]>> = {
  ModelViewSet: [
    () => ModelViewSet(Book, { serializer: BookSerializer, permissions, filter: {} } as never),
    'The viewset of Book',
    'it has no option "filter".',
    'Did you mean "filters"?',
  ],
  'permissions of ModelViewSet': [
    () => ModelViewSet(Book, { serializer: BookSerializer, permissions: { ...permissions, delete: anyone } } as never),
    'The viewset of Book',
    'it has no standard action "delete".',
    'There are: list, retrieve, create, update, partialUpdate, destroy, *.',
  ],
  GenericViewSet: [
    () => GenericViewSet(Book, { serializer: BookSerializer, requirePreconditions: true } as never),
    'The viewset of Book',
    'it has no option "requirePreconditions".',
    'Did you mean "requirePrecondition"?',
  ],
  'pagination of a viewset': [
    () => GenericViewSet(Book, { serializer: BookSerializer, pagination: { style: 'page', siz: 5 } } as never),
    'Pages of Book',
    'it has no option "siz".',
    'Did you mean "size"?',
  ],
  PaginationMixin: [
    () => PaginationMixin(Books, { style: 'page', pageMax: 5 } as never),
    'PaginationMixin',
    'it has no option "pageMax".',
    'There are: style, size, max, clamp, count.',
  ],
  ListMixin: [
    () => ListMixin(Books, { alow: anyone } as never),
    'ListMixin',
    'it has no option "alow".',
    'Did you mean "allow"?',
  ],
  CreateMixin: [
    () => CreateMixin(Books, { allow: anyone, status: 200 } as never),
    'CreateMixin',
    'it has no option "status".',
    'There are: allow.',
  ],
  RetrieveMixin: [
    () => RetrieveMixin(Books, { allows: anyone } as never),
    'RetrieveMixin',
    'it has no option "allows".',
    'Did you mean "allow"?',
  ],
  UpdateMixin: [
    () => UpdateMixin(Books, { permission: anyone } as never),
    'UpdateMixin',
    'it has no option "permission".',
    'There are: allow.',
  ],
  DestroyMixin: [
    () => DestroyMixin(Books, { Allow: anyone } as never),
    'DestroyMixin',
    'it has no option "Allow".',
    'Did you mean "allow"?',
  ],
  ViewRowsMixin: [
    () => ViewRowsMixin(Books, { view: 'onlyDeleted', path: 'trash', allow: anyone, removes: {} } as never),
    'ViewRowsMixin',
    'it has no option "removes".',
    'Did you mean "remove"?',
  ],
  BulkActionMixin: [
    () => BulkActionMixin(Books, { allow: anyone, actions: ['create'], peritem: true } as never),
    'BulkActionMixin',
    'it has no option "peritem".',
    'Did you mean "perItem"?',
  ],
  SoftDeleteViewSetMixin: [
    () => SoftDeleteViewSetMixin(Books as never, { allow: { trash: anyone, restored: anyone } } as never),
    'SoftDeleteViewSetMixin',
    'it has no action "restored".',
    'Did you mean "restore"?',
  ],
  Serializer: [
    () => Serializer(Book, { fields: ['id'], readonly: ['id'] } as never),
    'Serializer(Book)',
    'it has no option "readonly".',
    'Did you mean "readOnly"?',
  ],
  extendSerializer: [
    () => extendSerializer(BookSerializer, { fields: [], nest: {} } as never),
    'Serializer(Book)',
    'it has no option "nest".',
    'Did you mean "nested"?',
  ],
  '@Action': [
    () => Action({ method: 'post', on: 'collection', allow: anyone, bodys: class Written {} } as never),
    '@Action',
    'it has no option "bodys".',
    'Did you mean "body"?',
  ],
}

const mistakesOf = (error: unknown) => {
  expect(error).to.be.instanceOf(DefinitionError)
  return (error as DefinitionError).mistakes
}
const thrownBy = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('Options that are misspelt, and types that were silenced', () => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await createLibrary(engines[0]!))
  })
  after(async () => {
    await dataSource.destroy()
    await database.drop()
  })

  for (const [what, [work, subject, problem, remedy]] of Object.entries(misspelt)) {
    it(`are named with their place, and with what was most likely meant: ${what}`, () => {
      const [mistake, ...others] = mistakesOf(thrownBy(work))
      expect(others).to.deep.equal([])
      const { places, ...told } = mistake!
      expect(told).to.deep.equal({ code: 'E_OPTION', subject, problem, remedy })
      expect(places.join()).to.contain('misspelt-options.spec.ts')
    })
  }

  it('are named where an application is given them, before anything is connected to', async () => {
    const options = { dataSource, viewSets: [], viewsets: [], middlewares: [] } as never
    const created = await createApp(options).then(
      () => undefined,
      (error: unknown) => error,
    )
    const described = thrownBy(() => describeApp(options))
    for (const error of [created, described]) {
      expect(mistakesOf(error).map(({ code, problem, remedy }) => [code, problem, remedy])).to.deep.equal([
        ['E_OPTION', 'it has no option "viewsets".', 'Did you mean "viewSets"?'],
        ['E_OPTION', 'it has no option "middlewares".', 'Did you mean "middleware"?'],
      ])
    }
    const limits = thrownBy(() => describeApp({ dataSource, limits: { depths: 1 } } as never))
    expect(mistakesOf(limits).map(({ problem, remedy }) => [problem, remedy])).to.deep.equal([
      ['it has no option of `limits` "depths".', 'Did you mean "depth"?'],
    ])
  })

  const refused = async (viewSet: Constructor) => {
    const failure = await serve({ viewSets: [viewSet], dataSource }).catch((error: unknown) => error)
    return mistakesOf(failure).map(({ code, subject, problem, remedy }) => [code, subject, problem, remedy])
  }

  it('do not start with a path that has no slash in front', async () => {
    @Resource('books' as never)
    class Slashless extends ModelViewSet(Book, { serializer: BookSerializer, permissions }) {}
    expect(await refused(Slashless)).to.deep.equal([
      ['E_RESOURCE', 'Slashless', 'its path "books" has no slash in front.', "Write @Resource('/books')."],
    ])
  })

  it('cannot cut lists of what has no entity into pages', () => {
    const error = thrownBy(() => PaginationMixin(ViewSet as never, { style: 'page' }))
    expect(mistakesOf(error).map(({ code, subject }) => [code, subject])).to.deep.equal([
      ['E_VIEWSET', 'PaginationMixin'],
    ])
  })
})
