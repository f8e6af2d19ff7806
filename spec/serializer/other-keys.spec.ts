import { expect } from 'chai'
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import { Resource } from '../../decorators/index.js'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from '../../src/index.js'
import { type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity('stocked_shelves')
class Shelf {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', unique: true })
  code!: number

  @OneToMany(
    () => Good,
    (good) => good.shelf,
  )
  goods!: Good[]
}

@Entity('stocked_goods')
class Good {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 20 })
  name!: string

  @Column({ type: 'int', nullable: true })
  shelfCode!: number | null

  @ManyToOne(
    () => Shelf,
    (shelf) => shelf.goods,
  )
  @JoinColumn({ name: 'shelfCode', referencedColumnName: 'code' })
  shelf!: Shelf | null
}

const goods = Serializer(Good, { fields: ['id', 'name'] })
const shelf = Serializer(Shelf, { fields: ['id', 'code'] })

@Resource('/shelves')
class ShelfViewSet extends ModelViewSet(Shelf, {
  serializer: Serializer(Shelf, {
    fields: ['id', 'code', 'goods'],
    nested: { goods: { serializer: goods, write: 'replace', orderBy: ['name'] } },
  }),
  permissions: { '*': anyone },
}) {}

@Resource('/goods')
class GoodViewSet extends ModelViewSet(Good, {
  serializer: Serializer(Good, { fields: ['id', 'name', 'shelf'], nested: { shelf } }),
  permissions: { '*': anyone },
}) {}

describeOnEngines('Relations by another column than the primary key', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Shelf, Good] }).initialize()
    await dataSource.synchronize()
    served = await serve({ viewSets: [ShelfViewSet, GoodViewSet], dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  /** The names of goods by the codes of their shelves. */
  const stored = async () => {
    const rows = await dataSource.getRepository(Good).find({ order: { name: 'ASC' } })
    return rows.map(({ name, shelfCode }) => [name, shelfCode])
  }

  beforeEach(async () => {
    await dataSource.query('DELETE FROM stocked_goods')
    await dataSource.query('DELETE FROM stocked_shelves')
    // The key of each shelf is the code of the other.
    await dataSource.getRepository(Shelf).insert([
      { id: 1, code: 2 },
      { id: 2, code: 1 },
    ])
    await dataSource.getRepository(Good).insert([
      { name: 'of one', shelfCode: 2 },
      { name: 'of two', shelfCode: 1 },
    ])
  })

  it('have the children of a row written, and none of another', async () => {
    const answer = await served.request('PATCH', '/shelves/1', { body: { goods: [{ name: 'new' }] } })
    expect(answer.status, answer.text).to.equal(200)
    expect((answer.body['goods'] as { data: { name: string }[] }).data.map(({ name }) => name)).to.deep.equal(['new'])
    expect(await stored()).to.deep.equal([
      ['new', 2],
      ['of two', 1],
    ])
  })

  it('let rows refer to the row that a body names', async () => {
    const answer = await served.request('POST', '/goods', { body: { name: 'put', shelf: 1 } })
    expect(answer.status, answer.text).to.equal(201)
    expect(answer.body['shelf']).to.deep.equal({ id: 1, code: 2 })
    const moved = await served.request('PATCH', `/goods/${String(answer.body['id'])}`, { body: { shelf: 2 } })
    expect(moved.body['shelf']).to.deep.equal({ id: 2, code: 1 })
    expect(await stored()).to.deep.include(['put', 1])
    const taken = await served.request('PATCH', `/goods/${String(answer.body['id'])}`, { body: { shelf: null } })
    expect(taken.body['shelf']).to.equal(null)
  })
})
