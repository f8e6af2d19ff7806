import { anyone, BulkActionMixin, Express5Driver, GenericViewSet, ListMixin, ModelViewSet, silentLogger } from 'plinth'
import { type CreateAppOptions, createApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { Article } from './article.js'
import { AllLayers, ArticleSerializer, RequestTrace, uncounted } from './layers.js'
import { dataSourceOf } from './place.js'
import { announce, told } from './serve.js'

const serializer = ArticleSerializer

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

@Resource('/articles')
class LayeredViewSet extends AllLayers {}

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
