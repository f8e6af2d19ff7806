import { expect } from 'chai'
import {
  AppException,
  anyone,
  BulkActionMixin,
  type Call,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  rowRule,
  Serializer,
  silentLogger,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Draft, openDrafts } from '../support/drafts.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

class DraftSerializer extends Serializer(Draft, { fields: ['id', 'state', 'edition', 'isDeleted'] }) {}
class DraftService extends ModelService(Draft) {}
class OwnService extends ModelService(Draft) {
  protected override write<T>(work: () => Promise<T>) {
    return super.write(work)
  }
}

const options = { serializer: DraftSerializer, permissions: { '*': anyone } } as const
const bulk = { actions: ['publish', 'restore', 'shred'], max: 20, allow: anyone } as const

@Resource('/plain')
class PlainViewSet extends BulkActionMixin(ModelViewSet(Draft, options), bulk) {}

@Resource('/served')
class ServedViewSet extends BulkActionMixin(ModelViewSet(Draft, { ...options, service: DraftService }), bulk) {}

@Resource('/own-service')
class OwnServiceViewSet extends BulkActionMixin(ModelViewSet(Draft, { ...options, service: OwnService }), bulk) {}

@Resource('/owned')
class OwnedViewSet extends BulkActionMixin(ModelViewSet(Draft, options), {
  ...bulk,
  allow: rowRule<{ owner: string }>('owner', ({ user }, { owner }) => owner === user?.id),
}) {}

@Resource('/mine')
class MineViewSet extends BulkActionMixin(
  ModelViewSet(Draft, { ...options, scope: ({ user }: Call) => ({ owner: user?.id ?? 'nobody' }) }),
  bulk,
) {}

const viewSets = [PlainViewSet, ServedViewSet, OwnServiceViewSet, OwnedViewSet, MineViewSet]

const all = (state: string) => [state, state, state]

/** What a call ends with: how many rows it wrote, or the code of its error. */
const ended = (call: Promise<{ readonly affected: number }>): Promise<unknown> =>
  call.then(
    ({ affected }) => affected,
    (error: unknown) => (error instanceof AppException ? error.errorCode : error),
  )

describeOnEngines('Verbs that write many rows by one statement', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    dataSource = await openDrafts(database)
    dataSource.onStatement(({ sql }) => sent.push(/^\s*(\w+)/.exec(sql)?.[1] ?? ''))
    served = await serve({ viewSets, dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const drafts = () => dataSource.getRepository(Draft)
  const made = async (values: Partial<Draft> = {}): Promise<number[]> => {
    const rows = await drafts().save([1, 2, 3].map(() => drafts().create({ title: 'On verbs', ...values })))
    sent.length = 0
    return rows.map(({ id }) => id)
  }
  const stored = async (ids: readonly number[]) => {
    const rows = await Promise.all(ids.map((id) => drafts().unscoped().findById(id)))
    return rows.map((row) => row && `${row.state}${row.isDeleted ? ', deleted' : ''}`)
  }
  const call = (path: string, body: unknown, as = 'ada'): Promise<Answer> => served.request('POST', path, { body, as })
  /** MariaDB has no statement that writes all rows or none. */
  const isOne = engine.name !== 'mariadb'
  const one = engine.name === 'postgres' ? ['WITH'] : ['UPDATE']

  it('are what a repository and a service send, and all they send', async () => {
    const service = new DraftService({ dataSource, logger: silentLogger })
    const [ids, others] = [await made(), await made()]
    expect(await ended(drafts().publish(ids, { edition: 3 }))).to.equal(3)
    if (isOne) expect(sent).to.deep.equal(one)
    sent.length = 0
    expect((await service.publish(others, { edition: 4 })).unwrap()).to.deep.include({
      affected: 3,
      byEntity: { Draft: 3 },
    })
    if (isOne) expect(sent).to.deep.equal(one)
    expect(await stored([...ids, ...others])).to.deep.equal([...all('published'), ...all('published')])
    await drafts().delete(ids)
    sent.length = 0
    expect(await ended(drafts().restore(ids))).to.equal(3)
    if (isOne) expect(sent).to.deep.equal(one)
    expect(await stored(ids)).to.deep.equal(all('published'))
  })

  it('write all rows or none, and tell why as a unit of work does', async () => {
    const ids = await made()
    await drafts().publish(ids[1]!, { edition: 1 })
    const ways = [
      (keys: number[]) => drafts().publish(keys, { edition: 2 }),
      (keys: number[]) => dataSource.atomic(() => drafts().publish(keys, { edition: 2 })),
    ]
    for (const publish of ways) {
      expect(await ended(publish(ids))).to.equal('NOT_A_DRAFT')
      expect(await ended(publish([ids[0]!, 1_000_000]))).to.equal('NOT_FOUND')
    }
    expect(await stored(ids)).to.deep.equal(['draft', 'published', 'draft'])
    // A row that is named twice is one.
    expect(await ended(drafts().publish([ids[0]!, ids[2]!, ids[0]!], { edition: 2 }))).to.equal(2)
  })

  it('answer over HTTP the rows that the statement has written, in the order in which they are named', async () => {
    for (const path of ['/plain', '/served', '/owned', '/mine']) {
      const ids = await made({ owner: 'ada' })
      const { status, body } = await call(`${path}/bulk/publish`, { ids: ids.toReversed(), input: { edition: 2 } })
      expect(status, path).to.equal(200)
      expect(body['results']).to.deep.equal(
        ids.toReversed().map((id, index) => {
          return { index, id, status: 200, data: { id, state: 'published', edition: 2, isDeleted: false } }
        }),
      )
      // A rule about the rows that is code sees them first; on SQLite nobody may write in between.
      const seen = engine.name === 'sqlite' ? ['BEGIN', 'SELECT', 'UPDATE', 'COMMIT'] : ['SELECT', 'WITH']
      if (isOne) expect(sent, path).to.deep.equal(path === '/owned' ? seen : one)
    }
    const own = await made()
    expect((await call('/own-service/bulk/publish', { ids: own, input: { edition: 2 } })).status).to.equal(200)
    expect(sent.length).to.be.greaterThan(2)
  })

  it('find rows past the scopes that the verb does not see', async () => {
    const ids = await made()
    await drafts().delete(ids)
    sent.length = 0
    const { status, body } = await call('/plain/bulk/restore', { ids })
    expect([status, body['summary']]).to.deep.equal([200, { total: 3, succeeded: 3, failed: 0 }])
    if (isOne) expect(sent).to.deep.equal(one)
    expect((await call('/plain/bulk/restore', { ids })).body['code']).to.equal('NOT_DELETED')
    expect((await call('/plain/bulk/shred', { ids })).status).to.equal(200)
    expect(await stored(ids)).to.deep.equal([null, null, null])
  })

  it('reach no rows that the caller may not see or write, and refuse input that is wrong', async () => {
    const [own, foreign] = [await made({ owner: 'ada' }), await made({ owner: 'bob' })]
    const ids = [own[0]!, foreign[0]!]
    const input = { edition: 2 }
    expect((await call('/mine/bulk/publish', { ids, input })).status).to.equal(404)
    expect((await call('/owned/bulk/publish', { ids, input })).status).to.equal(403)
    expect((await call('/plain/bulk/publish', { ids, input: { edition: 'two' } })).status).to.equal(400)
    expect((await call('/plain/bulk/publish', { ids: [...ids, ids[0]], input })).status).to.equal(400)
    expect(await stored([...own, ...foreign])).to.deep.equal([...all('draft'), ...all('draft')])
  })

  it('are told of once they are committed', async () => {
    const ids = await made()
    const heard: unknown[] = []
    const deaf = dataSource.events.onCommitted((event) => void heard.push({ kind: event.kind, ids: event.ids }))
    await drafts().publish(ids, { edition: 1 })
    deaf()
    expect(heard).to.deep.equal([{ kind: 'publish', ids }])
  })

  it('let exactly one of several clients leave a state, in whatever order they name the rows', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ids = await made()
      const clients = Array.from({ length: 8 }, (_, client) =>
        ended(drafts().publish(client % 2 === 0 ? ids : ids.toReversed(), { edition: client + 1 })),
      )
      const ends = await Promise.all(clients)
      expect(ends).to.have.members([3, ...Array(7).fill('NOT_A_DRAFT')])
      const rows = await Promise.all(ids.map((id) => drafts().findById(id)))
      expect(new Set(rows.map((row) => row?.edition)).size).to.equal(1)
    }
  })
})
