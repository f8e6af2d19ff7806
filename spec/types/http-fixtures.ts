import { IsInt, Min } from 'class-validator'
import { anyone, either, ModelViewSet, role, rowRule, Serializer, ServiceResult, signedIn } from 'plinth'
import {
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'

export interface Article extends UuidIdentified, Timestamped, SoftDeletable {}
@UuidPk()
@Timestamps()
@SoftDelete()
export class Article {
  title!: string
  body!: string | null
  published!: boolean
  views!: number
  ownerId!: string
  describe(): string {
    return this.title
  }
}

export class Note {
  id!: number
  text!: string
}

export class ArticleSerializer extends Serializer(Article, {
  fields: ['id', 'title', 'body', 'published', 'ownerId', 'createdAt'],
  readOnly: ['published'],
  createOnly: ['ownerId'],
}) {}
export class NoteSerializer extends Serializer(Note, { fields: ['id', 'text'] }) {}

export class ArticleService {
  async create(values: object): Promise<ServiceResult<Article>> {
    return ServiceResult.success(Object.assign(new Article(), values))
  }
  async update(row: Article, values: object): Promise<ServiceResult<Article>> {
    return ServiceResult.success(Object.assign(row, values))
  }
  delete(_row: Article): ServiceResult<undefined> {
    return ServiceResult.success()
  }
  publish(row: Article, priority: number): ServiceResult<Article> {
    return priority > 0 ? ServiceResult.success(row) : ServiceResult.failure('No.', 'NO_PRIORITY')
  }
}
export class NoteService {
  async create(_values: object): Promise<ServiceResult<Note>> {
    return ServiceResult.success(new Note())
  }
  update(row: Note): ServiceResult<Note> {
    return ServiceResult.success(row)
  }
  delete(_row: Note): ServiceResult<undefined> {
    return ServiceResult.success()
  }
}

export const owner = rowRule<{ ownerId: string }>('owner', ({ user }, { ownerId }) => ownerId === user?.id)
export const admin = role('admin')
export const ownerOrAdmin = either(admin, owner)

export class PublishBody {
  @IsInt() @Min(0) priority!: number
}

export const Articles = ModelViewSet(Article, {
  serializer: ArticleSerializer,
  service: ArticleService,
  permissions: { list: anyone, retrieve: anyone, create: signedIn, '*': ownerOrAdmin },
})
