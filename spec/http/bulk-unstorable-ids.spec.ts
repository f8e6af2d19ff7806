import { expect } from 'chai'
import { anyone, BulkActionMixin, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

@Entity('half_labels')
class Label {
  @PrimaryColumn({ length: 20 }) id!: string
  @Column({ length: 20 }) text!: string
}
class LabelSerializer extends Serializer(Label, { fields: ['id', 'text'] }) {}

@Resource('/labels')
class LabelViewSet extends BulkActionMixin(
  ModelViewSet(Label, { serializer: LabelSerializer, permissions: { '*': anyone } }),
  { actions: ['update', 'delete'], allow: anyone },
) {}

describeOnEngines('Ids that are no text any engine can store', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Label], synchronize: true }).initialize()
    served = await serve({ viewSets: [LabelViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('name no row', async () => {
    await dataSource.getRepository(Label).insert({ id: '\ufffd', text: 'kept' })
    // What drivers send in place of half a surrogate pair.
    await served.request('POST', '/labels/bulk/delete', { body: { ids: ['\ud800'] } })
    expect(await dataSource.getRepository(Label).count()).to.equal(1)
  })
})
