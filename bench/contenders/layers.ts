import {
  BulkActionMixin,
  both,
  ModelService,
  ModelViewSet,
  PaginationMixin,
  rowWhere,
  Serializer,
  signedIn,
  ViewRowsMixin,
} from 'plinth'
import { SoftDeleteViewSetMixin } from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { Article } from './article.js'

/** Lives for one request, as does every service that is built with it. */
@injectable()
export class RequestTrace {
  readonly answer = { id: '7', title: 'the same everywhere' }
}

@injectable()
export class ArticleService extends ModelService(Article) {
  readonly trace: RequestTrace

  constructor(trace: RequestTrace) {
    super()
    this.trace = trace
  }
}

export class ArticleSerializer extends Serializer(Article, {
  fields: ['id', 'title', 'slug', 'body', 'words', 'categoryId', 'metadata', 'createdAt', 'updatedAt'],
  readOnly: ['slug'],
}) {}

export const uncounted = { style: 'page', count: 'none' } as const

const owner = both(
  signedIn,
  rowWhere<{ ownerId: string }>('owner', ({ user }) => user && { ownerId: user.id }),
)

/** A viewset with four mixins, a scope, a row rule, callers who are known, and a service that lives for one request. */
export class AllLayers extends PaginationMixin(
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
  uncounted,
) {}
