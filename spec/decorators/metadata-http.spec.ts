import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type HasMetadata, type HasVersion, Metadata, Resource, Versioned } from '../../decorators/index.js'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from '../../src/index.js'
import { type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Metadata({ maxDepth: 3 })
@Versioned()
class Gadget {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string
}
interface Gadget extends HasMetadata, HasVersion {}

class GadgetSerializer extends Serializer(Gadget, { fields: ['id', 'label', 'metadata', 'version'] }) {}

@Resource('/gadgets')
class GadgetViewSet extends ModelViewSet(Gadget, {
  serializer: GadgetSerializer,
  permissions: { '*': anyone },
}) {}

describeOnEngines('Metadata over HTTP', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Gadget] }).initialize()
    await dataSource.synchronize()
    served = await serve({ viewSets: [GadgetViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('is created, merged, and says where it is refused', async () => {
    const created = await served.request('POST', '/gadgets', {
      body: { label: 'a', metadata: { size: { x: 1, y: 2 } } },
    })
    expect([created.status, created.body['metadata'], created.body['version']]).to.deep.equal([
      201,
      { size: { x: 1, y: 2 } },
      1,
    ])
    const address = `/gadgets/${created.body.id}`
    const patched = await served.request('PATCH', address, { body: { metadata: { size: { y: null }, colour: 'red' } } })
    expect([patched.status, patched.body['metadata'], patched.body['version']]).to.deep.equal([
      200,
      { size: { x: 1 }, colour: 'red' },
      2,
    ])
    const refused = await served.request('PATCH', address, {
      body: { metadata: { a: { b: { c: {} } }, big: 2 ** 60 } },
    })
    expect([refused.status, refused.body.errors.map(({ pointer, code }) => `${pointer} ${code}`)]).to.deep.equal([
      400,
      ['#/metadata/a/b/c maxDepth', '#/metadata/big integer'],
    ])
    const empty = await served.request('POST', '/gadgets', { body: { label: 'b' } })
    expect([empty.status, empty.body['metadata']]).to.deep.equal([201, {}])
    const list = await served.request('POST', '/gadgets', { body: { label: 'c', metadata: [] } })
    expect([list.status, list.body.errors.map(({ pointer }) => pointer)]).to.deep.equal([400, ['#/metadata']])
  })
})
