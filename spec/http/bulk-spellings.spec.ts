import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  Serializer,
  silentLogger,
} from 'plinth'
import { Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

interface Tag extends SoftDeletable {}
@Entity('spelt_tags')
@SoftDelete()
class Tag {
  @PrimaryColumn({ type: 'varchar', length: 20 }) code!: string
  @Column({ type: 'int', default: 0 }) hits!: number
}
/** The database holds spellings of its keys for one, where it knows the collation. */
interface Folded extends SoftDeletable {}
@Entity('spelt_folded')
@SoftDelete()
class Folded {
  @PrimaryColumn({ type: 'varchar', length: 20, collation: 'NOCASE' }) code!: string
  @Column({ type: 'int', default: 0 }) hits!: number
}
class TagService extends ModelService(Tag) {}
class FoldedService extends ModelService(Folded) {}
class TagSerializer extends Serializer(Tag, { fields: ['code', 'hits'] }) {}
class FoldedSerializer extends Serializer(Folded, { fields: ['code', 'hits'] }) {}

const bulk = { allow: anyone, actions: ['update', 'delete'] } as const
const permissions = { '*': anyone } as const
@Resource('/tags')
class TagViewSet extends BulkActionMixin(ModelViewSet(Tag, { serializer: TagSerializer, permissions }), bulk) {}
@Resource('/served')
class ServedViewSet extends BulkActionMixin(
  ModelViewSet(Tag, { serializer: TagSerializer, permissions, service: TagService }),
  bulk,
) {}
@Resource('/folded')
class FoldedViewSet extends BulkActionMixin(
  ModelViewSet(Folded, { serializer: FoldedSerializer, permissions }),
  bulk,
) {}

describeOnEngines('Keys in another spelling', (engine) => {
  const folds = engine.name === 'sqlite'
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    const entities = folds ? [Tag, Folded] : [Tag]
    dataSource = createDataSource({ ...database.options, entities, synchronize: true })
    await dataSource.initialize()
    const viewSets = folds ? [TagViewSet, ServedViewSet, FoldedViewSet] : [TagViewSet, ServedViewSet]
    served = await serve({ viewSets, dataSource })
    await dataSource.getRepository(Tag).save([{ code: 'A' }, { code: 'B' }])
    if (folds) await dataSource.getRepository(Folded).save([{ code: 'A' }, { code: 'B' }])
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const ids = ['a', 'b']
  const hitsOf = async (entity: typeof Tag | typeof Folded) =>
    (await dataSource.getRepository<Tag>(entity).find({ order: { code: 'ASC' } })).map(({ code, hits }) => [code, hits])
  const untouched = [
    ['A', 0],
    ['B', 0],
  ]

  it('name no rows, whether one is asked for or many are written', async () => {
    for (const path of ['tags', 'served']) {
      const asked = await served.request('GET', `/${path}/a`)
      const updated = await served.request('POST', `/${path}/bulk/update`, { body: { ids, values: { hits: 3 } } })
      const deleted = await served.request('POST', `/${path}/bulk/delete`, { body: { ids } })
      expect([asked.status, updated.status, deleted.status], path).to.deep.equal([404, 404, 404])
    }
    const service = new TagService({ dataSource, logger: silentLogger })
    const [updated, deleted] = [await service.updateMany(ids, { hits: 3 }), await service.deleteMany(ids)]
    expect([updated, deleted].map((result) => result.success || result.errorCode)).to.deep.equal([
      'NOT_FOUND',
      'NOT_FOUND',
    ])
    expect(await hitsOf(Tag)).to.deep.equal(untouched)
  })

  if (!folds) return
  it('write all rows or none where the collation of the key finds rows by them', async () => {
    const updated = await served.request('POST', '/folded/bulk/update', { body: { ids, values: { hits: 3 } } })
    const service = new FoldedService({ dataSource, logger: silentLogger })
    const many = await service.updateMany(ids, { hits: 3 })
    expect([updated.status, many.success || many.errorCode]).to.deep.equal([404, 'NOT_FOUND'])
    expect(await hitsOf(Folded)).to.deep.equal(untouched)
  })
})
