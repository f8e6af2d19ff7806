import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Keyv } from 'keyv'
import { anyone, createDataSource, createHttpApplication, ModelViewSet, Serializer, silentLogger } from 'plinth'
import { Container } from 'plinth/container'
import { CacheResponse, Resource } from 'plinth/decorators'

import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Comparison, compare } from './compare.js'

@Entity()
class Town {
  @PrimaryGeneratedColumn()
  id!: number
  @Column()
  name!: string
  @Column()
  country!: string
}
class TownSerializer extends Serializer(Town, { fields: ['id', 'name', 'country'] }) {}

const options = { serializer: TownSerializer, only: ['list'], permissions: { list: anyone } } as const

@Resource('/uncached')
class UncachedViewSet extends ModelViewSet(Town, options) {}

@Resource('/cached')
@CacheResponse({ timeout: 300, vary: 'public' })
class CachedViewSet extends ModelViewSet(Town, options) {}

/** A page of 50 rows, made each time and found in memory, beside what a bare store of Keyv costs. */
export async function cachingComparison(): Promise<Comparison> {
  const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Town], synchronize: true })
  await dataSource.initialize()
  const rows = Array.from({ length: 200 }, (_, index) => ({ name: `town ${index}`, country: `country ${index % 7}` }))
  await dataSource.getRepository(Town).insert(rows)
  const application = createHttpApplication({
    viewSets: [UncachedViewSet, CachedViewSet],
    dataSource,
    instances: new Container({ context: { dataSource, logger: silentLogger } }),
    logger: silentLogger,
  })
  const server = createServer(application.handler).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = (path: string) => async () => (await fetch(`${url}${path}?pageSize=50`)).text()
  const keyv = new Keyv()
  await keyv.set('page', await ask('/cached')())
  try {
    return await compare(
      'A list of 50 rows over HTTP, with the client that asks for it, and a bare get of Keyv',
      { 'uncached list': ask('/uncached'), 'cached list': ask('/cached'), 'bare Keyv get': () => keyv.get('page') },
      { rounds: 5, calls: 100 },
    )
  } finally {
    server.closeAllConnections()
    server.close()
    await dataSource.destroy()
  }
}
