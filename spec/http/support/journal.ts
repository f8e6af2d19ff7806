import { IsInt, IsOptional, Max, MaxLength, Min, MinLength } from 'class-validator'
import {
  type Adds,
  anyone,
  BulkActionMixin,
  type Call,
  column,
  computed,
  createDataSource,
  defineTrait,
  idempotencyKeys,
  type ModelDataSource,
  ModelViewSet,
  Reply,
  type RowCall,
  role,
  Serializer,
  ValidationError,
  VerbsMixin,
} from 'plinth'
import { Action, type HasVersion, Resource, type UuidIdentified, UuidPk, Versioned } from 'plinth/decorators'
import { Column, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

/** Has a verb whose input has a name of two words. */
const Featured = defineTrait({
  name: 'Featured',
  defaults: {},
  columns: () => ({ featuredRank: column.integer({ nullable: true }) }),
  inputs: () => ({ feature: { featuredRank: column.integer() } }),
  verbs: () => ({ feature: { set: ({ input }) => ({ featuredRank: input.featuredRank }) } }),
})

@Entity('journal_writers')
export class Writer {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) fullName!: string
}

export interface Article extends UuidIdentified, HasVersion, Adds<typeof Featured> {}
@Entity('journal_articles')
@UuidPk()
@Versioned()
@Featured()
export class Article {
  @Column({ length: 60, unique: true }) @MinLength(2) headLine!: string
  @Column({ default: 0 }) @Max(9000) wordCount!: number
  @Column({ type: 'simple-json' }) readerSettings!: object
  @Column({ length: 20, default: '' }) editorNote!: string
  @ManyToOne(() => Writer, { nullable: true }) mainWriter!: Relation<Writer> | null
  @OneToMany(
    () => Remark,
    ({ remarkedArticle }) => remarkedArticle,
  )
  publicRemarks!: Remark[]
}

@Entity('journal_remarks')
export class Remark {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) @MinLength(2) remarkText!: string
  @ManyToOne(
    () => Article,
    ({ publicRemarks }) => publicRemarks,
    { nullable: false },
  )
  remarkedArticle!: Relation<Article>
}

class WriterSerializer extends Serializer(Writer, { fields: ['id', 'fullName'] }) {}
class RemarkSerializer extends Serializer(Remark, { fields: ['id', 'remarkText'] }) {}

export class ArticleSerializer extends Serializer(Article, {
  fields: [
    'id',
    'headLine',
    'wordCount',
    'readerSettings',
    'editorNote',
    'featuredRank',
    'mainWriter',
    'publicRemarks',
  ],
  readOnlyInput: 'ignore',
  nested: {
    mainWriter: WriterSerializer,
    publicRemarks: { serializer: RemarkSerializer, write: 'merge', optional: true },
  },
  rules: { editorNote: { write: role('editor') } },
  computed: {
    readingMinutes: computed(Article, {
      requires: ['wordCount'],
      schema: { type: 'integer' },
      value: ({ wordCount }) => Math.ceil(wordCount / 200),
    }),
  },
}) {}

export class ClippingBody {
  @IsInt() @Min(1) firstWord!: number
  @IsOptional() @IsInt() lastWord?: number
}

export class ClippingQuery {
  @IsOptional() @MaxLength(3) shownPart?: string
}

const options = {
  serializer: ArticleSerializer,
  permissions: { '*': anyone },
  filters: {
    headLine: ['eq', 'contains'],
    wordCount: ['gte', 'in'],
    'mainWriter.fullName': ['eq'],
    featuredRank: { operators: ['eq'], as: 'rankGiven' },
    'readerSettings.fontSize': { operators: ['eq'], json: 'number' },
  },
  ordering: ['wordCount', 'headLine', 'mainWriter.fullName'],
  idempotency: 'optional',
} as const

@Resource('/articles')
export class ArticleViewSet extends BulkActionMixin(VerbsMixin(ModelViewSet(Article, options), { feature: anyone }), {
  permissions: { create: anyone, update: anyone, delete: anyone, feature: anyone },
  maxByFilter: 5,
  perItem: true,
}) {
  @Action({
    method: 'post',
    on: 'row',
    allow: anyone,
    body: ClippingBody,
    query: ClippingQuery,
    answers: { type: 'object' },
  })
  clip({ row, body }: RowCall<Article, ClippingBody>): Reply {
    if (body.firstWord > row.wordCount) {
      throw new ValidationError('There are fewer words.', {
        errors: ['#/firstWord', '#/readerSettings/fontSize', '#/publicRemarks/0/remarkText'].map((pointer) => ({
          pointer,
          code: 'range',
          message: 'is behind the end',
          params: { wordCount: row.wordCount },
        })),
        details: { wordCount: row.wordCount },
      })
    }
    return Reply.json({ clippedAt: body.firstWord, upTo: body.lastWord ?? null })
  }

  @Action({ method: 'post', on: 'row', allow: anyone, body: ClippingBody, answers: { type: 'object' } })
  rename(_call: RowCall<Article, ClippingBody>): Reply {
    throw new ValidationError('"wordCount" is behind.', {
      errors: [{ pointer: '#/firstWord', code: 'range', message: 'is behind wordCount' }],
      names: ['wordCount'],
    })
  }
}

/** The same rows, through entities. */
@Resource('/entity-articles')
export class EntityArticleViewSet extends ModelViewSet(Article, options) {
  override async retrieve(call: RowCall<Article>) {
    return call.row
  }
}

@Resource('/article-walk')
export class WalkViewSet extends ModelViewSet(Article, {
  ...options,
  only: ['list'],
  pagination: { style: 'cursor', size: 2 },
}) {
  override select(call: Call) {
    return super.select(call)
  }
}

export const viewSets = [ArticleViewSet, EntityArticleViewSet, WalkViewSet]
export const entities = [Writer, Article, Remark]

export async function createJournal(engine: Engine): Promise<{ database: Database; dataSource: ModelDataSource }> {
  const database = await engine.create()
  const dataSource = createDataSource({
    ...database.options,
    entities,
    tables: [idempotencyKeys],
    synchronize: true,
  })
  await dataSource.initialize()
  return { database, dataSource }
}
