import { expect } from 'chai'
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { readBoth, shows } from '../../support/read-both.js'

@Entity('coded_shops')
class Shop {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @OneToMany(
    () => Shelf,
    (shelf) => shelf.shop,
  )
  shelves!: Shelf[]
}

@Entity('coded_shelves')
class Shelf {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', nullable: true, unique: true })
  code!: number | null

  @Column({ type: 'int' })
  shopId!: number

  @ManyToOne(
    () => Shop,
    (shop) => shop.shelves,
  )
  @JoinColumn({ name: 'shopId' })
  shop!: Shop

  @OneToMany(
    () => Good,
    (good) => good.shelf,
  )
  goods!: Good[]
}

@Entity('coded_goods')
class Good {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', nullable: true })
  shelfCode!: number | null

  @ManyToOne(
    () => Shelf,
    (shelf) => shelf.goods,
  )
  @JoinColumn({ name: 'shelfCode', referencedColumnName: 'code' })
  shelf!: Shelf | null
}

const of = (...ids: readonly number[]) => ({ data: ids.map((id) => ({ id })), hasMore: false })

describeOnEngines('Relations by another column than the primary key', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Shop, Shelf, Good] }).initialize()
    await dataSource.synchronize()
    await dataSource.createQueryBuilder().insert().into(Shop).values({ id: 1 }).execute()
    const shelves = [
      { id: 1, code: 20, shopId: 1 },
      { id: 2, code: null, shopId: 1 },
      { id: 3, code: 10, shopId: 1 },
    ]
    await dataSource.createQueryBuilder().insert().into(Shelf).values(shelves).execute()
    const goods = [20, null, 10, 10].map((shelfCode, index) => ({ id: index + 1, shelfCode }))
    await dataSource.createQueryBuilder().insert().into(Good).values(goods).execute()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are read at every depth, whether the column is shown or not', async () => {
    const goods = { serializer: shows(Good, ['id']), max: 5 }

    const shelves = [
      { id: 1, goods: of(1) },
      { id: 2, goods: of() },
      { id: 3, goods: of(3, 4) },
    ]
    const shelf = shows(Shelf, ['id'], { goods })
    expect(await readBoth(dataSource, shelf)).to.deep.equal(shelves)
    const shop = shows(Shop, ['id'], { shelves: { serializer: shelf, max: 5 } })
    expect(await readBoth(dataSource, shop)).to.deep.equal([{ id: 1, shelves: { data: shelves, hasMore: false } }])
  })
})
