import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  idempotencyKeys,
  type ModelDataSource,
  ModelViewSet,
  Serializer,
  signedIn,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

@Entity('keyed_seats')
class Seat {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20, unique: true }) name!: string
}

class SeatSerializer extends Serializer(Seat, { fields: ['id', 'name'] }) {}

@Resource('/seats')
class Seats extends BulkActionMixin(
  ModelViewSet(Seat, { serializer: SeatSerializer, permissions: { '*': anyone }, idempotency: 'optional' }),
  { allow: signedIn, actions: ['create', 'delete'], perItem: true },
) {}

const named = (...names: readonly string[]) => names.map((name) => ({ name }))
const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed')

describeOnEngines('Bulk actions with an Idempotency-Key', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    const options = { ...database.options, entities: [Seat], tables: [idempotencyKeys] }
    dataSource = await createDataSource(options).initialize()
    await dataSource.synchronize()
    served = await serve({ viewSets: [Seats], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM keyed_seats')
    await dataSource.createQueryBuilder().delete().from(idempotencyKeys.name).execute()
  })

  const count = () => dataSource.getRepository(Seat).count()
  const create = (key: string, items: readonly object[], more: object = {}) =>
    served.request('POST', '/seats/bulk/create', {
      as: 'ada',
      body: { items, ...more },
      headers: { 'idempotency-key': key },
    })

  it('write once what is sent again, and answer the same', async () => {
    const answers = [await create('"a"', named('A', 'B')), await create('"a"', named('A', 'B'))]
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200])
    expect(answers.map(replayed)).to.deep.equal([null, 'true'])
    expect(answers[1]!.text).to.equal(answers[0]!.text)
    expect(await count()).to.equal(2)
    const other = await create('"a"', named('A', 'C'))
    expect([other.status, other.body['code']]).to.deep.equal([422, 'IDEMPOTENCY_KEY_REUSED'])
  })

  it('write once what many send at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('"b"', named('A', 'B', 'C'))))
    for (const { status, body } of answers) {
      if (status !== 200) expect([status, body['code']]).to.deep.equal([409, 'IDEMPOTENCY_KEY_IN_USE'])
    }
    expect(answers.filter((answer) => answer.status === 200 && replayed(answer) === null)).to.have.length(1)
    expect(await count()).to.equal(3)
  })

  it('keep that one of all items was refused, though what it met is gone', async () => {
    await create('"c"', named('B'))
    const refused = await create('"d"', named('A', 'B'))
    expect([refused.status, await count()]).to.deep.equal([409, 1])
    await dataSource.query('DELETE FROM keyed_seats')
    const again = await create('"d"', named('A', 'B'))
    expect([again.status, replayed(again), again.body.errors, await count()]).to.deep.equal([
      409,
      'true',
      refused.body.errors,
      0,
    ])
  })

  it('keep what became of each item that is written by itself', async () => {
    await create('"e"', named('B'))
    const items = named('A', 'B', 'C')
    const [first, second] = [
      await create('"f"', items, { atomic: false }),
      await create('"f"', items, { atomic: false }),
    ]
    expect([first.status, second.status, second.text]).to.deep.equal([207, 207, first.text])
    expect([replayed(second), await count()]).to.deep.equal(['true', 3])
  })
})
