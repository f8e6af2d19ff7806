import type { RequestListener } from 'node:http'
import {
  BulkActionMixin,
  both,
  ModelService,
  ModelViewSet,
  PaginationMixin,
  Reply,
  rowRule,
  Serializer,
  signedIn,
  silentLogger,
  ViewRowsMixin,
} from 'plinth'
import { createApp } from 'plinth/container'
import { Action, Resource, SoftDeleteViewSetMixin } from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { Article } from './contenders/article.js'

class ArticleSerializer extends Serializer(Article, { fields: ['id', 'title', 'createdAt'] }) {}

/** Lives for one request, as does every service that is built with it. */
@injectable()
class RequestTrace {
  readonly answer = { id: '7', title: 'the same everywhere' }
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

@Resource('/things')
class LayeredViewSet extends PaginationMixin(
  ViewRowsMixin(
    SoftDeleteViewSetMixin(
      BulkActionMixin(
        ModelViewSet(Article, {
          serializer: ArticleSerializer,
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
  { style: 'page', count: 'none' },
) {
  @Action({ method: 'get', on: 'collection', path: 'one', allow: signedIn })
  one(): Reply {
    return Reply.json(this.service.trace.answer)
  }
}

/** A viewset with four mixins, a scope, a row rule, callers who are known, and a service that lives for one request. */
export async function layeredApplication(): Promise<RequestListener> {
  const app = await createApp({
    entities: [Article],
    viewSets: [LayeredViewSet],
    providers: [{ provide: RequestTrace, useClass: RequestTrace, lifetime: 'request' }],
    dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
    authenticate: () => ({ id: 'owner', roles: [] }),
    logger: silentLogger,
  })
  return app.handler
}
