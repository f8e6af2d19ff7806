import 'reflect-metadata'
import { anyone, GenericViewSet, ListMixin, ModelViewSet, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { Article } from '../contenders/article.js'
import { ArticleSerializer, uncounted } from '../contenders/layers.js'
import { dataSourceOf } from '../contenders/place.js'
import { announce, told } from '../contenders/serve.js'

const serializer = ArticleSerializer

@Resource('/articles')
class ArticleViewSet extends ModelViewSet(Article, {
  serializer,
  pagination: uncounted,
  permissions: { '*': anyone },
}) {}

@Resource('/cursor')
class CursorViewSet extends ListMixin(
  GenericViewSet(Article, { serializer, pagination: { style: 'cursor', max: 1000 } }),
  { allow: anyone },
) {}

const counting = (count: 'capped' | 'exact' | 'estimate') =>
  ListMixin(GenericViewSet(Article, { serializer, pagination: { style: 'page', count } }), { allow: anyone })

@Resource('/capped')
class CappedViewSet extends counting('capped') {}
@Resource('/exact')
class ExactViewSet extends counting('exact') {}
@Resource('/estimate')
class EstimateViewSet extends counting('estimate') {}

const app = await createApp({
  entities: [Article],
  dataSource: dataSourceOf(told().place),
  logger: silentLogger,
  cursorKeys: ['a key of the benchmark alone, 32 characters or more'],
  viewSets: [ArticleViewSet, CursorViewSet, CappedViewSet, ExactViewSet, EstimateViewSet],
})
const { port } = await app.listen(0, '127.0.0.1')
announce(port)
