import { expect } from 'chai'
import { anyone, ModelService, ModelViewSet, type RowCall, Serializer, ServiceResult, silentLogger } from 'plinth'
import { type Application, createApp } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { injectable, Lifecycle, scoped } from 'tsyringe'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
class Seat {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 10, unique: true }) code!: string
  @Column({ default: false }) taken!: boolean
}

class SeatSerializer extends Serializer(Seat, { fields: ['id', 'code', 'taken'] }) {}

@scoped(Lifecycle.ContainerScoped)
class Audit {
  static made = 0
  readonly number = ++Audit.made
}

@injectable()
class SeatService extends ModelService(Seat) {
  static readonly audits: number[] = []

  constructor(private readonly audit: Audit) {
    super()
  }

  take(seat: Seat): Promise<ServiceResult<Seat>> {
    SeatService.audits.push(this.audit.number)
    if (seat.taken) return Promise.resolve(ServiceResult.failure('The seat is taken.', 'TAKEN'))
    return this.update(seat, { taken: true })
  }
}

@Resource('/seats')
class SeatViewSet extends ModelViewSet(Seat, {
  serializer: SeatSerializer,
  service: SeatService,
  permissions: { '*': anyone },
}) {
  @Action({ method: 'post', on: 'row', allow: anyone })
  take({ row }: RowCall<Seat>): Promise<ServiceResult<Seat>> {
    return this.service.take(row)
  }
}

describe('Services of viewsets', () => {
  let application: Application
  let url: string

  before(async () => {
    const dataSource = { type: 'sqlite', database: ':memory:', synchronize: true } as const
    application = await createApp({ entities: [Seat], viewSets: [SeatViewSet], dataSource, logger: silentLogger })
    url = (await application.listen(0, '127.0.0.1')).url
  })

  after(() => application?.close())

  const send = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method, ...(body && { headers, body: JSON.stringify(body) }) })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  it('make, change and delete rows; their failures are problems', async () => {
    expect(await send('POST', '/seats', { code: 'A1' })).to.deep.equal({
      status: 201,
      body: { id: 1, code: 'A1', taken: false },
    })
    const { status, body } = await send('POST', '/seats', { code: 'A1' })
    expect([status, body.code, body.errors]).to.deep.equal([
      409,
      'DUPLICATE',
      [{ pointer: '#/code', code: 'unique', message: 'is already in use' }],
    ])
    expect(await send('PATCH', '/seats/1', { code: 'A2' })).to.deep.include({
      body: { id: 1, code: 'A2', taken: false },
    })
    expect((await send('DELETE', '/seats/1')).status).to.equal(204)
    expect((await send('DELETE', '/seats/1')).status).to.equal(404)
  })

  it('are made once for each request that asks for them, with what belongs to it', async () => {
    const { body } = await send('POST', '/seats', { code: 'B1' })
    const made = Audit.made
    expect((await send('GET', `/seats/${body.id}`)).status).to.equal(200)
    expect(Audit.made).to.equal(made)
    const taken = await Promise.all([send('POST', `/seats/${body.id}/take`), send('POST', `/seats/${body.id}/take`)])
    expect(taken.map(({ status }) => status)).to.have.members([200, 400])
    expect(taken.find(({ status }) => status === 400)?.body).to.include({ code: 'TAKEN', detail: 'The seat is taken.' })
    expect(Audit.made).to.equal(made + 2)
    expect(SeatService.audits).to.have.members([made + 1, made + 2])
  })
})
