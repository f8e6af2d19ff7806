import { expect } from 'chai'
import {
  BulkActionMixin,
  type Call,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  type RowCall,
  Serializer,
  ServiceResult,
  signedIn,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

@Entity('left_papers')
class Paper {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @Column({ length: 20 }) ownerId!: string
}

class PaperSerializer extends Serializer(Paper, { fields: ['id', 'title', 'ownerId'] }) {}

const options = {
  serializer: PaperSerializer,
  permissions: { '*': signedIn },
  scope: ({ user }: Call) => ({ ownerId: user?.id ?? '' }),
} as const

class SilentService extends ModelService(Paper) {
  override async update(row: Paper, values: object): Promise<ServiceResult<Paper>> {
    await this.repository.update(row.id, values)
    return ServiceResult.success(row)
  }
}

/** Its service answers the row as it was. */
@Resource('/served')
class ServedPapers extends ModelViewSet(Paper, { ...options, service: SilentService }) {}

/** Its hook answers nothing. */
@Resource('/silent')
class SilentPapers extends BulkActionMixin(ModelViewSet(Paper, options), {
  permissions: { update: signedIn },
  perItem: true,
}) {
  override async performUpdate(call: RowCall<Paper, object>): Promise<never> {
    await super.performUpdate(call)
    return undefined as never
  }
}

describeOnEngines('A row whose hook does not answer it as it is', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let id: number

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Paper], synchronize: true }).initialize()
    served = await serve({ viewSets: [ServedPapers, SilentPapers], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const papers = () => dataSource.getRepository(Paper)
  const stored = async () => (await papers().find()).map(({ title, ownerId }) => `${title} ${ownerId}`)
  beforeEach(async () => {
    await papers().clear()
    await papers().insert({ title: 'a', ownerId: 'ada' })
    id = (await papers().findOneByOrFail({})).id
  })

  for (const path of ['/served', '/silent']) {
    it(`leaves no scope: ${path}`, async () => {
      const sent = [
        ['PATCH', { ownerId: 'bob' }],
        ['PUT', { title: 'b', ownerId: 'bob' }],
      ] as const
      for (const [method, body] of sent) {
        const refused = await served.request(method, `${path}/${id}`, { as: 'ada', body })
        expect([refused.status, refused.body['code']]).to.deep.equal([403, 'OUTSIDE_SCOPE'])
        expect(await stored()).to.deep.equal(['a ada'])
      }
      const changed = await served.request('PATCH', `${path}/${id}`, {
        as: 'ada',
        body: { title: 'c', ownerId: 'ada' },
      })
      expect(changed.status).to.be.oneOf([200, 204])
      expect(await stored()).to.deep.equal(['c ada'])
    })
  }

  it('leaves none by bulk actions', async () => {
    const items = [{ id, ownerId: 'bob' }]
    const refused = await served.request('POST', '/silent/bulk/update', { as: 'ada', body: { items } })
    expect([refused.status, refused.body['code']]).to.deep.equal([403, 'OUTSIDE_SCOPE'])
    const alone = await served.request('POST', '/silent/bulk/update', { as: 'ada', body: { items, atomic: false } })
    expect(alone.text).to.include('OUTSIDE_SCOPE')
    expect(await stored()).to.deep.equal(['a ada'])
  })
})
