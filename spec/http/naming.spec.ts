import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { IsOptional } from 'class-validator'
import {
  anyone,
  type Call,
  ConflictError,
  type Constructor,
  createDataSource,
  DefinitionError,
  documentText,
  type FieldError,
  LocalFileStorage,
  type ModelDataSource,
  ModelViewSet,
  type NameStyle,
  NodeDriver,
  type OpenApiDocument,
  Reply,
  Serializer,
  ServiceResult,
  silentLogger,
  type UploadedFile,
  ValidationError,
  ViewSet,
} from 'plinth'
import { type Application, createApp } from 'plinth/container'
import { Action, Allow, Resource } from 'plinth/decorators'
import { Body, JsonController, Post } from 'routing-controllers'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { namingOf } from '../../src/helpers/naming.js'
import { asException } from '../../src/http/problem/as-exception.js'
import { exceptionOf } from '../../src/http/problem/failure-exception.js'
import { defaultProblemStyle, problemOf } from '../../src/http/problem/problem.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'
import {
  Article,
  ClippingBody,
  createJournal,
  EntityArticleViewSet,
  Remark,
  viewSets,
  Writer,
} from './support/journal.js'
import { type Answer, errorsIn, type Served, serve } from './support/served.js'

const lines = ({ body }: Answer) =>
  (body.data as unknown as readonly Record<string, unknown>[]).map((row) => row['head_line'])
const said = ({ body }: Answer) => [
  body['detail'],
  ...((body.errors ?? []) as readonly FieldError[]).map(({ message }) => message),
]
const refused = (answer: Answer) => [answer.status, ...errorsIn(answer)]

describe('Names outside', () => {
  it('are spelt as a style has it, and stay so', () => {
    const cases: readonly (readonly [name: string, snake: string, camel: string])[] = [
      ['title', 'title', 'title'],
      ['pageSize', 'page_size', 'pageSize'],
      ['userID', 'user_id', 'userID'],
      ['HTMLBody', 'html_body', 'HTMLBody'],
      ['line1Text', 'line1_text', 'line1Text'],
      ['created_at', 'created_at', 'createdAt'],
      ['_private', '_private', '_private'],
      ['größeÜber', 'größe_über', 'größeÜber'],
    ]
    const [asDeclared, camel, snake] = (['asDeclared', 'camelCase', 'snake_case'] as const).map(namingOf)
    for (const [name, snakeName, camelName] of cases) {
      expect([asDeclared!, snake!, camel!].map(({ outside }) => outside(name))).to.deep.equal([
        name,
        snakeName,
        camelName,
      ])
      expect([snake!.outside(snakeName), camel!.outside(camelName)]).to.deep.equal([snakeName, camelName])
    }
    expect(snake!.path('mainWriter.fullName')).to.equal('main_writer.full_name')
  })

  it('are those of sentences, at the first mention of each name as a word of its own', () => {
    const cases: readonly (readonly [text: string, names: readonly string[], said: string])[] = [
      ['headLine must be one of: headLine, x', ['headLine'], 'head_line must be one of: headLine, x'],
      ['The same headLine, headLineText.', ['headLineText', 'headLine'], 'The same head_line, head_line_text.'],
      ['"mainWriter" was given.', ['mainWriter'], '"main_writer" was given.'],
      ['mainWriter.fullName is long.', ['mainWriter.fullName'], 'main_writer.full_name is long.'],
      ['mainWriter.fullName is long.', ['fullName'], 'mainWriter.fullName is long.'],
      ['$userId is taken.', ['userId', '$userId'], '$user_id is taken.'],
      ['nothing of the sort', ['headLine'], 'nothing of the sort'],
    ]
    const { sentence } = namingOf('snake_case')
    for (const [text, names, said] of cases) expect(sentence(text, names)).to.equal(said)
    expect(namingOf('asDeclared').sentence('headLine', ['headLine'])).to.equal('headLine')
  })
})

describe('Sentences of problems', () => {
  it('mention properties as callers know them, those that exceptions name', () => {
    const errors = [{ pointer: '#/list', code: 'UNKNOWN', message: 'must have exactly: mainWriter' }]
    const options = { errorCode: 'X', errors, names: ['mainWriter'], told: { message: 'There is no such mainWriter.' } }
    const problem = problemOf(
      asException(new ConflictError('There is no mainWriter 5.', options)),
      { requestId: 'x' },
      defaultProblemStyle,
      namingOf('snake_case'),
    )
    expect([problem.detail, problem.errors?.[0]?.message]).to.deep.equal([
      'There is no such main_writer.',
      'must have exactly: main_writer',
    ])
    const unnamed = new ConflictError('There is no mainWriter 5.')
    expect(problemOf(unnamed, { requestId: 'x' }, defaultProblemStyle, namingOf('snake_case')).detail).to.equal(
      'There is no mainWriter 5.',
    )
  })

  it('mention properties as callers know them, those that failures name', () => {
    const errors = [{ pointer: '#', code: 'UNKNOWN', message: 'must have a mainWriter' }]
    const failed = ServiceResult.failure('There is no mainWriter.', 'X', { errors, names: ['mainWriter'] })
    // A failure that was made by hand may have them too.
    const byHand = { success: false, error: failed.error, errorCode: 'X', errors, names: ['mainWriter'] } as const
    for (const failure of [failed, byHand]) {
      const exception = asException(exceptionOf(failure))
      const problem = problemOf(exception, { requestId: 'x' }, defaultProblemStyle, namingOf('snake_case'))
      expect([problem.detail, problem.errors?.[0]?.message]).to.deep.equal([
        'There is no main_writer.',
        'must have a main_writer',
      ])
    }
  })
})

const detailsOf = (errorCode: string, details: object) => {
  const exception = new ConflictError('No.', { errorCode, details: { ...details } })
  return problemOf(exception, { requestId: 'x' }, defaultProblemStyle, namingOf('snake_case')).details
}

describe('Details of problems', () => {
  it('name properties as callers know them, and hold data as it is', () => {
    expect(detailsOf('DUPLICATE', { fields: ['headLine', 'wordCount'] })).to.deep.equal({
      fields: ['head_line', 'word_count'],
    })
    expect(detailsOf('PARENT_DELETED', { entity: 'MainWriter', property: 'mainWriter' })).to.deep.equal({
      entity: 'MainWriter',
      property: 'main_writer',
    })
    expect(detailsOf('STALE', { expected: { wordCount: 1 }, actual: null })).to.deep.equal({
      expected: { word_count: 1 },
      actual: null,
    })
    const own = { fields: ['headLine'], property: 'headLine', expected: { wordCount: 1 } }
    expect(detailsOf('SOMETHING', { ...own, leftOver: 2 })).to.deep.equal({ ...own, left_over: 2 })
  })
})

describeOnEngines('An application with snake_case names', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let usual: Served
  let writer: Writer

  before(async () => {
    ;({ database, dataSource } = await createJournal(engine))
    served = await serve({ viewSets, dataSource, names: 'snake_case' })
    usual = await serve({ viewSets, dataSource })
  })
  after(async () => {
    await served?.close()
    await usual?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const entity of [Remark, Article, Writer])
      await dataSource.createQueryBuilder().delete().from(entity).execute()
    writer = await dataSource.getRepository(Writer).save({ fullName: 'Ada L.' })
  })

  const given = (headLine: string, more: object = {}) => ({
    head_line: headLine,
    word_count: 250,
    reader_settings: { fontSize: 12, darkMode: { startsAt: 1 } },
    main_writer: writer.id,
    ...more,
  })
  const declared = (headLine: string) => ({ headLine, wordCount: 1, readerSettings: {}, mainWriter: writer.id })
  const ask = (method: string, path: string, body?: unknown) =>
    served.request(method, path, body === undefined ? {} : { body })
  const made = async (headLine: string, more: object = {}): Promise<string> => {
    const answer = await ask('POST', '/articles', given(headLine, more))
    expect(answer.status, answer.text).to.equal(201)
    return String(answer.body.id)
  }
  it('reads and writes fields by them, JSON as it is, and takes back what it gave', async () => {
    const id = await made('one', { public_remarks: [{ remark_text: 'good' }] })
    const read = await ask('GET', `/articles/${id}?include=public_remarks`)
    const [remark] = await dataSource.getRepository(Remark).find()
    expect(read.body).to.deep.equal({
      id,
      head_line: 'one',
      word_count: 250,
      reader_settings: { fontSize: 12, darkMode: { startsAt: 1 } },
      editor_note: '',
      featured_rank: null,
      main_writer: { id: writer.id, full_name: 'Ada L.' },
      public_remarks: { data: [{ id: remark!.id, remark_text: 'good' }], has_more: false },
      reading_minutes: 2,
    })
    const stored = await dataSource.getRepository(Article).findOneByOrFail({ id })
    expect([stored.headLine, stored.wordCount, stored.readerSettings]).to.deep.equal([
      'one',
      250,
      { fontSize: 12, darkMode: { startsAt: 1 } },
    ])
    const { editor_note: _note, main_writer, public_remarks, ...fields } = read.body
    const back = await ask('PUT', `/articles/${id}`, {
      ...fields,
      word_count: 300,
      main_writer: (main_writer as Writer).id,
      public_remarks: (public_remarks as { readonly data: unknown }).data,
    })
    expect([back.status, back.body['word_count'], back.body['head_line']], back.text).to.deep.equal([200, 300, 'one'])
    const patched = await ask('PATCH', `/articles/${id}`, { word_count: 20, reader_settings: { darkMode: null } })
    expect([patched.body['word_count'], patched.body['reader_settings']]).to.deep.equal([20, { fontSize: 12 }])
  })

  it('says by text what it says by entities', async () => {
    const { routes } = applicationOf({ viewSets, dataSource, names: 'snake_case' })
    const wayOf = (wanted: string) => routes.find(({ action }) => action === wanted)?.reads?.by
    expect([wayOf('ArticleViewSet.retrieve'), wayOf('EntityArticleViewSet.retrieve')]).to.deep.equal([
      'text',
      'entities',
    ])
    const id = await made('one', { public_remarks: [{ remark_text: 'good' }, { remark_text: 'bad' }] })
    for (const query of ['', '?fields=head_line,main_writer.full_name', '?include=public_remarks']) {
      const [text, entity] = [
        await ask('GET', `/articles/${id}${query}`),
        await ask('GET', `/entity-articles/${id}${query}`),
      ]
      expect([text.status, text.text]).to.deep.equal([200, entity.text])
    }
    const usualAnswer = await usual.request('GET', `/articles/${id}?fields=headLine,mainWriter.fullName`)
    expect(usualAnswer.body).to.deep.equal({ headLine: 'one', mainWriter: { fullName: 'Ada L.' } })
    const answer = await ask('GET', `/articles/${id}?fields=head_line,main_writer.full_name`)
    expect(answer.body).to.deep.equal({ head_line: 'one', main_writer: { full_name: 'Ada L.' } })
  })

  it('lists by them', async () => {
    await made('one')
    await made('two', { word_count: 10, main_writer: null })
    await made('three', { word_count: 900 })
    const page = await ask('GET', '/articles?page_size=2&ordering=-word_count&word_count__gte=20')
    expect([lines(page), page.body.pagination]).to.deep.equal([
      ['three', 'one'],
      {
        page: 1,
        page_size: 2,
        total_items: 2,
        total_is_capped: false,
        total_pages: 1,
        has_next: false,
        has_previous: false,
      },
    ])
    const first = await ask('GET', '/articles?page_size=1&ordering=word_count')
    expect(first.headers.get('link')).to.contain('?ordering=word_count&page=2&page_size=1>; rel="next"')
    expect(
      lines(await ask('GET', '/articles?main_writer.full_name=Ada+L.&ordering=main_writer.full_name,head_line')),
    ).to.deep.equal(['one', 'three'])
    expect(
      lines(await ask('GET', '/articles?reader_settings.fontSize=12&word_count__in=10,250&ordering=head_line')),
    ).to.deep.equal(['one', 'two'])
    expect(lines(await ask('GET', '/articles?rank_given=3'))).to.deep.equal([])
    const walk = await ask('GET', '/article-walk?page_size=2&ordering=head_line')
    const { next_cursor, ...rest } = walk.body.pagination
    expect(rest).to.deep.equal({ page_size: 2, has_next: true, has_previous: false, previous_cursor: null })
    const on = await ask('GET', `/article-walk?page_size=1&ordering=head_line&cursor=${String(next_cursor)}`)
    expect([lines(walk), lines(on)]).to.deep.equal([['one', 'three'], ['two']])
  })

  it('knows no others in queries', async () => {
    expect(refused(await ask('GET', '/articles?pageSize=2&headLine=x'))).to.deep.equal([
      400,
      'pageSize unknown_parameter',
      'headLine unknown_parameter',
    ])
    expect(refused(await ask('GET', '/articles?page_size=0&word_count__gte=x'))).to.deep.equal([
      400,
      'page_size number',
      'word_count__gte type',
    ])
    const { body } = await ask('GET', '/articles?ordering=wordCount')
    expect(body.errors).to.deep.equal([
      {
        parameter: 'ordering',
        code: 'unknown_field',
        message: 'cannot order by "wordCount"; did you mean "word_count"?',
      },
    ])
    for (const query of ['fields=headLine', 'include=publicRemarks', 'fields=main_writer.fullName'])
      expect((await ask('GET', `/articles?${query}`)).status, query).to.equal(400)
  })

  it('says by them what is wrong with bodies, before and after the row is looked for', async () => {
    const wrong = await ask('POST', '/articles', {
      headLine: 'x',
      head_line: 'x',
      word_count: 9001,
      reader_settings: {},
      main_writer: 'x',
      public_remarks: [{ remark_text: 'x', remarkText: 'y' }, {}],
    })
    expect(refused(wrong)).to.have.members([
      400,
      '#/headLine unknown_field',
      '#/head_line minLength',
      '#/word_count max',
      '#/main_writer type',
      '#/public_remarks/0/remarkText unknown_field',
      '#/public_remarks/0/remark_text minLength',
      '#/public_remarks/1/remark_text required',
    ])
    expect(refused(await ask('POST', '/articles', {}))).to.deep.equal([
      400,
      '#/head_line required',
      '#/reader_settings required',
    ])
    const id = await made('one')
    const clash = await ask('POST', '/articles', given('one'))
    expect(refused(clash)).to.deep.equal([409, '#/head_line unique'])
    expect(clash.body).to.include.keys('request_id').and.not.include.keys('requestId')
    expect(refused(await ask('PATCH', `/articles/${id}`, { editor_note: 'x' }))).to.deep.equal([
      401,
      '#/editor_note forbidden',
    ])
    expect(refused(await ask('PATCH', `/articles/${id}`, { main_writer: writer.id + 1000 }))).to.deep.equal([
      400,
      '#/main_writer not_found',
    ])
    const lost = await ask('PATCH', `/articles/${id}`, { public_remarks: [{ id: 4711, remark_text: 'mine' }] })
    expect(refused(lost)[1]).to.match(/^#\/public_remarks\/0/)
  })

  it('speaks of properties by them in sentences', async () => {
    const wrong = await ask('POST', '/articles', {
      ...given('x', { word_count: 9001 }),
      public_remarks: [{ remark_text: 'x' }],
    })
    expect(said(wrong)).to.have.members([
      'The body is invalid in 3 places.',
      'head_line must be longer than or equal to 2 characters',
      'word_count must not be greater than 9000',
      'remark_text must be longer than or equal to 2 characters',
    ])
    const id = await made('one')
    expect(said(await ask('POST', `/articles/${id}/clip`, { first_word: 0 }))).to.deep.equal([
      'The body is invalid in one place.',
      'first_word must not be less than 1',
    ])
    expect(said(await ask('POST', `/articles/${id}/clip?shown_part=long`, { first_word: 1 }))[1]).to.equal(
      'shown_part must be shorter than or equal to 3 characters',
    )
    const taken = 'There is already a record with the same head_line.'
    expect(said(await ask('POST', '/articles', given('one')))).to.deep.equal([taken, 'is already in use'])
    const together = await ask('POST', '/articles/bulk/create', { items: [given('two'), given('one')] })
    expect(said(together)[0]).to.equal(taken)
    const each = await ask('POST', '/articles/bulk/create', { atomic: false, items: [given('two'), given('one')] })
    expect(each.body['results']).to.have.nested.property('[1].problem.detail', taken)
    const late = await ask('POST', `/articles/${id}/rename`, { first_word: 1 })
    expect(said(late)).to.deep.equal(['"word_count" is behind.', 'is behind word_count'])
    expect((await usual.request('POST', '/articles', { body: declared('one') })).body['detail']).to.equal(
      'There is already a record with the same headLine.',
    )
  })

  it('gives actions their bodies and queries by the names of the application', async () => {
    const id = await made('one')
    const clip = (body: unknown, query = '') => ask('POST', `/articles/${id}/clip${query}`, body)
    expect((await clip({ first_word: 2, last_word: 5 })).body).to.deep.equal({ clippedAt: 2, upTo: 5 })
    expect(refused(await clip({ firstWord: 2 }))).to.include.members([400, '#/firstWord unknown_field'])
    expect(refused(await clip({ first_word: 0 }))).to.deep.equal([400, '#/first_word min'])
    expect(refused(await clip({ first_word: 1 }, '?shown_part=long'))).to.deep.equal([400, 'shown_part maxLength'])
    const behind = await clip({ first_word: 300 })
    const error = { code: 'range', message: 'is behind the end', params: { word_count: 250 } }
    expect([behind.body.errors, behind.body['details']]).to.deep.equal([
      [
        { pointer: '#/first_word', ...error },
        { pointer: '#/reader_settings/fontSize', ...error },
        { pointer: '#/public_remarks/0/remark_text', ...error },
      ],
      { word_count: 250 },
    ])
  })

  it('carries out verbs', async () => {
    const id = await made('one')
    const answer = await ask('POST', `/articles/${id}/feature`, { featured_rank: 3 })
    expect([answer.status, answer.body['featured_rank']]).to.deep.equal([200, 3])
    expect(lines(await ask('GET', '/articles?rank_given=3'))).to.deep.equal(['one'])
    expect(
      refused(await ask('POST', `/articles/${id}/feature`, { featuredRank: 'x', featured_rank: 1.5 })),
    ).to.deep.equal([400, '#/featuredRank unknown_field', '#/featured_rank integer'])
  })

  it('writes several rows', async () => {
    const [a, b] = [await made('aa'), await made('bb')]
    const bulk = (action: string, body: unknown) => ask('POST', `/articles/bulk/${action}`, body)
    const created = await bulk('create', { items: [given('cc')] })
    expect(created.body['results']).to.have.nested.property('[0].data.head_line', 'cc')
    expect(refused(await bulk('create', { items: [given('dd'), given('x', { headLine: 'y' })] }))).to.deep.equal([
      400,
      '#/items/1/headLine unknown_field',
      '#/items/1/head_line minLength',
    ])
    expect(refused(await bulk('create', { items: [given('dd'), given('aa')] }))).to.deep.equal([
      409,
      '#/items/1/head_line unique',
    ])
    const each = await bulk('create', { atomic: false, items: [given('dd'), given('aa')] })
    expect(each.body['results']).to.have.nested.property('[1].problem.errors[0].pointer', '#/items/1/head_line')
    expect((await bulk('update', { ids: [a, b], values: { word_count: 7 } })).status).to.equal(200)
    const tag = (await ask('GET', `/articles/${a}`)).headers.get('etag')
    const items = (ifMatch: string | null) => [{ id: a, word_count: 8, if_match: ifMatch }]
    expect((await bulk('update', { items: items(tag) })).status).to.equal(200)
    expect((await bulk('update', { items: items(tag) })).status).to.equal(412)
    expect(refused(await bulk('update', { items: items('x') }))).to.deep.equal([400, '#/items/0/if_match syntax'])
    const filter = { head_line__contains: 'b', word_count__in: [7] }
    expect((await bulk('update', { filter, expected_count: 1, values: { word_count: 9 } })).status).to.equal(200)
    const miscounted = await bulk('delete', { filter: { word_count__gte: 9 }, expected_count: 1 })
    expect([refused(miscounted), miscounted.body['details']]).to.deep.equal([
      [409, '#/expected_count count'],
      { expected_count: 1, actual_count: 3 },
    ])
    expect(refused(await bulk('delete', { filter: { wordCount__gte: 9 }, expectedCount: 1 }))).to.deep.equal([
      400,
      '#/expectedCount unknown_field',
    ])
    expect(refused(await bulk('update', { items: [{ id: a, editor_note: 'x' }] }))).to.deep.equal([
      401,
      '#/items/0/editor_note forbidden',
    ])
    const featured = await bulk('feature', { ids: [a], input: { featured_rank: 1 } })
    expect(featured.body['results']).to.have.nested.property('[0].data.featured_rank', 1)
    expect(refused(await bulk('feature', { ids: [a], input: { featured_rank: 'x' } }))).to.deep.equal([
      400,
      '#/input/featured_rank integer',
    ])
  })

  it('repeats a kept problem as it was', async () => {
    await made('one')
    const headers = { 'idempotency-key': '"again"' }
    const send = () => served.request('POST', '/articles', { as: 'ada', body: given('one'), headers })
    const [first, second] = [await send(), await send()]
    expect([refused(first), refused(second)]).to.deep.equal([
      [409, '#/head_line unique'],
      [409, '#/head_line unique'],
    ])
    expect(second.headers.get('idempotency-replayed')).to.equal('true')
    const detail = 'There is already a record with the same head_line.'
    expect([first.body['detail'], second.body['detail']]).to.deep.equal([detail, detail])
  })

  it('describes itself by them', async () => {
    const application = applicationOf({ viewSets, dataSource, names: 'snake_case' })
    const document = application.openapi()
    const { valid, errors } = await new Validator().validate(
      JSON.parse(documentText(document)) as Record<string, unknown>,
    )
    expect(valid, JSON.stringify(errors)).to.equal(true)
    expect(camelNamesIn(document)).to.deep.equal(['reader_settings.fontSize'])
    expect(camelNamesIn(applicationOf({ viewSets, dataSource }).openapi())).to.include.members([
      'pageSize',
      'requestId',
    ])
  })
})

interface Covers {
  readonly coverText: UploadedFile
  readonly backCover: readonly UploadedFile[]
}

@Resource('/covers')
class CoverViewSet extends ViewSet {
  @Action({
    method: 'post',
    on: 'collection',
    allow: anyone,
    body: ClippingBody,
    upload: {
      coverText: { maxMegabytes: 1, types: ['text/plain'] },
      backCover: { maxMegabytes: 1, types: 'any', most: 2, optional: true },
    },
    answers: { type: 'array' },
  })
  async take({ body, files }: Call<ClippingBody, {}, Covers>) {
    if (body.firstWord > 5) {
      throw new ValidationError('No.', { errors: [{ pointer: '#/coverText', code: 'long', message: 'is long' }] })
    }
    const { coverText, backCover } = files
    return Reply.json([body.firstWord, coverText.field, coverText.name, backCover.length])
  }
}

@JsonController('/natives')
class NativeController {
  @Allow(anyone) @Post('/') take(@Body() { firstWord }: ClippingBody) {
    return { firstWord }
  }
}

describe('Names in snake_case', () => {
  let application: Application
  let url: string

  before(async () => {
    const driver = new NodeDriver()
    application = await createApp({
      driver,
      entities: [Twin],
      viewSets: [CoverViewSet, NativeController as never],
      dataSource: { type: 'sqlite', database: ':memory:' },
      files: new LocalFileStorage({ directory: await mkdtemp(join(tmpdir(), 'naming-')) }),
      logger: silentLogger,
      names: 'snake_case',
    })
    const { port } = await application.listen(0)
    url = `http://127.0.0.1:${port}`
  })
  after(() => application?.close())

  const send = async (parts: Readonly<Record<string, string | Blob>>) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(parts)) body.append(name, value)
    const response = await fetch(`${url}/covers/take`, { method: 'POST', body })
    const answer = (await response.json()) as { readonly errors?: readonly { readonly pointer: string }[] }
    return [response.status, answer.errors?.map(({ pointer }) => pointer) ?? answer]
  }
  const text = new File(['hello'], 'hello.txt', { type: 'text/plain' })

  it('are those of the parts of forms', async () => {
    expect(await send({ first_word: '1', cover_text: text, back_cover: text })).to.deep.equal([
      200,
      [1, 'coverText', 'hello.txt', 1],
    ])
    expect(await send({ first_word: '9', cover_text: text })).to.deep.equal([400, ['#/cover_text']])
    expect(await send({ first_word: 'x', cover_text: text })).to.deep.equal([400, ['#/first_word']])
    expect(await send({ first_word: '1' })).to.deep.equal([400, ['#/cover_text']])
    expect(await send({ firstWord: '1', cover_text: text })).to.deep.equal([400, ['#/firstWord']])
    expect(await send({ first_word: '1', coverText: text })).to.deep.equal([400, ['#/coverText']])
  })

  const post = async (body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/natives`, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as Record<string, unknown>
  }

  it('are not those of routing-controllers, whose decorators and classes say what is sent', async () => {
    expect(await post({ firstWord: 1 })).to.deep.equal({ firstWord: 1 })
    const refusal = await post({ first_word: 1 })
    expect(refusal).to.include.keys('request_id', 'errors').and.not.include.keys('requestId')
  })
})

describeOnEngines('An application with camelCase names', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Loan], synchronize: true })
    await dataSource.initialize()
    served = await serve({ viewSets: [LoanViewSet], dataSource, names: 'camelCase' })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('calls properties in snake_case so', async () => {
    const { id } = (await served.request('POST', '/loans', { body: { dueInDays: 3 } })).body
    const list = await served.request('GET', '/loans?dueInDays__gte=2&ordering=-dueInDays&pageSize=5&fields=dueInDays')
    expect([list.body.data, list.body.pagination['pageSize']]).to.deep.equal([[{ dueInDays: 3 }], 5])
    const one = await served.request('GET', `/loans/${id}`)
    expect(one.body).to.deep.equal({ id, dueInDays: 3 })
    expect((await served.request('PUT', `/loans/${id}`, { body: { dueInDays: 4 } })).body).to.deep.equal({
      id,
      dueInDays: 4,
    })
    const refusal = await served.request('POST', '/loans', { body: { due_in_days: 3 } })
    expect(errorsIn(refusal)).to.deep.equal(['#/due_in_days unknown_field', '#/dueInDays required'])
  })
})

@Entity('naming_loans')
class Loan {
  @PrimaryGeneratedColumn() id!: number
  @Column() due_in_days!: number
}

@Resource('/loans')
class LoanViewSet extends ModelViewSet(Loan, {
  serializer: class extends Serializer(Loan, { fields: ['id', 'due_in_days'] }) {},
  permissions: { '*': anyone },
  filters: { due_in_days: ['gte'] },
  ordering: ['due_in_days'],
}) {}

/** The names of parameters and properties that have capital letters, each once. */
function camelNamesIn({ paths, components }: OpenApiDocument): readonly string[] {
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look)
    else if (typeof value === 'object' && value !== null) {
      const { properties, in: place, name, required, enum: choices } = value as Record<string, unknown>
      if (typeof properties === 'object' && properties !== null)
        Object.keys(properties).forEach((one) => found.add(one))
      if (place === 'query') found.add(String(name))
      if (Array.isArray(required)) required.forEach((one) => found.add(String(one)))
      if (place === 'query' && Array.isArray(choices)) choices.forEach((one) => found.add(String(one)))
      Object.values(value).forEach(look)
    }
  }
  look(paths)
  look(components.schemas)
  return [...found].filter((name) => /\p{Lu}/u.test(name)).toSorted()
}

@Entity('twin_rows')
class Twin {
  @PrimaryGeneratedColumn() id!: number
  @Column({ default: 0 }) pageCount!: number
  @Column({ default: 0 }) page_count!: number
}

class TwinSerializer extends Serializer(Twin, { fields: ['id', 'pageCount', 'page_count'] }) {}
class TwinBody {
  @IsOptional() oneName?: string
  @IsOptional() one_name?: string
}

@Resource('/twins')
class TwinViewSet extends ModelViewSet(Twin, {
  serializer: TwinSerializer,
  permissions: { '*': anyone },
  filters: { pageCount: ['eq'], page_count: ['eq'] },
}) {
  @Action({ method: 'post', on: 'collection', allow: anyone, body: TwinBody, answers: 'nothing' })
  send(): undefined {
    return undefined
  }
}

describe('Names that would be called alike', () => {
  const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Twin] })
  const mistakesOf = (viewSet: Constructor, names: NameStyle): readonly string[] => {
    try {
      applicationOf({ viewSets: [viewSet], dataSource, names })
      return []
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error
      return error.mistakes.map(({ code, subject, problem }) => `${code} ${subject}: ${problem}`)
    }
  }

  it('are refused when the application is made', () => {
    expect(mistakesOf(TwinViewSet, 'asDeclared')).to.deep.equal([])
    expect(mistakesOf(TwinViewSet, 'snake_case')).to.deep.equal([
      'E_SAME_NAME TwinSerializer: "pageCount" and "page_count" would both be called "page_count".',
      'E_FILTER TwinViewSet: its filter "page_count" would be the parameter "page_count", which has another filter.',
      'E_SAME_NAME TwinBody of TwinViewSet.send: "oneName" and "one_name" would both be called "one_name".',
    ])
    expect(mistakesOf(TwinViewSet, 'camelCase')[0]).to.equal(
      'E_SAME_NAME TwinSerializer: "pageCount" and "page_count" would both be called "pageCount".',
    )
  })

  it('are so in a way that there is, or refused', () => {
    expect(mistakesOf(EntityArticleViewSet, 'kebab-case' as never)).to.include(
      'E_NAMES names: it is "kebab-case", which is no way to spell names.',
    )
  })
})
