import { expect } from 'chai'
import { Column, Entity } from 'typeorm'
import { Resource, type UuidIdentified, UuidPk } from '../../decorators/index.js'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from '../../src/index.js'
import { type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@UuidPk({ allowClientId: true })
class Draft {
  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string
}
interface Draft extends UuidIdentified {}

@Entity()
@UuidPk()
class Letter {
  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string
}
interface Letter extends UuidIdentified {}

class DraftSerializer extends Serializer(Draft, { fields: ['id', 'label'], createOnly: ['id'] }) {}
class LetterSerializer extends Serializer(Letter, { fields: ['id', 'label'] }) {}

@Resource('/drafts')
class DraftViewSet extends ModelViewSet(Draft, { serializer: DraftSerializer, permissions: { '*': anyone } }) {}

@Resource('/letters')
class LetterViewSet extends ModelViewSet(Letter, { serializer: LetterSerializer, permissions: { '*': anyone } }) {}

const id = '018f3c2e-7d1a-7cc0-8000-0000000000ab'

describeOnEngines('Keys that are UUIDs, over HTTP', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Draft, Letter] }).initialize()
    await dataSource.synchronize()
    served = await serve({ viewSets: [DraftViewSet, LetterViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const post = async (address: string, body: object) => {
    const answer = await served.request('POST', address, { body })
    const errors = (answer.body.errors ?? []).map(({ pointer }) => pointer)
    return [answer.status, answer.status === 201 ? answer.body['id'] : answer.body['code'], ...errors]
  }

  it('may be made by clients where that is allowed, once', async () => {
    expect(await post('/drafts', { id: id.toUpperCase(), label: 'a' })).to.deep.equal([201, id])
    expect(await post('/drafts', { id })).to.deep.equal([409, 'DUPLICATE_ID', '#/id'])
    for (const wrong of ['x', '', `{${id}}`, 1]) {
      expect(await post('/drafts', { id: wrong })).to.deep.equal([400, 'VALIDATION_ERROR', '#/id'])
    }
    expect((await post('/drafts', { label: 'b' }))[0]).to.equal(201)
    expect((await served.request('GET', `/drafts/${id.toUpperCase()}`)).body['label']).to.equal('a')
    expect((await served.request('GET', '/drafts/x')).status).to.equal(404)
  })

  it('are not made by clients elsewhere', async () => {
    expect(await post('/letters', { id })).to.deep.equal([400, 'VALIDATION_ERROR', '#/id'])
  })
})
