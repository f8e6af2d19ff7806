import { expect } from 'chai'
import {
  type Adds,
  anyone,
  column,
  createDataSource,
  type DefinitionError,
  defineTrait,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  Serializer,
  silentLogger,
  withServiceContext,
} from 'plinth'
import { type HasVersion, Resource, Versioned } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

const Counted = defineTrait({
  name: 'Counted',
  defaults: {},
  columns: () => ({ count: column.integer({ default: 0, writable: true }) }),
  verbs: () => ({ empty: { set: () => ({ count: 0 }) } }),
})

@Entity()
class Hall {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Versioned()
@Counted()
@Entity()
class Stall {
  @PrimaryColumn({ type: 'int' })
  hallId!: number

  @PrimaryColumn({ type: 'int' })
  number!: number

  @ManyToOne(() => Hall)
  @JoinColumn({ name: 'hallId' })
  hall!: Relation<Hall>

  @Column({ type: 'decimal', precision: 8, scale: 2, default: 0 })
  rent!: string
}
interface Stall extends HasVersion, Adds<typeof Counted> {}

class StallSerializer extends Serializer(Stall, {
  fields: ['hallId', 'number', 'rent', 'count', 'version'],
  createOnly: ['hallId', 'number'],
}) {}

@Resource('/halls/:hall/stalls')
class StallViewSet extends ModelViewSet(Stall, {
  serializer: StallSerializer,
  parent: { relation: 'hall' },
  lookup: 'number',
  permissions: { '*': anyone },
}) {}

class StallService extends ModelService(Stall) {}

describeOnEngines('Rows that are known by several columns', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Hall, Stall] }).initialize()
    await dataSource.synchronize()
    served = await serve({ viewSets: [StallViewSet], dataSource })
    await dataSource.getRepository(Hall).insert([{ id: 1 }, { id: 2 }])
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM stall')
    const stalls = [1, 2].flatMap((hallId) => [1, 2].map((number) => ({ hallId, number, rent: '1.00' })))
    await dataSource.getRepository(Stall).insert(stalls)
  })

  it('are named under a parent by the other, and answered as they are stored', async () => {
    const found = await served.request('GET', '/halls/2/stalls/1')
    expect(found.body).to.deep.equal({ hallId: 2, number: 1, rent: '1.00', count: 0, version: 1 })
    const headers = { 'if-match': found.headers.get('etag')! }
    const changed = await served.request('PATCH', '/halls/2/stalls/1', { body: { count: 3 }, headers })
    expect(changed.body).to.deep.equal({ hallId: 2, number: 1, rent: '1.00', count: 3, version: 2 })
    const again = { 'if-match': changed.headers.get('etag')! }
    expect((await served.request('PATCH', '/halls/2/stalls/1', { body: { count: 4 }, headers })).status).to.equal(412)
    expect((await served.request('DELETE', '/halls/2/stalls/1', { headers: again })).status).to.equal(204)
    expect(await dataSource.getRepository(Stall).countBy({ number: 1 })).to.equal(1)
  })

  it('are answered by services as they are stored', async () => {
    const service = withServiceContext({ dataSource, logger: silentLogger }, () => new StallService())
    const stall = await dataSource.getRepository(Stall).findOneByOrFail({ hallId: 1, number: 2 })
    const updated = (await service.update(stall, { rent: '2.5' })).unwrap()
    expect(updated).to.deep.include({ hallId: 1, number: 2, version: 2 })
    expect(Number(updated.rent)).to.equal(2.5)
  })

  it('are refused at the start where one text, or one key, is to name them', async () => {
    @Resource('/stalls')
    class Plain extends ModelViewSet(Stall, {
      serializer: StallSerializer,
      only: ['list', 'retrieve'],
      permissions: { '*': anyone },
    }) {}
    @Resource('/halls/:hall/emptied')
    class Verbs extends ModelViewSet(Stall, {
      serializer: StallSerializer,
      parent: { relation: 'hall' },
      lookup: 'number',
      only: ['list'],
      permissions: { '*': anyone },
      verbs: { empty: anyone },
    }) {}
    const failure = await serve({ viewSets: [Plain, Verbs], dataSource }).then(
      () => undefined,
      (error: DefinitionError) => error,
    )
    expect(failure?.mistakes.map(({ code, subject, problem }) => [code, subject, problem])).to.deep.equal([
      [
        'E_LOOKUP',
        'Plain.retrieve',
        'rows of Stall are known by hallId and number, and a route names them by one text.',
      ],
      [
        'E_LOOKUP',
        'Verbs.empty',
        'verbs name rows by a key of one property, and those of Stall are known by hallId and number.',
      ],
    ])
  })
})
