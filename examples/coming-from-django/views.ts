import {
  anyone,
  BulkActionMixin,
  ModelViewSet,
  PaginationMixin,
  type RowCall,
  role,
  Serializer,
  type UploadedFile,
} from 'plinth'
import {
  Action,
  CacheResponse,
  LogRequest,
  RateLimit,
  Resource,
  SoftDeleteViewSetMixin,
  TimestampMixin,
} from 'plinth/decorators'
import { Article } from './models.js'
import { ArticleService } from './services.js'

const editor = role('editor')

export class ArticleSerializer extends TimestampMixin(
  Serializer(Article, {
    fields: ['id', 'title', 'slug', 'body', 'config', 'metadata', 'position', 'picture', 'pictureName'],
    readOnly: ['slug', 'position', 'picture', 'pictureName'],
  }),
) {}

const Articles = ModelViewSet(Article, {
  serializer: ArticleSerializer,
  service: ArticleService,
  permissions: { list: anyone, retrieve: anyone, '*': editor },
})

const Pages = PaginationMixin(Articles, { style: 'page', size: 20, max: 100 })
const Bulk = BulkActionMixin(Pages, { allow: editor, actions: ['create', 'update', 'delete'] })
const Trash = SoftDeleteViewSetMixin(Bulk, { allow: { trash: editor, restore: editor, purge: editor } })

@Resource('/articles')
@CacheResponse({ timeout: 300, vary: 'public', keyPrefix: 'articles', actions: ['list', 'retrieve'] })
@RateLimit({ key: 'api', limit: 100, period: 3600 })
@LogRequest({ includeBody: false })
export class ArticleViewSet extends Trash {
  @Action({
    method: 'put',
    on: 'row',
    path: 'picture',
    upload: { picture: { maxMegabytes: 5, types: { 'image/png': ['.png'], 'image/jpeg': ['.jpg'] } } },
    allow: editor,
    answers: 'row',
  })
  async setPicture({ row, files: { picture } }: RowCall<Article, undefined, {}, { readonly picture: UploadedFile }>) {
    return this.service.update(row, { picture: await picture.store(), pictureName: picture.name })
  }
}
