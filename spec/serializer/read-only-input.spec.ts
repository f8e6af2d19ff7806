import { expect } from 'chai'
import { anyone, computed, extendSerializer, type ModelDataSource, ModelViewSet, Serializer, schemasOf } from 'plinth'
import { Resource } from 'plinth/decorators'
import { errorsIn, type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { Book, createLibrary } from './library.js'

class RoundSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'price', 'ownerId', 'createdAt'],
  readOnly: ['price'],
  readOnlyInput: 'ignore',
  createOnly: ['ownerId'],
  computed: { length: computed(Book, { requires: ['title'], value: ({ title }) => title.length }) },
}) {}

/** What a later specification says counts. */
class StrictSerializer extends extendSerializer(RoundSerializer, { fields: ['body'], readOnlyInput: 'refuse' }) {}

@Resource('/round')
class RoundViewSet extends ModelViewSet(Book, { serializer: RoundSerializer, permissions: { '*': anyone } }) {}

@Resource('/strict')
class StrictViewSet extends ModelViewSet(Book, { serializer: StrictSerializer, permissions: { '*': anyone } }) {}

describeOnEngines('Read-only members of bodies', (engine) => {
  let dataSource: ModelDataSource
  let database: Database
  let served: Served

  before(async () => {
    ;({ dataSource, database } = await createLibrary(engine))
    served = await serve({ viewSets: [RoundViewSet, StrictViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('do nothing where they are ignored, so that an answer can be sent back', async () => {
    const made = await served.request('POST', '/round', {
      body: { id: 'nonsense', title: 'a title', price: '99.00', length: 'x', createdAt: 7 },
    })
    expect([made.status, made.body['price'], made.body['length']], made.text).to.deep.equal([201, '0.00', 7])
    const { ownerId: _, ...answered } = made.body as unknown as Readonly<Record<string, unknown>>
    const changed = { ...answered, title: 'another', price: '1.00' }
    const put = await served.request('PUT', `/round/${made.body.id}`, { body: changed })
    expect([put.status, put.body['title'], put.body['price'], put.body.id]).to.deep.equal([
      200,
      'another',
      '0.00',
      made.body.id,
    ])
    const patch = await served.request('PATCH', `/round/${made.body.id}`, { body: { id: null, price: null } })
    expect([patch.status, patch.body['price']]).to.deep.equal([200, '0.00'])
  })

  it('are no excuse for what is not known, or may not be changed any more', async () => {
    const made = await served.request('POST', '/round', { body: { title: 'a title' } })
    const answer = await served.request('PATCH', `/round/${made.body.id}`, {
      body: { ownerId: 'eve', note: 'x', id: 1 },
    })
    expect([answer.status, ...errorsIn(answer)]).to.deep.equal([400, '#/ownerId create_only', '#/note unknown_field'])
  })

  it('are refused elsewhere', async () => {
    const answer = await served.request('POST', '/strict', {
      body: { id: 1, title: 'a title', price: '1.00', length: 1 },
    })
    expect([answer.status, ...errorsIn(answer)]).to.deep.equal([
      400,
      '#/id read_only',
      '#/price read_only',
      '#/length read_only',
    ])
  })

  it('are told by schemas', () => {
    const { create } = schemasOf(RoundSerializer, dataSource)
    expect(create['properties']).to.deep.include({ id: { readOnly: true }, length: { readOnly: true } })
    expect(schemasOf(StrictSerializer, dataSource).create['properties']).to.not.have.any.keys('id', 'length')
  })
})
