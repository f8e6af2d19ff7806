import { idempotencyKeys } from 'plinth'
import { createApp } from 'plinth/container'
import { tellChapters } from './chapters.js'
import { City } from './city.js'
import { Country } from './country.js'
import { importWorld } from './import-world.js'
import { progressBar } from './progress-bar.js'
import { CityService, CountryService } from './services.js'
import { userOf } from './users.js'
import { CitiesOfCountryViewSet, CityViewSet, CountryViewSet } from './view-sets.js'
import type { CityValues } from './world.js'

export interface AtlasOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** The SQLite file; it is created where there is none. */
  readonly database: string
  /** Some cities instead of all 135,233. */
  readonly cities?: readonly CityValues[]
  /** Signs the cursors of lists; without it they last as long as the process. */
  readonly cursorKey?: string
  /** Where it says what it does. */
  readonly print: (text: string) => void
}

/** The application, and where it answers. */
export interface Atlas {
  readonly url: string
  close(): Promise<void>
}

/** Creates the database, imports the world where it is not there yet, tells what its traits do, and serves it. */
export async function serveAtlas({ port, database, cities, cursorKey, print }: AtlasOptions): Promise<Atlas> {
  const app = await createApp({
    entities: [Country, City],
    services: [CountryService, CityService],
    viewSets: [CountryViewSet, CityViewSet, CitiesOfCountryViewSet],
    dataSource: { type: 'sqlite', database, synchronize: true, tables: [idempotencyKeys] },
    openapi: { title: 'Atlas', version: '1.0.0', page: '/docs' },
    ...(cursorKey !== undefined && { cursorKeys: [cursorKey] }),
    authenticate: (call) => userOf(call.header('authorization')),
  })
  const started = Date.now()
  const written = await importWorld(app.dataSource, progressBar('Importing the world', print), cities)
  if (written > 0) print(`${written} rows in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
  const told = Date.now()
  await tellChapters(app.dataSource, print)
  print(`\nTold in ${((Date.now() - told) / 1000).toFixed(1)} s.\n`)
  const { url } = await app.listen(port)
  print(addresses(url))
  return { url, close: () => app.close() }
}

const atlantis = {
  code: 'XA',
  name: 'Atlantis',
  officialName: 'Atlantis',
  region: 'Oceania',
  area: 1,
  latitude: 31,
  longitude: -24,
}

function addresses(url: string): string {
  return [
    '',
    `The atlas is served at ${url}. Try:`,
    '',
    `  curl '${url}/cities?pageSize=3'`,
    `  curl '${url}/cities?country.code=IS&search=fj&ordering=name'`,
    `  curl '${url}/countries?page=2'`,
    `  curl -X POST ${url}/countries -H 'authorization: Bearer atlas' \\`,
    `    -H 'content-type: application/json' -d '${JSON.stringify(atlantis)}'`,
    '',
    '',
  ].join('\n')
}
