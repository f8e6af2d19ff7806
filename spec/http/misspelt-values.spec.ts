import { expect } from 'chai'
import {
  anyone,
  type Call,
  createDataSource,
  type Logger,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  type RowCall,
  Serializer,
  silentLogger,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, JoinTable, ManyToMany, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

@Entity('drafts')
class Draft {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) title!: string
  @Column({ type: 'varchar', length: 20, nullable: true }) ownerId!: string | null
  @ManyToMany(() => Draft) @JoinTable() related!: Draft[]
}
class DraftSerializer extends Serializer(Draft, { fields: ['id', 'title', 'ownerId'], readOnly: ['ownerId'] }) {}
class DraftService extends ModelService(Draft) {}

type Create = (typeof DraftSerializer)['$create']
type Patch = (typeof DraftSerializer)['$patch']
/** As a program says it whose types are silenced. */
const misspelt = { ownreId: 'me' } as object

const options = { serializer: DraftSerializer, permissions: { '*': anyone } } as const
@Resource('/alone')
class AloneViewSet extends ModelViewSet(Draft, options) {
  override performCreate(call: Call<Create>) {
    return super.performCreate(call.with({ body: { ...call.body, ...misspelt } }))
  }
  override performUpdate(call: RowCall<Draft, Patch>) {
    return super.performUpdate(call.with({ body: { ...call.body, ...misspelt } }))
  }
}
@Resource('/served')
class ServedViewSet extends ModelViewSet(Draft, { ...options, service: DraftService }) {
  override performCreate(call: Call<Create>) {
    return super.performCreate(call.with({ body: { ...call.body, ...misspelt } }))
  }
  override performUpdate(call: RowCall<Draft, Patch>) {
    return super.performUpdate(call.with({ body: { ...call.body, ...misspelt } }))
  }
}
@Resource('/right')
class RightViewSet extends ModelViewSet(Draft, options) {
  override performCreate(call: Call<Create>) {
    return super.performCreate(call.with({ body: { ...call.body, ownerId: 'me' } }))
  }
}

describeOnEngines('Values of no property', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const logged: string[] = []
  const logger: Logger = {
    ...silentLogger,
    error: (_message, fields) => void logged.push((fields as { readonly error: Error }).error.message),
  }

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, synchronize: true, entities: [Draft] }).initialize()
    served = await serve({ viewSets: [AloneViewSet, ServedViewSet, RightViewSet], dataSource, logger })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are refused by hooks, and nothing is written', async () => {
    const { body } = await served.request('POST', '/right', { body: { title: 'a' } })
    expect(body['ownerId']).to.equal('me')
    for (const path of ['/alone', '/served']) {
      expect((await served.request('POST', path, { body: { title: 'x' } })).status).to.equal(500)
      expect((await served.request('PATCH', `${path}/${body.id}`, { body: { title: 'x' } })).status).to.equal(500)
    }
    const told = 'Draft has no property "ownreId" to write; did you mean "ownerId"?\n[E_UNKNOWN_VALUE]'
    expect(logged).to.deep.equal([told, told, told, told])
    expect((await dataSource.getRepository(Draft).find()).map(({ title }) => title)).to.deep.equal(['a'])
  })

  it('are refused by services', async () => {
    const service = new DraftService({ dataSource, logger: silentLogger })
    const row = await dataSource.getRepository(Draft).findOneByOrFail({})
    const calls = [misspelt, { related: [row] }].flatMap((more): readonly (() => Promise<unknown>)[] => {
      const wrong = { title: 'y', ...more }
      return [
        () => service.create(wrong),
        () => service.createMany([{ title: 'z' }, wrong]),
        () => service.update(row, wrong),
        () => service.update(row.id, wrong),
        () => service.updateMany([row.id], wrong),
      ]
    })
    for (const call of calls) {
      const error = await Promise.resolve()
        .then(call)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
      expect(error).to.include({ name: 'UsageError', code: 'E_UNKNOWN_VALUE' })
    }
    expect((await dataSource.getRepository(Draft).find()).map(({ title }) => title)).to.deep.equal(['a'])
  })
})
