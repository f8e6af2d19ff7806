import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  type Call,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  rowRule,
  Serializer,
} from 'plinth'
import {
  type HasMetadata,
  Metadata,
  Resource,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

interface Parcel extends Timestamped, SoftDeletable, HasMetadata {}
@Entity('bulk_parcels')
@Timestamps()
@SoftDelete()
@Metadata()
class Parcel {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) weight!: number
  @Column({ length: 10, default: 'ada' }) ownerId!: string
}

interface Crate extends UuidIdentified, SoftDeletable {}
@Entity('bulk_crates')
@UuidPk()
@SoftDelete()
class Crate {
  @Column({ type: 'int', default: 0 }) weight!: number
}

class CrateSerializer extends Serializer(Crate, { fields: ['id', 'weight'] }) {}

class ParcelSerializer extends Serializer(Parcel, { fields: ['id', 'weight', 'ownerId', 'metadata'] }) {}

const serializer = ParcelSerializer
const bulk = { actions: ['update', 'delete'], max: 20 } as const

@Resource('/parcels')
class ParcelViewSet extends BulkActionMixin(
  ModelViewSet(Parcel, { serializer, permissions: { '*': anyone }, filters: { weight: ['eq'] } }),
  { ...bulk, maxByFilter: 20, perItem: true, allow: anyone },
) {}

@Resource('/crates')
class CrateViewSet extends BulkActionMixin(
  ModelViewSet(Crate, { serializer: CrateSerializer, permissions: { '*': anyone } }),
  { ...bulk, allow: anyone },
) {}

@Resource('/own-parcels')
class OwnViewSet extends BulkActionMixin(ModelViewSet(Parcel, { serializer, permissions: { '*': anyone } }), {
  ...bulk,
  allow: rowRule<{ ownerId: string }>('owner', ({ user }, row) => row.ownerId === user?.id),
}) {}

/** Shows the light ones of one owner. */
@Resource('/light-parcels')
class LightViewSet extends BulkActionMixin(
  ModelViewSet(Parcel, { serializer, permissions: { '*': anyone }, scope: () => ({ ownerId: 'ada' }) }),
  { ...bulk, allow: anyone },
) {
  override select(call: Call) {
    return super.select(call).where({ weight: 0 })
  }
}

describeOnEngines('Statements of bulk actions', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let next = 1

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Parcel, Crate], synchronize: true })
    await dataSource.initialize()
    served = await serve({ viewSets: [ParcelViewSet, CrateViewSet, OwnViewSet, LightViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const parcels = () => dataSource.getRepository(Parcel)
  const stored = async (values: Partial<Parcel> = {}) => {
    const ids = [next, next + 1, next + 2]
    next += 3
    await parcels().save(ids.map((id) => parcels().create({ ...values, id })))
    return ids
  }
  const weights = async (ids: readonly number[]) =>
    (
      await parcels()
        .withDeleted()
        .find({ where: ids.map((id) => ({ id })), order: { id: 'ASC' } })
    ).map(({ weight, deletedAt }) => (deletedAt ? 'deleted' : weight))
  /** The first words of the statements that an action sends, without those that begin and end units of work. */
  const sent = async (path: string, body: unknown): Promise<{ answer: Answer; words: readonly string[] }> => {
    const words: string[] = []
    const stop = dataSource.onStatement(({ sql }) => words.push(/^\s*(\w+)/.exec(sql)?.[1] ?? ''))
    const answer = await served.request('POST', path, { body, as: 'ada' })
    stop()
    return { answer, words: words.filter((word) => ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'WITH'].includes(word)) }
  }
  /** The statement that writes rows, all of them or none, and what is read besides where the engine has none. */
  const one = engine.name === 'postgres' ? 'WITH' : 'UPDATE'
  const readAgain = engine.name === 'mariadb' ? ['SELECT'] : []

  /** What becomes of rows that are changed and deleted, each by itself. */
  const eachAlone = async (named: readonly number[]) => {
    const updated = await sent('/parcels/bulk/update', { ids: named, values: { weight: 5 }, atomic: false })
    const deleted = await sent('/parcels/bulk/delete', { ids: named, atomic: false })
    return [updated, deleted].map(({ answer, words }) => ({
      status: answer.status,
      statuses: (answer.body['results'] as { status: number }[]).map(({ status }) => status),
      isOne: words.length === 1,
    }))
  }

  it('that nobody has to look at the rows for are one', async () => {
    const ids = await stored()
    const updated = await sent('/parcels/bulk/update', { ids: ids.toReversed(), values: { weight: 4 } })
    expect(updated.words).to.deep.equal([one, ...readAgain])
    expect(updated.answer.body['results']).to.deep.equal(
      ids.toReversed().map((id, index) => {
        return { index, id, status: 200, data: { id, weight: 4, ownerId: 'ada', metadata: {} } }
      }),
    )
    const deleted = await sent('/parcels/bulk/delete', { ids })
    expect(deleted.words).to.deep.equal([one])
    expect(deleted.answer.body['results']).to.deep.equal(ids.map((id, index) => ({ index, id, status: 204 })))
    expect(await weights(ids)).to.deep.equal(['deleted', 'deleted', 'deleted'])
  })

  it('are one without a unit of work for keys that are UUIDs too, whatever their spelling', async () => {
    const crates = dataSource.getRepository(Crate)
    const rows = await crates.save([crates.create({}), crates.create({})])
    const ids = rows.map(({ id }) => id)
    const whole: string[] = []
    const stop = dataSource.onStatement(({ sql }) => whole.push(/^\s*(\w+)/.exec(sql)?.[1] ?? ''))
    const updated = await served.request('POST', '/crates/bulk/update', { body: { ids, values: { weight: 4 } } })
    const spelt = ids.map((id) => id.toUpperCase())
    const deleted = await served.request('POST', '/crates/bulk/delete', { body: { ids: spelt } })
    stop()
    expect([updated.status, deleted.status]).to.deep.equal([200, 200])
    if (engine.name !== 'mariadb') expect(whole).to.deep.equal([one, one])
    expect(await crates.find()).to.deep.equal([])
  })

  it('look at the rows once, locked, where a permission does', async () => {
    const ids = await stored()
    expect((await sent('/own-parcels/bulk/update', { ids, values: { weight: 4 } })).words).to.deep.equal([
      'SELECT',
      one,
      ...readAgain,
    ])
    expect((await sent('/own-parcels/bulk/delete', { ids })).words).to.deep.equal(['SELECT', one])
    expect(await weights(ids)).to.deep.equal(['deleted', 'deleted', 'deleted'])
  })

  it('find the rows of a filter once, or where there are locks once more under them', async () => {
    const ids = await stored({ weight: 77 })
    const { answer, words } = await sent('/parcels/bulk/delete', { filter: { weight: 77 }, expectedCount: 3 })
    expect(answer.status, answer.text).to.equal(200)
    expect(words).to.deep.equal(
      engine.name === 'sqlite' ? ['SELECT', 'UPDATE'] : ['SELECT', 'SELECT', 'SELECT', 'UPDATE'],
    )
    expect(await weights(ids)).to.deep.equal(['deleted', 'deleted', 'deleted'])
  })

  it('merge JSON values row by row, and leave other columns to one statement', async () => {
    const ids = await stored({ metadata: { kept: 1 } })
    const merged = await sent('/parcels/bulk/update', { ids, values: { metadata: { more: 2 } } })
    expect(merged.words.filter((word) => word === 'UPDATE')).to.have.length(3)
    const [row] = await parcels().findBy({ id: ids[2]! })
    expect(row!.metadata).to.deep.equal({ kept: 1, more: 2 })
    const others = await sent('/parcels/bulk/update', { ids, values: { weight: 2 } })
    expect(others.words).to.deep.equal([one, ...readAgain])
  })

  it('write nothing where a row is not there or not to be seen, and say which', async () => {
    const ids = await stored()
    const [heavy] = await stored({ weight: 9 })
    const [other] = await stored({ ownerId: 'bob' })
    for (const [path, missing] of [
      ['parcels', 1_000_000],
      ['light-parcels', heavy],
      ['light-parcels', other],
    ] as const) {
      for (const [action, more] of [
        ['delete', {}],
        ['update', { values: { ownerId: 'ada' } }],
      ] as const) {
        const { answer } = await sent(`/${path}/bulk/${action}`, { ids: [ids[0], missing, ids[1]], ...more })
        expect(answer.status).to.equal(404)
        expect(answer.body.errors).to.deep.equal([
          { pointer: '#/ids/1', code: 'not_found', message: 'There is no such row.', params: { id: missing } },
        ])
      }
    }
    expect(await weights([...ids, heavy!])).to.deep.equal([0, 0, 0, 9])
    const seen = await sent('/light-parcels/bulk/update', { ids, values: { weight: 3 } })
    expect([seen.answer.status, seen.words[0]]).to.deep.equal([200, 'UPDATE'])
    const leaving = await sent('/light-parcels/bulk/update', { ids: await stored(), values: { ownerId: 'bob' } })
    expect(leaving.answer.body['code']).to.equal('OUTSIDE_SCOPE')
  })

  it('are one for items that are written each by itself, where none is refused', async () => {
    const ids = await stored()
    const isOne = engine.name !== 'mariadb'
    const some = await eachAlone([...ids.slice(0, 2), 1_000_000])
    expect(some).to.deep.equal([
      { status: 207, statuses: [200, 200, 404], isOne: false },
      { status: 207, statuses: [204, 204, 404], isOne: false },
    ])
    expect(await weights(ids)).to.deep.equal(['deleted', 'deleted', 0])
    expect(await eachAlone(await stored())).to.deep.equal([
      { status: 207, statuses: [200, 200, 200], isOne },
      { status: 207, statuses: [204, 204, 204], isOne },
    ])
  })

  it('of many clients write each row once, whatever the order in which they are named', async () => {
    const ids = [...(await stored()), ...(await stored()), ...(await stored())]
    const clients = Array.from({ length: 8 }, (_, client) => (client % 2 === 0 ? ids : ids.toReversed()))
    const updates = await Promise.all(
      clients.map((named, client) =>
        served.request('POST', '/parcels/bulk/update', { body: { ids: named, values: { weight: client + 1 } } }),
      ),
    )
    expect(updates.map(({ status }) => status)).to.deep.equal(Array(8).fill(200))
    expect(new Set(await weights(ids)).size).to.equal(1)
    const deletes = await Promise.all(
      clients.map((named, client) =>
        served.request('POST', `/${client < 4 ? 'parcels' : 'own-parcels'}/bulk/delete`, {
          body: { ids: named },
          as: 'ada',
        }),
      ),
    )
    expect(deletes.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([200, ...Array(7).fill(404)])
  })
})
