import {
  type AnyClass,
  anyone,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  role,
  Serializer,
  signedIn,
} from 'plinth'
import { CacheResponse, Resource } from 'plinth/decorators'
import { Column, Entity, ManyToOne, OneToMany, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

@Entity()
export class Maker {
  @PrimaryGeneratedColumn()
  id!: number
  @Column({ length: 80 })
  name!: string
  @OneToMany(
    () => Ware,
    (ware) => ware.maker,
  )
  wares!: Relation<Ware>[]
}

@Entity()
export class Ware {
  @PrimaryGeneratedColumn()
  id!: number
  @Column({ length: 80 })
  name!: string
  @Column({ type: 'int', default: 0 })
  price!: number
  @Column({ length: 40, default: '' })
  owner!: string
  @ManyToOne(
    () => Maker,
    (maker) => maker.wares,
    { nullable: true },
  )
  maker!: Relation<Maker> | null
}

export class MakerSerializer extends Serializer(Maker, { fields: ['id', 'name'] }) {}

export class WareSerializer extends Serializer(Ware, {
  fields: ['id', 'name', 'price', 'maker'],
  nested: { maker: MakerSerializer },
}) {}

/** The same, with a field that only some may read. */
export class PricedSerializer extends Serializer(Ware, {
  fields: ['id', 'name', 'price'],
  rules: { price: { read: role('buyer') } },
}) {}

const page = { style: 'page', size: 5, max: 50 } as const

/** Everybody sees the same. */
@Resource('/wares')
@CacheResponse({ timeout: 300, vary: 'public' })
export class WareViewSet extends ModelViewSet(Ware, {
  serializer: WareSerializer,
  permissions: { '*': anyone },
  filters: { name: ['eq', 'contains'], price: ['lt', 'gte'], 'maker.name': ['eq'] },
  ordering: ['price', 'name'],
  pagination: page,
}) {}

/** Everybody sees their own. */
@Resource('/mine')
@CacheResponse({ timeout: 300, vary: 'user' })
export class MineViewSet extends ModelViewSet(Ware, {
  serializer: WareSerializer,
  permissions: { '*': signedIn },
  scope: ({ user }) => ({ owner: user?.id ?? '' }),
  filters: { price: ['lt', 'gte'] },
  pagination: page,
}) {}

/** Who has the same roles sees the same. */
@Resource('/priced')
@CacheResponse({ timeout: 300, vary: () => 'all' })
export class PricedViewSet extends ModelViewSet(Ware, {
  serializer: PricedSerializer,
  permissions: { '*': anyone },
  pagination: page,
}) {}

export const shopEntities: readonly AnyClass[] = [Maker, Ware]
export const shopViewSets = [WareViewSet, MineViewSet, PricedViewSet]

/** A shop with three makers and nine wares. */
export async function openShop(engine: Engine): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities: shopEntities, synchronize: true })
  await dataSource.initialize()
  const makers = await dataSource.getRepository(Maker).save(['Ax', 'Bolt', 'Coil'].map((name) => ({ name })))
  await dataSource.getRepository(Ware).save(
    Array.from({ length: 9 }, (_, index) => ({
      name: `ware ${index}`,
      price: index,
      owner: index % 2 === 0 ? 'ada' : 'bob',
      maker: makers[index % 3]!,
    })),
  )
  return { dataSource, database }
}
