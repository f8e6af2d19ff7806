import { Max, Min, MinLength } from 'class-validator'
import {
  anyone,
  type Call,
  createDataSource,
  either,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  role,
  rowRule,
  Serializer,
  signedIn,
} from 'plinth'
import {
  Resource,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

@Entity()
export class Country {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) @MinLength(2) name!: string
  @Column({ length: 2, unique: true }) code!: string
  @Column({ type: 'int', nullable: true }) @Min(0) population!: number | null
  @Column({ select: false, default: 'none' }) secret!: string
}

export interface City extends UuidIdentified, Timestamped, SoftDeletable {}
@Entity()
@UuidPk()
@Timestamps()
@SoftDelete()
export class City {
  @Column({ length: 60 }) name!: string
  @Column({ length: 40 }) ownerId!: string
  @Column({ default: 0 }) @Max(10) rank!: number
  @Column({ default: false }) capital!: boolean
  @Column({ type: 'simple-json', nullable: true }) tags!: unknown
}

@Entity()
export class Language {
  @PrimaryColumn({ length: 2 }) code!: string
  @Column() name!: string
}

export class LanguageSerializer extends Serializer(Language, { fields: ['code', 'name'], createOnly: ['code'] }) {}
export class CountrySerializer extends Serializer(Country, { fields: ['id', 'name', 'code', 'population'] }) {}
export class CitySerializer extends Serializer(City, {
  fields: ['id', 'name', 'ownerId', 'rank', 'capital', 'tags', 'createdAt', 'updatedAt'],
  readOnly: ['ownerId'],
}) {}

export const admin = role('admin')
export const owner = rowRule<{ ownerId: string }>('owner', async ({ user }, { ownerId }) => ownerId === user?.id)

/** Everybody may do everything. */
@Resource('/countries')
export class CountryViewSet extends ModelViewSet(Country, {
  serializer: CountrySerializer,
  permissions: { '*': anyone },
  defaultOrdering: ['name'],
}) {}

/** Callers choose the keys. */
@Resource('/languages')
export class LanguageViewSet extends ModelViewSet(Language, {
  serializer: LanguageSerializer,
  permissions: { '*': anyone },
}) {}

/** Everybody reads, whoever is signed in creates, owners and administrators change. */
@Resource('/cities')
export class CityViewSet extends ModelViewSet(City, {
  serializer: CitySerializer,
  permissions: { list: anyone, retrieve: anyone, create: signedIn, '*': either(admin, owner) },
  defaultOrdering: ['name'],
  pagination: { style: 'page', size: 3, max: 5 },
}) {
  override performCreate(call: Call<(typeof CitySerializer)['$create']>) {
    return super.performCreate(call.with({ body: { ...call.body, ownerId: call.user?.id ?? '' } }))
  }
}

/** A signed-in user's own cities; the others do not exist for them. */
@Resource('/mine')
export class OwnCityViewSet extends ModelViewSet(City, {
  serializer: CitySerializer,
  permissions: { '*': signedIn },
  scope: ({ user }) => ({ ownerId: user?.id ?? '' }),
}) {}

@injectable()
export class CityService extends ModelService(City) {}

/** The same through a service. */
@Resource('/serviced')
export class ServicedCityViewSet extends ModelViewSet(City, {
  serializer: CitySerializer,
  service: CityService,
  permissions: { '*': signedIn },
  scope: ({ user }) => ({ ownerId: user?.id ?? '' }),
}) {}

/** A database with the atlas on an engine. */
export async function createAtlas(engine: Engine): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = createDataSource({ ...database.options, entities: [Country, City, Language] })
  await dataSource.initialize()
  await dataSource.synchronize()
  return { dataSource, database }
}
