import { expect } from 'chai'
import { IsInt, Length, Min } from 'class-validator'
import {
  anyone,
  BulkActionMixin,
  computed,
  createDataSource,
  DefinitionError,
  documentText,
  type MediaType,
  ModelViewSet,
  type NameStyle,
  type OpenApiDocument,
  type OpenApiOperation,
  type ProblemStyle,
  Reply,
  type RowCall,
  Serializer,
} from 'plinth'
import {
  Action,
  BaseModel,
  Resource,
  type SoftDeletable,
  SoftDelete,
  SoftDeleteViewSetMixin,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, ManyToOne, type Relation } from 'typeorm'
import { DocumentSchemas } from '../../../testing/openapi/document-schemas.js'
import { applicationOf } from '../../support/http.js'

export interface Author extends UuidIdentified {}
@UuidPk()
@Entity('example_authors')
export class Author {
  @Column({ length: 80 }) penName!: string
}

export interface Book extends UuidIdentified, SoftDeletable {}
@UuidPk()
@SoftDelete()
@Entity('example_books')
export class Book extends BaseModel {
  @Column({ length: 120 }) @Length(1, 120) title!: string
  @Column() @IsInt() @Min(1) pageCount!: number
  @Column({ length: 20 }) isbn!: string
  @Column({ type: 'simple-json', nullable: true }) moreFacts!: unknown
  @ManyToOne(() => Author, { nullable: true }) writtenBy!: Relation<Author> | null
}

class AuthorSerializer extends Serializer(Author, { fields: ['id', 'penName'] }) {}
class BookSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'pageCount', 'isbn', 'moreFacts', 'writtenBy', 'createdAt'],
  createOnly: ['isbn'],
  nested: { writtenBy: AuthorSerializer },
  computed: { isLong: computed(Book, { requires: ['pageCount'], value: ({ pageCount }) => pageCount > 500 }) },
  actions: { list: ['id', 'title'] },
}) {}

class PrintBody {
  @IsInt() @Min(1) copyCount!: number
}

const middlemarch = {
  id: 'b7a1c1de-52a4-4f0e-9a70-6f0d3f6f4c11',
  title: 'Middlemarch',
  pageCount: 880,
  isbn: '9780141439549',
  moreFacts: { firstPrinted: 1871 },
  writtenBy: { id: 'a1a1c1de-52a4-4f0e-9a70-6f0d3f6f4c11', penName: 'George Eliot' },
  createdAt: '2026-01-02T03:04:05.678Z',
  isLong: true,
}
const short = { ...middlemarch, id: 'b7a1c1de-52a4-4f0e-9a70-6f0d3f6f4c12', title: 'Short', writtenBy: null }
const permissions = { '*': anyone } as const

const Books = ModelViewSet(Book, {
  serializer: BookSerializer,
  permissions,
  examples: { rows: { middlemarch, short }, patch: { renamed: { title: 'Middlemarch, again' } } },
})

@Resource('/books')
class BookViewSet extends SoftDeleteViewSetMixin(
  BulkActionMixin(Books, { allow: anyone, actions: ['create', 'update', 'delete'], perItem: true }),
  { allow: { trash: anyone, restore: anyone } },
) {
  @Action({
    method: 'post',
    on: 'row',
    body: PrintBody,
    allow: anyone,
    answers: { type: 'object', properties: { ordered: { type: 'integer' } }, required: ['ordered'] },
    problems: { OUT_OF_PAPER: 409 },
    examples: { body: { two: { copyCount: 2 } }, answers: { two: { ordered: 2 } } },
  })
  print({ body }: RowCall<Book, PrintBody>) {
    return Reply.json({ ordered: body.copyCount })
  }
}

@Resource('/walk')
class WalkViewSet extends ModelViewSet(Book, {
  serializer: BookSerializer,
  only: ['list'],
  permissions: { list: anyone },
  pagination: { style: 'cursor', size: 1 },
  examples: { rows: { middlemarch, short } },
}) {}

type Media = MediaType | undefined
const json = 'application/json'

const valuesOf = (media: Media): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(media?.examples ?? {}).map(([name, example]) => [
      name,
      'value' in example ? example.value : example,
    ]),
  )

const answer = ({ responses }: OpenApiOperation, status: string): Readonly<Record<string, unknown>> => {
  const response = responses[status]!
  return '$ref' in response ? {} : valuesOf(response.content?.[json])
}
const body = ({ requestBody }: OpenApiOperation): Readonly<Record<string, unknown>> =>
  valuesOf(requestBody?.content[json])

describe('Examples in the OpenAPI document', () => {
  const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Author, Book] })
  const documentOf = (
    viewSets: readonly (new (...dependencies: never[]) => object)[] = [BookViewSet, WalkViewSet],
    names: NameStyle = 'asDeclared',
    problems: Partial<ProblemStyle> = {},
  ): OpenApiDocument => applicationOf({ viewSets, dataSource, names, problems }).openapi()
  const document = documentOf()

  it('are the rows of a viewset, as far as each action shows them', () => {
    const { paths } = document
    const rows = { middlemarch, short }
    expect(answer(paths['/books/{id}']!.get!, '200')).to.deep.equal(rows)
    expect(answer(paths['/books']!.post!, '201')).to.deep.equal(rows)
    expect(answer(paths['/books/{id}']!.patch!, '200')).to.deep.equal(rows)
    expect(answer(paths['/books/{id}/restore']!.post!, '200')).to.deep.equal(rows)
    expect(answer(paths['/books']!.get!, '200')).to.deep.equal({
      page: {
        data: [
          { id: middlemarch.id, title: 'Middlemarch' },
          { id: short.id, title: 'Short' },
        ],
        pagination: {
          page: 1,
          pageSize: 20,
          hasNext: false,
          hasPrevious: false,
          totalItems: 2,
          totalPages: 1,
          totalIsCapped: false,
        },
      },
    })
    expect(answer(paths['/walk']!.get!, '200')).to.deep.equal({
      page: {
        data: [{ id: middlemarch.id, title: 'Middlemarch' }],
        pagination: { pageSize: 1, hasNext: false, hasPrevious: false, nextCursor: null, previousCursor: null },
      },
    })
  })

  it('are bodies that are given, and otherwise those that would write the rows', () => {
    const { paths } = document
    const { title, pageCount, isbn, moreFacts, writtenBy } = middlemarch
    const replaced = { title, pageCount, moreFacts, writtenBy: writtenBy.id }
    expect(body(paths['/books']!.post!)).to.deep.equal({
      middlemarch: { ...replaced, isbn },
      short: { ...replaced, isbn, title: 'Short', writtenBy: null },
    })
    expect(body(paths['/books/{id}']!.put!)).to.deep.equal({
      middlemarch: replaced,
      short: { ...replaced, title: 'Short', writtenBy: null },
    })
    const patched = { renamed: { title: 'Middlemarch, again' } }
    expect(body(paths['/books/{id}']!.patch!)).to.deep.equal(patched)
    const { content } = paths['/books/{id}']!.patch!.requestBody!
    expect(valuesOf(content['application/merge-patch+json'])).to.deep.equal(patched)
  })

  it('are those of bulk actions too', () => {
    const { paths } = document
    expect(body(paths['/books/bulk/delete']!.post!)).to.deep.equal({ rows: { ids: [middlemarch.id, short.id] } })
    expect(body(paths['/books/bulk/update']!.post!)).to.deep.equal({
      rows: {
        items: [
          { id: middlemarch.id, title: 'Middlemarch, again' },
          { id: short.id, title: 'Middlemarch, again' },
        ],
      },
    })
    expect(answer(paths['/books/bulk/create']!.post!, '200')).to.deep.equal({
      done: {
        results: [
          { index: 0, id: middlemarch.id, status: 201, data: middlemarch },
          { index: 1, id: short.id, status: 201, data: short },
        ],
        summary: { total: 2, succeeded: 2, failed: 0 },
      },
    })
  })

  it('are those that an action gives of its own body and answer', () => {
    const print = document.paths['/books/{id}/print']!.post!
    expect(body(print)).to.deep.equal({ two: { copyCount: 2 } })
    expect(answer(print, '200')).to.deep.equal({ two: { ordered: 2 } })
  })

  it('are of every problem, as the application writes problems', () => {
    const { paths, components } = document
    const { responses } = paths['/books/{id}/print']!.post!
    const conflict = components.responses[(responses['409'] as { readonly $ref: string }).$ref.split('/').at(-1)!]!
    const { schema, examples } = conflict.content!['application/problem+json']! as Required<NonNullable<Media>>
    const { allOf } = schema as { allOf: readonly { properties?: { code: { enum: readonly string[] } } }[] }
    expect(Object.keys(examples)).to.deep.equal(allOf[1]!.properties!.code.enum)
    expect(examples['OUT_OF_PAPER']).to.deep.equal({ $ref: '#/components/examples/OUT_OF_PAPER' })
    expect(components.examples['OUT_OF_PAPER']).to.deep.equal({
      value: {
        type: 'urn:problem:out_of_paper',
        title: 'Out of paper',
        status: 409,
        code: 'OUT_OF_PAPER',
        requestId: '6f1c1e0e-52a4-4f0e-9a70-6f0d3f6f4c11',
      },
    })
    expect(components.examples['VALIDATION_ERROR']).to.deep.equal({
      summary: 'The input is not valid; `errors` says where.',
      value: {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 400,
        code: 'VALIDATION_ERROR',
        requestId: '6f1c1e0e-52a4-4f0e-9a70-6f0d3f6f4c11',
        errors: [{ parameter: 'colour', code: 'unknown_parameter', message: 'is not known here' }],
      },
    })
  })

  it('spell names as the application does, and leave alone what JSON columns hold', () => {
    const { paths, components } = documentOf([BookViewSet], 'snake_case', { typeBase: 'https://api.example/' })
    expect(answer(paths['/books/{id}']!.get!, '200')).to.have.deep.property('middlemarch', {
      id: middlemarch.id,
      title: 'Middlemarch',
      page_count: 880,
      isbn: '9780141439549',
      more_facts: { firstPrinted: 1871 },
      written_by: { id: middlemarch.writtenBy.id, pen_name: 'George Eliot' },
      created_at: middlemarch.createdAt,
      is_long: true,
    })
    expect(body(paths['/books/{id}/print']!.post!)).to.deep.equal({ two: { copy_count: 2 } })
    expect(components.examples['OUT_OF_PAPER']!.value).to.have.property('type', 'https://api.example/out_of_paper')
    expect(components.examples['OUT_OF_PAPER']!.value).to.have.property('request_id')
  })

  it('fit the schemas they stand beside, every one of them', () => {
    for (const names of ['asDeclared', 'snake_case'] as const) {
      const whole = documentOf([BookViewSet, WalkViewSet], names)
      const schemas = new DocumentSchemas(whole)
      const wrong: string[] = []
      let checked = 0
      const check = (media: Media, place: string): void => {
        for (const [name, example] of Object.entries(media?.examples ?? {})) {
          const held = 'value' in example ? example : whole.components.examples[example.$ref.split('/').at(-1)!]!
          checked++
          wrong.push(...schemas.problems(media!.schema, held.value).map((text) => `${place} ${name}: ${text}`))
        }
      }
      for (const [path, item] of Object.entries(whole.paths)) {
        for (const [method, { requestBody }] of Object.entries(item)) {
          check(requestBody?.content[json], `${method} ${path}`)
        }
      }
      for (const [path, item] of Object.entries(whole.paths)) {
        for (const [method, { responses }] of Object.entries(item)) {
          for (const [status, response] of Object.entries(responses)) {
            const held = '$ref' in response ? whole.components.responses[response.$ref.split('/').at(-1)!]! : response
            for (const media of Object.values(held.content ?? {})) check(media, `${method} ${path} ${status}`)
          }
        }
      }
      expect(wrong).to.deep.equal([])
      expect(checked).to.be.greaterThan(200)
    }
  })

  it('are none where none are given, except of problems, and the same byte for byte', () => {
    @Resource('/plain')
    class PlainViewSet extends ModelViewSet(Book, { serializer: BookSerializer, permissions }) {}
    const plain = documentOf([PlainViewSet])
    expect(plain.paths['/plain']!.post!.requestBody!.content[json]).to.not.have.property('examples')
    expect(documentText(documentOf([WalkViewSet, BookViewSet]))).to.equal(documentText(document))
  })

  const mistakesIn = (viewSet: new (...dependencies: never[]) => object) => {
    try {
      documentOf([viewSet])
      return []
    } catch (error) {
      return (error as DefinitionError).mistakes.map(({ code, subject, problem, places }) => {
        expect(places.join()).to.match(/examples\.spec\.(ts|js):\d+/)
        return `${code} ${subject}: ${problem}`
      })
    }
  }

  it('are refused where they do not fit, with their places', () => {
    const { title: _, ...untitled } = middlemarch
    @Resource('/wrong')
    class WrongViewSet extends ModelViewSet(Book, {
      serializer: BookSerializer,
      permissions,
      examples: {
        rows: { untitled: untitled as never, middlemarch: { ...middlemarch, createdAt: 'yesterday' } },
        create: { none: { title: 'None', pageCount: 0, isbn: '1' } },
        patch: { more: { title: 'x', ...({ colour: 'red' } as object) } },
      },
    }) {}
    expect(mistakesIn(WrongViewSet)).to.deep.equal([
      'E_EXAMPLE WrongViewSet: its example examples.rows.untitled does not fit its schema: must have required property \'title\': "title".',
      'E_EXAMPLE WrongViewSet: its example examples.rows.middlemarch does not fit its schema: /createdAt must match format "date-time".',
      'E_EXAMPLE WrongViewSet: its example examples.create.none does not fit its schema: /pageCount must be >= 1.',
      'E_EXAMPLE WrongViewSet: its example examples.patch.more does not fit its schema: must NOT have additional properties: "colour".',
    ])
    @Resource('/also')
    class AlsoWrong extends Books {
      @Action({
        method: 'post',
        on: 'row',
        body: PrintBody,
        allow: anyone,
        answers: { type: 'integer' },
        examples: { body: { none: { copyCount: 0 } }, answers: { many: 'many' } },
      })
      print({ body: { copyCount } }: RowCall<Book, PrintBody>) {
        return Reply.json(copyCount)
      }
    }
    expect(mistakesIn(AlsoWrong)).to.deep.equal([
      'E_EXAMPLE AlsoWrong.print: its example examples.body.none does not fit its schema: /copyCount must be >= 1.',
      'E_EXAMPLE AlsoWrong.print: its example examples.answers.many does not fit its schema: must be integer.',
    ])
  })

  it('keep an application that serves its document from starting', () => {
    @Resource('/wrong')
    class WrongViewSet extends ModelViewSet(Book, {
      serializer: BookSerializer,
      permissions,
      examples: { patch: { none: { pageCount: 0 } } },
    }) {}
    const openapi = { title: 'Books', version: '1.0.0' }
    expect(() => applicationOf({ viewSets: [WrongViewSet], dataSource, openapi }))
      .to.throw(DefinitionError)
      .with.nested.property('mistakes[0].code', 'E_EXAMPLE')
  })
})
