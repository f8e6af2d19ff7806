import {
  anyone,
  BulkActionMixin,
  createDataSource,
  idempotencyKeys,
  type ModelDataSource,
  ModelViewSet,
  rowRule,
  Serializer,
} from 'plinth'
import {
  CacheResponse,
  OnDelete,
  Resource,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  SoftDeleteViewSetMixin,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, type Relation } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

export interface Land extends UuidIdentified, SoftDeletable, Slugged {}
@Entity('parents_lands')
@UuidPk()
@SoftDelete()
@Sluggable({ onUpdate: 'regenerate', reserved: ['trash'] })
export class Land {
  @Column({ length: 40 }) name!: string
  @Column({ length: 20, default: '' }) ownerId!: string
}

export interface Town extends UuidIdentified, SoftDeletable, Slugged {}
@Entity('parents_towns')
@UuidPk()
@SoftDelete()
@Sluggable({ within: ['landId'], onUpdate: 'regenerate', reserved: ['trash'] })
export class Town {
  @Column({ length: 40 }) name!: string
  @Column({ default: 0 }) people!: number
  @Column() landId!: string
  @OnDelete('cascade') @ManyToOne(() => Land) @JoinColumn({ name: 'landId' }) land!: Relation<Land>
}

export class TownSerializer extends Serializer(Town, {
  fields: ['id', 'slug', 'name', 'people', 'landId'],
  readOnly: ['landId'],
}) {}

export const options = {
  serializer: TownSerializer,
  permissions: { '*': anyone },
  defaultOrdering: ['name'],
  filters: { people: ['gte'] },
  pagination: { style: 'page', count: 'exact' },
  idempotency: 'optional',
} as const
export const bySlug = { relation: 'land', by: 'slug' } as const
const owner = rowRule<Land>('owner of the land', ({ user }, { ownerId }) => ownerId === user?.id)

const Towns = ModelViewSet(Town, { ...options, lookup: 'slug', parent: bySlug })

@Resource('/lands/:land/towns')
export class TownViewSet extends SoftDeleteViewSetMixin(Towns, { allow: { trash: anyone, restore: anyone } }) {}

/** Rows by their keys, which are read as text and written by statements. */
@Resource('/plain/:land/towns')
export class PlainViewSet extends BulkActionMixin(ModelViewSet(Town, { ...options, parent: bySlug }), {
  allow: anyone,
  actions: ['create', 'update', 'delete'],
}) {}

@Resource('/keys/:above/towns')
export class KeyViewSet extends ModelViewSet(Town, {
  ...options,
  parent: { relation: 'land', parameter: 'above' },
  scope: ({ user }) => (user === null ? {} : { people: Number(user.id) }),
}) {}

@Resource('/owned/:land/towns')
export class OwnedViewSet extends ModelViewSet(Town, { ...options, parent: { ...bySlug, allow: owner } }) {}

@Resource('/kept/:land/towns')
@CacheResponse({ timeout: 60, vary: 'public', actions: ['list', 'retrieve'] })
export class KeptViewSet extends ModelViewSet(Town, { ...options, only: ['list', 'retrieve'], parent: bySlug }) {}

/** Pages are read on from a cursor. */
@Resource('/walked/:land/towns')
export class WalkedViewSet extends ModelViewSet(Town, {
  ...options,
  only: ['list'],
  parent: bySlug,
  pagination: { style: 'cursor' },
}) {}

export const viewSets = [TownViewSet, PlainViewSet, KeyViewSet, OwnedViewSet, KeptViewSet, WalkedViewSet]

export async function createLands(engine: Engine): Promise<{ database: Database; dataSource: ModelDataSource }> {
  const database = await engine.create()
  const dataSource = createDataSource({
    ...database.options,
    entities: [Land, Town],
    tables: [idempotencyKeys],
    synchronize: true,
  })
  await dataSource.initialize()
  return { database, dataSource }
}
