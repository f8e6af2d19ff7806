import { expect } from 'chai'
import { anyone, BulkActionMixin, type DefinitionError, type ModelDataSource, ModelViewSet } from 'plinth'
import { Resource } from 'plinth/decorators'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { problem } from './support/library.js'
import { Bare, BareSerializer, createNotes, Note, NoteSerializer } from './support/notes.js'
import { type Answer, type Served, serve } from './support/served.js'

const options = { serializer: NoteSerializer, permissions: { '*': anyone } } as const
const rules = { permissions: { create: anyone, update: anyone, delete: anyone } } as const

@Resource('/notes')
class NoteViewSet extends BulkActionMixin(ModelViewSet(Note, options), { ...rules, perItem: true }) {}

@Resource('/guarded')
class GuardedViewSet extends BulkActionMixin(ModelViewSet(Note, { ...options, requirePrecondition: true }), rules) {}

@Resource('/bare')
class BareViewSet extends BulkActionMixin(
  ModelViewSet(Bare, { serializer: BareSerializer, permissions: { '*': anyone } }),
  { allow: anyone, actions: ['update'] },
) {}

@Resource('/impossible')
class ImpossibleViewSet extends BulkActionMixin(
  ModelViewSet(Bare, { serializer: BareSerializer, permissions: { '*': anyone }, requirePrecondition: true }),
  { allow: anyone, actions: ['update'] },
) {}

const statuses = ({ body }: Answer) =>
  (body['results'] as readonly { readonly status: number }[]).map(({ status }) => status)

describeOnEngines('Conditions of items', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    ;({ database, dataSource } = await createNotes(engine))
    served = await serve({ viewSets: [NoteViewSet, GuardedViewSet, BareViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const bulk = (action: string, body: unknown, path = '/notes') =>
    served.request('POST', `${path}/bulk/${action}`, { body })
  const made = async (title: string) => {
    const { body, headers } = await served.request('POST', '/notes', { body: { title } })
    return { id: body.id, tag: headers.get('etag')! }
  }
  const titleOf = async (id: string | number) => (await served.request('GET', `/notes/${id}`)).body['title']

  it('are tags, as If-Match has them, of the row that is stored', async () => {
    const [a, b] = [await made('a'), await made('b')]
    const items = [
      { id: a.id, title: 'a2', ifMatch: a.tag },
      { id: b.id, title: 'b2', ifMatch: `"x", ${b.tag}` },
    ]
    expect(statuses(await bulk('update', { items }))).to.deep.equal([200, 200])
    const again = await bulk('update', { items: [{ id: b.id, title: 'b3', ifMatch: '*' }, items[0]] })
    expect(problem(again)).to.deep.equal({
      type: 'urn:problem:precondition_failed',
      title: 'Precondition failed',
      status: 412,
      code: 'PRECONDITION_FAILED',
      detail: 'The row was changed since it was read.',
      instance: '/notes/bulk/update',
      errors: [
        {
          pointer: '#/items/1',
          code: 'precondition_failed',
          message: 'The row was changed since it was read.',
          params: { id: a.id },
        },
      ],
    })
    expect([await titleOf(a.id), await titleOf(b.id)]).to.deep.equal(['a2', 'b2'])
  })

  it('are each their own where items are written each by itself', async () => {
    const [a, b] = [await made('a'), await made('b')]
    const items = [
      { id: a.id, ifMatch: `W/${a.tag}` },
      { id: b.id, ifMatch: b.tag },
    ]
    const answer = await bulk('delete', { atomic: false, items })
    expect([answer.status, statuses(answer)]).to.deep.equal([207, [412, 204]])
  })

  it('are refused where they are malformed, with everything else that is wrong', async () => {
    const { id } = await made('a')
    const items = [
      { id, ifMatch: 'a', title: 7 },
      { id: 'b', ifMatch: 1 },
    ]
    const { status, body } = await bulk('update', { items })
    expect(status).to.equal(400)
    expect(body.errors.map(({ pointer, code }) => `${pointer} ${code}`)).to.deep.equal([
      '#/items/0/ifMatch syntax',
      '#/items/0/title type',
      '#/items/1/ifMatch type',
    ])
  })

  it('let one of several win who write at once', async () => {
    const rows = [await made('a'), await made('b'), await made('c')]
    const write = (title: string, order: readonly (typeof rows)[number][]) =>
      bulk('update', { items: order.map(({ id, tag }) => ({ id, title, ifMatch: tag })) })
    const answers = await Promise.all(
      ['1', '2', '3', '4', '5'].map((title, index) => write(title, index % 2 === 0 ? rows : rows.toReversed())),
    )
    const won = answers.findIndex(({ status }) => status === 200)
    const others = answers.filter((_, index) => index !== won).map(({ status }) => status)
    expect(others.filter((status) => status !== 412 && status !== 503)).to.deep.equal([])
    for (const { id } of rows) expect(await titleOf(id)).to.equal(String(won + 1))
  })

  it('must be there where the viewset requires them', async () => {
    const { id, tag } = await made('a')
    const refused = await bulk('update', { items: [{ id, title: 'b' }] }, '/guarded')
    expect(problem(refused)).to.deep.equal({
      type: 'urn:problem:precondition_required',
      title: 'Precondition required',
      status: 428,
      code: 'PRECONDITION_REQUIRED',
      detail: "This can be done only to items with `ifMatch`, so that nobody else's changes are lost.",
      instance: '/guarded/bulk/update',
      errors: [{ pointer: '#/items/0', code: 'required', message: 'must be an item with `ifMatch`' }],
    })
    expect((await bulk('delete', { ids: [id] }, '/guarded')).status).to.equal(428)
    expect((await bulk('update', { items: [{ id, title: 'b', ifMatch: tag }] }, '/guarded')).status).to.equal(200)
    expect((await bulk('create', { items: [{ title: 'new' }] }, '/guarded')).status).to.equal(200)
  })

  it('are not there where rows have no strong tags', async () => {
    const { body: row } = await served.request('POST', '/bare', { body: { title: 'a' } })
    const { status, body } = await bulk('update', { items: [{ id: row.id, ifMatch: '*' }] }, '/bare')
    expect([status, body.errors.map(({ pointer, code }) => `${pointer} ${code}`)]).to.deep.equal([
      400,
      ['#/items/0/ifMatch unknown_field'],
    ])
  })
})

describe('Conditions of items that cannot be', () => {
  it('are no start', async () => {
    const { database, dataSource } = await createNotes(engines[0]!)
    const refused = await serve({ viewSets: [ImpossibleViewSet], dataSource }).then(
      () => [],
      (error: DefinitionError) => error.mistakes.map(({ code, subject, problem: what }) => [code, subject, what]),
    )
    expect(refused).to.deep.include([
      'E_BULK',
      'ImpossibleViewSet.bulkUpdate',
      'its viewset requires a precondition, which its items cannot give.',
    ])
    await dataSource.destroy()
    await database.drop()
  })
})
