import { expect } from 'chai'
import { anyone, BulkActionMixin, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Orderable, type Ordered, Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

interface Box extends SoftDeletable {}
@Entity('preferred_boxes')
@SoftDelete()
class Box {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int', default: 0 }) weight!: number
}

/** Has a key that the database makes, and a place among others, which takes a unit of work. */
interface Tray extends Ordered {}
@Entity('preferred_trays')
@Orderable()
class Tray {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

const permissions = { '*': anyone }
const boxes = { serializer: class extends Serializer(Box, { fields: ['id', 'weight'] }) {} }
const trays = { serializer: class extends Serializer(Tray, { fields: ['id', 'name', 'position'] }) {} }

@Resource('/boxes')
class BoxViewSet extends BulkActionMixin(ModelViewSet(Box, { ...boxes, permissions }), {
  allow: anyone,
  actions: ['create', 'update', 'delete', 'restore'],
  perItem: true,
}) {}

@Resource('/trays')
class TrayViewSet extends BulkActionMixin(ModelViewSet(Tray, { ...trays, permissions }), {
  allow: anyone,
  actions: ['create', 'moveToTop'],
}) {}

/** What is answered where all rows were written. */
const done = (total: number, more: object = {}) => ({
  status: 200,
  applied: 'return=minimal',
  body: { results: [], summary: { total, succeeded: total, failed: 0 }, ...more },
})

describeOnEngines('Bulk actions whose caller wants no representation', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const returning: string[] = []

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Box, Tray], synchronize: true })
    await dataSource.initialize()
    dataSource.onStatement(({ sql }) => void (/ RETURNING /.test(sql) && returning.push(sql)))
    served = await serve({ viewSets: [BoxViewSet, TrayViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const bulk = async (action: string, body: unknown, prefer = 'return=minimal', path = '/boxes') => {
    const answer = await served.request('POST', `${path}/bulk/${action}`, { body, headers: { prefer } })
    return { status: answer.status, applied: answer.headers.get('preference-applied'), body: answer.body as object }
  }
  const shown = () => dataSource.getRepository(Box).find({ order: { id: 'ASC' } })
  /** Makes boxes of these weights, and gives their keys. */
  const stored = async (...weights: readonly number[]): Promise<readonly number[]> => {
    const boxesThere = dataSource.getRepository(Box)
    return (await boxesThere.save(weights.map((weight) => boxesThere.create({ weight })))).map(({ id }) => id)
  }

  it('are told how many rows were written, and by statements that return none of them', async () => {
    returning.length = 0
    expect(await bulk('create', { items: [{ weight: 10 }, { weight: 20 }, { weight: 30 }] })).to.deep.equal(done(3))
    // MariaDB writes them in a unit of work.
    if (engine.name !== 'mariadb') expect(returning.filter((sql) => /RETURNING .*weight/.test(sql))).to.deep.equal([])
    const rows = await shown()
    expect(rows.map(({ weight }) => weight)).to.deep.equal([10, 20, 30])
    const [first, second, third] = rows.map(({ id }) => id)
    returning.length = 0
    expect(await bulk('update', { ids: [third, first], values: { weight: 7 } })).to.deep.equal(done(2))
    expect(await bulk('delete', { ids: [first, second] })).to.deep.equal(done(2))
    expect(await bulk('restore', { ids: [second] })).to.deep.equal(done(1))
    expect(returning).to.deep.equal([])
    expect((await shown()).map(({ id, weight }) => [id, weight])).to.deep.equal([
      [second, 20],
      [third, 7],
    ])
  })

  it('are told the same where a unit of work writes them', async () => {
    const items = ['a', 'b', 'c'].map((name) => ({ name }))
    expect(await bulk('create', { items }, 'return=minimal', '/trays')).to.deep.equal(done(3))
    const [, , last] = await dataSource.getRepository(Tray).find({ order: { position: 'ASC' } })
    expect(await bulk('move-to-top', { ids: [last!.id] }, 'return=minimal', '/trays')).to.deep.equal(
      done(1, { answer: { version: 2 } }),
    )
    const names = (await dataSource.getRepository(Tray).find({ order: { position: 'ASC' } })).map(({ name }) => name)
    expect(names).to.deep.equal(['c', 'a', 'b'])
  })

  it('are told of the items that failed, each by itself', async () => {
    const [first, last] = await stored(1, 2)
    const { status, applied, body } = await bulk('delete', { ids: [first, 9999, last], atomic: false })
    const { results, summary } = body as { results: { index: number; id: number; status: number }[]; summary: object }
    expect({ status, applied, summary }).to.deep.equal({
      status: 207,
      applied: 'return=minimal',
      summary: { total: 3, succeeded: 2, failed: 1 },
    })
    expect(results.map(({ index, id, status: own }) => [index, id, own])).to.deep.equal([[1, 9999, 404]])
    expect(await bulk('delete', { ids: [9998] })).to.include({ status: 404, applied: null })
  })

  it('are told of every item by a caller who wants representations', async () => {
    const [id] = await stored(3)
    expect(await bulk('update', { ids: [id], values: { weight: 4 } }, 'return=representation')).to.deep.equal({
      status: 200,
      applied: null,
      body: {
        results: [{ index: 0, id, status: 200, data: { id, weight: 4 } }],
        summary: { total: 1, succeeded: 1, failed: 0 },
      },
    })
  })
})
