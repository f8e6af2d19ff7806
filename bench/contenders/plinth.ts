import {
  anyone,
  BulkActionMixin,
  both,
  Express5Driver,
  GenericViewSet,
  ListMixin,
  ModelService,
  ModelViewSet,
  PaginationMixin,
  rowRule,
  Serializer,
  signedIn,
  silentLogger,
  ViewRowsMixin,
} from 'plinth'
import { type CreateAppOptions, createApp } from 'plinth/container'
import { Resource, SoftDeleteViewSetMixin } from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { Article } from './article.js'
import { announce, type Place, poolSize, sessionOptions, told } from './serve.js'

class ArticleSerializer extends Serializer(Article, {
  fields: ['id', 'title', 'slug', 'body', 'words', 'categoryId', 'metadata', 'createdAt', 'updatedAt'],
  readOnly: ['slug'],
}) {}

const serializer = ArticleSerializer
const uncounted = { style: 'page', count: 'none' } as const

@Resource('/articles')
class ArticleViewSet extends BulkActionMixin(
  ModelViewSet(Article, { serializer, pagination: uncounted, permissions: { '*': anyone } }),
  { allow: anyone, actions: ['create', 'delete'] },
) {}

@Resource('/counted')
class CountedViewSet extends ListMixin(
  GenericViewSet(Article, { serializer, pagination: { style: 'page', count: 'exact' } }),
  { allow: anyone },
) {}

@Resource('/cursor')
class CursorViewSet extends ListMixin(GenericViewSet(Article, { serializer, pagination: { style: 'cursor' } }), {
  allow: anyone,
}) {}

/** Lives for one request, as does every service that is built with it. */
@injectable()
class RequestTrace {
  readonly started = process.hrtime.bigint()
}

@injectable()
class ArticleService extends ModelService(Article) {
  readonly trace: RequestTrace

  constructor(trace: RequestTrace) {
    super()
    this.trace = trace
  }
}

const owner = both(
  signedIn,
  rowRule<{ ownerId: string }>('owner', ({ user }, row) => row.ownerId === user?.id),
)

@Resource('/articles')
class LayeredViewSet extends PaginationMixin(
  ViewRowsMixin(
    SoftDeleteViewSetMixin(
      BulkActionMixin(
        ModelViewSet(Article, {
          serializer,
          service: ArticleService,
          scope: ({ user }) => ({ ownerId: user?.id ?? '' }),
          permissions: { list: signedIn, create: signedIn, '*': owner },
        }),
        { permissions: { create: signedIn, delete: owner } },
      ),
      { allow: { trash: signedIn, restore: owner, purge: owner } },
    ),
    { view: 'withDeleted', path: 'all', allow: signedIn },
  ),
  uncounted,
) {}

type AppOptions = Partial<CreateAppOptions>

const variants: Readonly<Record<string, () => AppOptions>> = {
  plain: () => ({ viewSets: [ArticleViewSet, CountedViewSet, CursorViewSet] }),
  express: () => ({ viewSets: [ArticleViewSet, CountedViewSet, CursorViewSet], driver: new Express5Driver() }),
  layers: () => ({
    viewSets: [LayeredViewSet, CountedViewSet, CursorViewSet],
    providers: [{ provide: RequestTrace, useClass: RequestTrace, lifetime: 'request' }] as never,
    authenticate: () => ({ id: 'owner', roles: [] }),
  }),
}

function dataSourceOf(place: Place): CreateAppOptions['dataSource'] {
  if (place.engine === 'sqlite') return { type: 'sqlite', database: place.file }
  const { user: username, ...server } = place.server
  const extra = { options: sessionOptions(place.schema), max: poolSize }
  return { type: 'postgres', ...server, username, extra, installExtensions: false }
}

const { place, variant } = told()
const app = await createApp({
  entities: [Article],
  dataSource: dataSourceOf(place),
  logger: silentLogger,
  cursorKeys: ['a key of the benchmark alone, 32 characters or more'],
  ...variants[variant]!(),
})
const { port } = await app.listen(0, '127.0.0.1')
announce(port)
