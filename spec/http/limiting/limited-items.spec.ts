import { expect } from 'chai'
import {
  BulkActionMixin,
  type BulkRequest,
  type Call,
  ModelViewSet,
  RateLimiter,
  Serializer,
  signedIn,
  silentLogger,
} from 'plinth'
import { type Application, createApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity('limited_letters')
class Letter {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 }) title!: string
}

class LetterSerializer extends Serializer(Letter, { fields: ['id', 'title'] }) {}

const Letters = ModelViewSet(Letter, { serializer: LetterSerializer, permissions: { '*': signedIn } })

@Resource('/letters')
@injectable()
class LetterViewSet extends BulkActionMixin(Letters, { allow: signedIn, actions: ['create'] }) {
  constructor(private readonly limiter: RateLimiter) {
    super()
  }

  override async performBulkAction(action: string, call: Call<BulkRequest>) {
    await this.limiter.require({ key: 'letters', limit: 5, period: 60 }, call.user!.id, call.body.items.length)
    return super.performBulkAction(action, call)
  }
}

describe('Items of bulk actions', () => {
  let application: Application

  before(async () => {
    application = await createApp({
      entities: [Letter],
      viewSets: [LetterViewSet],
      dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
      authenticate: (call) => ({ id: call.header('x-user') ?? 'ada', roles: [] }),
      logger: silentLogger,
    })
  })
  after(() => application?.close())

  it('can each count against a limit, of which one user has no less because of another', async () => {
    const { url } = await application.listen(0, '127.0.0.1')
    const create = async (count: number, user = 'ada') => {
      const items = Array.from({ length: count }, () => ({ title: 'a' }))
      const headers = { 'content-type': 'application/json', 'x-user': user }
      const answer = await fetch(`${url}/letters/bulk/create`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ items }),
      })
      return [answer.status, answer.headers.has('retry-after')]
    }
    expect([await create(3), await create(3), await create(2), await create(1)]).to.deep.equal([
      [200, false],
      [429, true],
      [200, false],
      [429, true],
    ])
    expect(await create(5, 'bob')).to.deep.equal([200, false])
    expect(await application.dataSource.getRepository(Letter).count()).to.equal(10)
  })
})
