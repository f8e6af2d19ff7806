import type { RequestListener } from 'node:http'
import { Keyv } from 'keyv'
import { anyone, Cache, ModelViewSet, Serializer, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { CacheResponse, Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Comparison, compare } from './compare.js'
import { compareServers, type Servers, serveChosen } from './served.js'

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

const rows = Array.from({ length: 200 }, (_, index) => ({ name: `town ${index}`, country: `country ${index % 7}` }))

async function application(): Promise<RequestListener> {
  const app = await createApp({
    entities: [Town],
    viewSets: [UncachedViewSet, CachedViewSet],
    dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
    logger: silentLogger,
  })
  await app.dataSource.getRepository(Town).insert(rows)
  return app.handler
}

const page = JSON.stringify({ data: rows.slice(0, 50).map((row, index) => ({ id: index + 1, ...row })) })

const servers: Servers = {
  'bare node:http, a page in a variable': () => (_request, response) => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(page) }
    response.writeHead(200, headers).end(page)
  },
  'plinth, cached in memory': application,
  'plinth, not cached': application,
}

/** A page of 50 rows, made each time and found in memory, beside a bare server that has it as a text. */
export function cachingComparison(): Promise<Comparison> {
  const [bare, cached, uncached] = Object.keys(servers) as [string, string, string]
  return compareServers('A list of 50 rows (processor time of the server)', import.meta.url, {
    [bare]: '/',
    [cached]: '/cached?pageSize=50',
    [uncached]: '/uncached?pageSize=50',
  })
}

/** A text of 15,000 characters that is found in memory. */
export async function cachedValueComparison(): Promise<Comparison> {
  const text = 'a page '.repeat(2_143)
  const keyv = new Keyv()
  const unserialized = Object.assign(new Keyv(), { serialize: undefined, deserialize: undefined })
  for (const store of [keyv, unserialized]) await store.set('page', text)
  const cache = new Cache({ logger: silentLogger })
  const make = (): string => text
  return compare(
    'Find a text of 15,000 characters in memory',
    {
      Keyv: () => keyv.get('page'),
      'Keyv, without serialization': () => unserialized.get('page'),
      'plinth, a value': () => cache.cached('page', { timeout: 300 }, make),
      'plinth, a value that writes of an entity make invalid': () =>
        cache.cached('page of towns', { timeout: 300, tags: [Town] }, make),
    },
    { rounds: 7, calls: 20_000 },
  )
}

await serveChosen(import.meta.url, servers)
