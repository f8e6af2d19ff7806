import { IsInt, Length, Min } from 'class-validator'
import { anyone, ModelService, ModelViewSet, role, Serializer } from 'plinth'
import { createApp } from 'plinth/container'
import {
  BaseModel,
  DefaultOrdering,
  Resource,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from 'plinth/decorators'
import { Column, Entity } from 'typeorm'

export interface City extends UuidIdentified, SoftDeletable {}

@UuidPk()
@SoftDelete()
@DefaultOrdering({ by: ['-population'] })
@Entity('cities')
export class City extends BaseModel {
  @Column({ type: 'varchar', length: 200 })
  @Length(1, 200)
  name!: string

  @Column({ type: 'int' })
  @IsInt()
  @Min(0)
  population!: number
}

class CitySerializer extends Serializer(City, { fields: ['id', 'name', 'population', 'createdAt'] }) {}

class CityService extends ModelService(City) {}

@Resource('/cities')
class CityViewSet extends ModelViewSet(City, {
  serializer: CitySerializer,
  service: CityService,
  permissions: { list: anyone, retrieve: anyone, '*': role('editor') },
}) {}

const app = await createApp({
  entities: [City],
  viewSets: [CityViewSet],
  dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
  // Your own way of knowing who calls.
  authenticate: (call) => (call.header('x-role') ? { id: 'me', roles: [call.header('x-role')!] } : null),
})
const { url } = await app.listen(0)
// ---

const same: (actual: unknown, expected: unknown) => void = (await import('node:assert')).deepStrictEqual
const json = { 'content-type': 'application/json', 'x-role': 'editor' }
const ask = (method: string, path: string, body?: object, headers: Record<string, string> = json) =>
  fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })

const oslo = { name: 'Oslo', population: 709_037 }
same((await ask('POST', '/cities', oslo, { 'content-type': 'application/json' })).status, 401)
const created = await ask('POST', '/cities', oslo)
same(created.status, 201)
const { id } = (await created.json()) as { id: string }
same((await ask('PATCH', `/cities/${id}`, { population: -1 })).status, 400)
same((await ask('DELETE', `/cities/${id}`)).status, 204)
same((await ask('GET', `/cities/${id}`)).status, 404)

const cities = app.dataSource.getRepository(City)
same(await cities.count(), 0)
same(
  (await cities.withDeleted().find()).map(({ name }) => name),
  ['Oslo'],
)
await cities.restore(id)
same((await ask('GET', `/cities/${id}`)).status, 200)

await app.close()
console.log('The quick start works.')
