import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { IsIn, IsInt, IsOptional, Length, Min } from 'class-validator'
import {
  anyone,
  createDataSource,
  DefinitionError,
  documentText,
  type ModelDataSource,
  ModelViewSet,
  type OpenApiDocument,
  Reply,
  type RowCall,
  role,
  Serializer,
} from 'plinth'
import {
  Action,
  Allow,
  BaseModel,
  Resource,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Body, Get, HttpCode, JsonController, Param, Post, QueryParam } from 'routing-controllers'
import { Column, Entity, ManyToOne, type Relation } from 'typeorm'
import { applicationOf, describeOnDrivers } from '../../support/http.js'

export interface Author extends UuidIdentified {}
@UuidPk()
@Entity('openapi_authors')
export class Author {
  @Column({ length: 80 }) @Length(1, 80) name!: string
}

export interface Book extends UuidIdentified, SoftDeletable {}
@UuidPk()
@SoftDelete()
@Entity('openapi_books')
export class Book extends BaseModel {
  @Column({ length: 120 }) @Length(1, 120) title!: string
  @Column() @IsInt() @Min(1) pages!: number
  @Column({ type: 'date', nullable: true }) printed!: string | null
  @ManyToOne(() => Author, { nullable: true }) author!: Relation<Author> | null
}

class AuthorSerializer extends Serializer(Author, { fields: ['id', 'name'] }) {}
class BookSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'pages', 'printed', 'author', 'createdAt'],
  nested: { author: AuthorSerializer },
  actions: { list: ['id', 'title'] },
}) {}

class PrintBody {
  @IsInt() @Min(1) copies!: number
  @IsOptional() @IsIn(['matt', 'gloss']) paper?: 'matt' | 'gloss'
}

@Resource('/authors')
class AuthorViewSet extends ModelViewSet(Author, {
  serializer: AuthorSerializer,
  permissions: { list: anyone, retrieve: anyone, '*': role('editor') },
  pagination: { style: 'cursor' },
}) {}

@Resource('/books')
class BookViewSet extends ModelViewSet(Book, {
  serializer: BookSerializer,
  permissions: { list: anyone, retrieve: anyone, '*': role('editor') },
  filters: { title: ['eq', 'icontains'], pages: ['range'] },
  search: ['title'],
  ordering: ['title'],
  problems: { OUT_OF_PAPER: 409 },
}) {
  @Action({ method: 'post', on: 'row', body: PrintBody, allow: role('editor'), answers: 'row', summary: 'Print it' })
  async print({ row }: RowCall<Book, PrintBody>) {
    return row
  }
}

@JsonController('/shelves')
class ShelfController {
  @Get('/:number')
  @Allow(anyone)
  find(@Param('number') _number: number, @QueryParam('room') _room: string) {
    return { shelf: 1 }
  }

  @Post('/')
  @HttpCode(201)
  @Allow(anyone)
  build(@Body() _body: PrintBody) {
    return Reply.json({})
  }
}

const viewSets = [BookViewSet, AuthorViewSet, ShelfController]
const openapi = { title: 'Library', version: '1.0.0' }

describe('OpenAPI document', () => {
  let dataSource: ModelDataSource

  before(() => {
    dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Author, Book] })
  })

  const documentOf = (given: readonly (new (...dependencies: never[]) => object)[] = viewSets): OpenApiDocument =>
    applicationOf({ viewSets: given, dataSource, openapi, authenticate: () => null }).openapi()

  it('is valid OpenAPI 3.1, as a validator of others says', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(
      JSON.parse(documentText(documentOf())) as Record<string, unknown>,
    )
    expect(errors).to.equal(undefined)
    expect(valid).to.equal(true)
    expect(validator.version).to.equal('3.1')
  })

  it('is the same byte for byte, in whatever order viewsets are given', () => {
    expect(documentText(documentOf())).to.equal(documentText(documentOf(viewSets.toReversed())))
  })

  it('has every route, each with a name of its own', () => {
    const { paths } = documentOf()
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
    )
    expect(operations).to.deep.equal([
      'get /authors authors_list',
      'post /authors authors_create',
      'get /authors/{id} authors_retrieve',
      'put /authors/{id} authors_update',
      'delete /authors/{id} authors_destroy',
      'patch /authors/{id} authors_partialUpdate',
      'get /books books_list',
      'post /books books_create',
      'get /books/{id} books_retrieve',
      'put /books/{id} books_update',
      'delete /books/{id} books_destroy',
      'patch /books/{id} books_partialUpdate',
      'post /books/{id}/print books_print',
      'post /shelves shelves_build',
      'get /shelves/{number} shelves_find',
    ])
  })

  it('describes the parameters of a list', () => {
    const { parameters } = documentOf().paths['/books']!.get!
    expect(parameters.map(({ name, in: place }) => `${place} ${name}`)).to.deep.equal([
      'query page',
      'query pageSize',
      'query search',
      'query ordering',
      'query title',
      'query title__icontains',
      'query pages__range',
      'query fields',
    ])
    expect(parameters[1]!.schema).to.deep.equal({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  })

  it('shares schemas that are the same, and has one for what a single action shows', () => {
    const { paths, components } = documentOf()
    expect(Object.keys(components.schemas)).to.deep.equal([
      'Author',
      'AuthorCreate',
      'AuthorPatch',
      'AuthorSparse',
      'Book',
      'BookCreate',
      'BookList',
      'BookListSparse',
      'BookPatch',
      'BookReplace',
      'BookSparse',
      'FieldError',
      'Problem',
    ])
    const { requestBody } = paths['/books']!.post!
    expect(requestBody).to.deep.equal({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/BookCreate' } } },
    })
    expect(components.schemas['Book']!['properties']).to.have.nested.property(
      'author.anyOf[0].$ref',
      '#/components/schemas/Author',
    )
  })

  it('describes bodies by the rules of their class, and whether they must be given', () => {
    expect(
      documentOf().paths['/books/{id}/print']!.post!.requestBody!.content['application/json']!.schema,
    ).to.deep.equal({
      type: 'object',
      properties: {
        copies: { type: 'integer', minimum: 1 },
        paper: { anyOf: [{ enum: ['matt', 'gloss'] }, { type: 'null' }] },
      },
      required: ['copies'],
      additionalProperties: false,
    })
  })

  it('has the problems of each operation by status, with those of the application', () => {
    const { paths, components } = documentOf()
    const { responses } = paths['/books/{id}/print']!.post!
    expect(Object.keys(responses)).to.deep.equal([
      '200',
      '400',
      '401',
      '403',
      '404',
      '406',
      '409',
      '412',
      '413',
      '414',
      '415',
      '500',
      '502',
      '503',
    ])
    const conflict = responses['409'] as { readonly $ref: string }
    expect(components.responses[conflict.$ref.split('/').at(-1)!]!.description).to.contain('OUT_OF_PAPER')
    expect(Object.keys(paths['/books']!.get!.responses)).to.deep.equal([
      '200',
      '400',
      '401',
      '403',
      '406',
      '409',
      '412',
      '414',
      '500',
      '503',
    ])
  })

  it('asks nobody to sign in for what is open, and everybody for what is not', () => {
    const { paths } = documentOf()
    expect(paths['/books']!.get!.security).to.deep.equal([{}, { token: [] }])
    expect(paths['/books']!.post!.security).to.deep.equal([{ token: [] }])
  })

  it('says what it cannot say', () => {
    const application = applicationOf({ viewSets, dataSource, openapi })
    expect(application.openapiWarnings().map((text) => text.split(' does')[0])).to.deep.equal([
      'ShelfController.build',
      'ShelfController.find',
    ])
  })

  it('is refused where two operations would have one name', () => {
    @Resource('/a/b')
    class First extends ModelViewSet(Author, {
      serializer: AuthorSerializer,
      only: ['list'],
      permissions: { list: anyone },
    }) {}
    @Resource('/a_b')
    class Second extends ModelViewSet(Author, {
      serializer: AuthorSerializer,
      only: ['list'],
      permissions: { list: anyone },
    }) {}
    expect(() => documentOf([First, Second]))
      .to.throw(DefinitionError)
      .with.nested.property('mistakes[0].code', 'E_OPERATION_ID')
  })
})

describeOnDrivers('OpenAPI document over HTTP', (serving) => {
  it('is served with a strong tag, and not again to who has it', async () => {
    const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Author, Book] })
    const service = await serving.serve({
      viewSets,
      dataSource,
      prefix: '/api',
      openapi: { ...openapi, page: '/docs' },
    })
    try {
      const first = await service.ask('GET', '/api/openapi.json')
      expect(first.status).to.equal(200)
      expect(first.headers.get('content-type')).to.equal('application/json; charset=utf-8')
      expect(first.text).to.equal(documentText(service.application.openapi()))
      const etag = first.headers.get('etag')!
      expect(etag).to.match(/^"[\w-]{27}"$/)
      const again = await service.ask('GET', '/api/openapi.json', { headers: { 'if-none-match': etag } })
      expect([again.status, again.text, again.headers.get('etag')]).to.deep.equal([304, '', etag])
      const page = await service.ask('GET', '/api/docs')
      expect(page.headers.get('content-type')).to.equal('text/html; charset=utf-8')
      expect(page.headers.get('content-security-policy')).to.contain("script-src 'self'")
      for (const [, source] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
        expect([source, (await service.ask('GET', source!)).status]).to.deep.equal([source, 200])
      }
    } finally {
      await service.close()
    }
  })
})
