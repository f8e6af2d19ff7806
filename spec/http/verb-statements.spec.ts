import { expect } from 'chai'
import {
  anyone,
  type Call,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  type RowCall,
  rowRule,
  Serializer,
  ViewRowsMixin,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Draft, openDrafts } from '../support/drafts.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'
import { type Served, serve } from './support/served.js'

class DraftSerializer extends Serializer(Draft, { fields: ['id', 'title', 'state', 'edition', 'isDeleted'] }) {}
class DraftService extends ModelService(Draft) {}
class OwnService extends ModelService(Draft) {
  protected override write<T>(work: () => Promise<T>) {
    return super.write(work)
  }
}

const isOwner = rowRule<{ owner: string }>('owner', ({ user }, { owner }) => owner === user?.id)
const verbs = { publish: anyone, restore: anyone, shred: anyone } as const
const options = { serializer: DraftSerializer, permissions: { '*': anyone }, verbs } as const

@Resource('/plain')
class PlainViewSet extends ViewRowsMixin(ModelViewSet(Draft, options), {
  view: 'onlyDeleted',
  path: 'trash',
  allow: anyone,
  remove: { verb: 'purge', allow: anyone },
}) {}

@Resource('/served')
class ServedViewSet extends ModelViewSet(Draft, { ...options, service: DraftService }) {}

@Resource('/own-service')
class OwnServiceViewSet extends ModelViewSet(Draft, { ...options, service: OwnService }) {}

@Resource('/owned')
class OwnedViewSet extends ModelViewSet(Draft, { ...options, verbs: { publish: isOwner } }) {}

@Resource('/mine')
class MineViewSet extends ModelViewSet(Draft, {
  ...options,
  scope: ({ user }: Call) => ({ owner: user?.id ?? 'nobody' }),
}) {}

@Resource('/own')
class OwnViewSet extends ModelViewSet(Draft, options) {
  override performVerb(verb: 'publish' | 'restore' | 'shred', call: RowCall<Draft, object>) {
    return super.performVerb(verb, call)
  }
}

const viewSets = [PlainViewSet, ServedViewSet, OwnServiceViewSet, OwnedViewSet, MineViewSet, OwnViewSet]

describeOnEngines('Verbs over HTTP that need not see their row', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    dataSource = await openDrafts(database)
    dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
    served = await serve({ viewSets, dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const made = async ({ isDeleted = false, ...values }: Partial<Draft> = {}): Promise<number> => {
    const { id } = await dataSource.getRepository(Draft).save({ title: 'On verbs', ...values })
    if (isDeleted) await dataSource.getRepository(Draft).delete(id)
    sent.length = 0
    return id
  }
  const stored = (id: number) => dataSource.getRepository(Draft).unscoped().findById(id)
  /** MariaDB returns nothing of an UPDATE, so the row is read again, in one unit of work with it. */
  const changed = engine.name === 'mariadb' ? ['START', 'UPDATE', 'SELECT', 'COMMIT'] : ['UPDATE']

  it('are one statement, which answers the row', async () => {
    for (const path of ['/plain', '/served']) {
      const id = await made()
      const { status, body } = await served.request('POST', `${path}/${id}/publish`, { body: { edition: 2 } })
      const row = { id, title: 'On verbs', edition: 2, isDeleted: false }
      expect({ status, body }).to.deep.equal({ status: 200, body: { ...row, state: 'published' } })
      expect(sent, path).to.deep.equal(changed)
    }
  })

  it('find rows where the verb sees them', async () => {
    const id = await made({ isDeleted: true })
    const { status, body } = await served.request('POST', `/plain/${id}/restore`, { body: {} })
    expect({ status, id: body.id, isDeleted: body['isDeleted'] }).to.deep.equal({ status: 200, id, isDeleted: false })
    expect(sent).to.deep.equal(changed)
    const again = await served.request('POST', `/plain/${id}/restore`, { body: {} })
    expect([again.status, again.body['code']]).to.deep.equal([409, 'NOT_DELETED'])
    const hidden = await made({ isDeleted: true })
    expect((await served.request('POST', `/plain/${hidden}/publish`, { body: { edition: 1 } })).status).to.equal(404)
    expect((await stored(hidden))?.state).to.equal('draft')
  })

  it('remove rows, and rows of a view', async () => {
    const [shown, hidden] = [await made(), await made({ isDeleted: true })]
    expect((await served.request('POST', `/plain/${shown}/shred`, { body: {} })).status).to.equal(204)
    expect((await served.request('DELETE', `/plain/trash/${hidden}`)).status).to.equal(204)
    expect(sent).to.deep.equal(['DELETE', 'DELETE'])
    const kept = await made()
    expect((await served.request('DELETE', `/plain/trash/${kept}`)).status).to.equal(404)
    expect([await stored(shown), await stored(hidden)]).to.deep.equal([null, null])
    expect(await stored(kept)).to.be.instanceOf(Draft)
  })

  it('ask a permission about the row before, and write it as it was then', async () => {
    const id = await made({ owner: 'ada' })
    expect((await served.request('POST', `/owned/${id}/publish`, { body: { edition: 1 }, as: 'bob' })).status).to.equal(
      403,
    )
    expect((await stored(id))?.state).to.equal('draft')
    sent.length = 0
    expect((await served.request('POST', `/owned/${id}/publish`, { body: { edition: 1 }, as: 'ada' })).status).to.equal(
      200,
    )
    if (engine.name !== 'mariadb') expect(sent).to.deep.equal(['SELECT', 'UPDATE'])
    expect((await stored(id))?.state).to.equal('published')
  })

  it('reach no row outside of the scope of the caller', async () => {
    const id = await made({ owner: 'ada' })
    expect((await served.request('POST', `/mine/${id}/publish`, { body: { edition: 1 }, as: 'bob' })).status).to.equal(
      404,
    )
    expect((await stored(id))?.state).to.equal('draft')
    expect((await served.request('POST', `/mine/${id}/publish`, { body: { edition: 1 }, as: 'ada' })).status).to.equal(
      200,
    )
  })

  it('see the row where something else must, and tell so', async () => {
    const application = applicationOf({ viewSets, dataSource })
    const ways = application.routes
      .filter(({ path }) => path.endsWith('/publish'))
      .map(
        ({ path, writes }) =>
          `${path.split('/')[1]}: ${writes?.by}${writes?.by === 'row' ? `, ${writes.because}` : ''}`,
      )
    expect(ways).to.have.members([
      'plain: statement',
      'served: statement',
      'own-service: row, write of its service is its own',
      'owned: statement',
      'mine: statement',
      'own: row, performVerb is a method of its own',
    ])
    for (const path of ['/own', '/own-service']) {
      const id = await made()
      expect((await served.request('POST', `${path}/${id}/publish`, { body: { edition: 1 } })).status).to.equal(200)
      expect(sent).to.include('SELECT')
      expect((await stored(id))?.state).to.equal('published')
    }
  })

  it('let exactly one of several callers leave a state', async () => {
    const id = await made()
    const asked = Array.from({ length: 8 }, (_, index) =>
      served.request('POST', `/plain/${id}/publish`, { body: { edition: index + 1 } }),
    )
    const answers = await Promise.all(asked)
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).to.have.length(1)
    const others = answers.filter(({ status }) => status !== 200)
    expect(others.map(({ status, body }) => `${status} ${String(body['code'])}`)).to.deep.equal(
      Array.from({ length: 7 }, () => '409 NOT_A_DRAFT'),
    )
    expect((await stored(id))?.edition).to.equal(winners[0]!.body['edition'])
  })
})
