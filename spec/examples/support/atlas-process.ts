import 'reflect-metadata'
import { anyone, idempotencyKeys, ModelViewSet, redisBackend, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { CacheResponse, Resource } from 'plinth/decorators'
import { City } from '../../../examples/atlas/city.js'
import { Country } from '../../../examples/atlas/country.js'
import { CountrySerializer } from '../../../examples/atlas/serializers.js'
import type { Database } from '../../support/engines.js'

/** What a process is started with, as JSON. */
export interface AtlasProcessOptions {
  readonly database: Database['options']
  readonly redis: string
  /** How long a request waits for what another process is making, in milliseconds. */
  readonly waitLimit: number
}

/** What a process says when it serves, and when it is asked how often it has read countries. */
export type AtlasProcessMessage = { readonly url: string } | { readonly reads: number }

@Resource('/countries')
@CacheResponse({ timeout: 300, vary: 'public' })
class CountryViewSet extends ModelViewSet(Country, { serializer: CountrySerializer, permissions: { '*': anyone } }) {}

const [, , given] = process.argv

if (process.send && given !== undefined) {
  const { database, redis, waitLimit } = JSON.parse(given) as AtlasProcessOptions
  // Long enough for a machine that has other things to do: what is looked at is not how long it takes.
  const patient = { commandTimeout: 5000, logger: silentLogger }
  const app = await createApp({
    entities: [Country, City],
    viewSets: [CountryViewSet],
    dataSource: { ...database, tables: [idempotencyKeys] },
    cache: {
      backend: redisBackend({ url: redis, namespace: 'atlas', ...patient }),
      backendLimit: 5000,
      waitLimit,
      logger: silentLogger,
    },
    logger: silentLogger,
  })
  let reads = 0
  app.dataSource.onStatement(({ sql }) => {
    if (/^\s*SELECT\b.*\bcountries\b/is.test(sql)) reads += 1
  })
  process.on('message', () => process.send!({ reads } satisfies AtlasProcessMessage))
  const { url } = await app.listen(0)
  process.send({ url } satisfies AtlasProcessMessage)
}
