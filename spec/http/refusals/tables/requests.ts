import * as atlas from '../../support/atlas.js'
import type { RefusalTable } from '../refusal.js'
import { addresses } from './addresses.js'
import { bodies } from './bodies.js'
import { callers } from './callers.js'
import { mediaTypes } from './media-types.js'

/** What is wrong with a request before anybody looks at rows, and what its caller may not do. */
export const requests: RefusalTable = {
  title: 'requests, bodies and callers',
  entities: [atlas.Country, atlas.City, atlas.Language],
  viewSets: [atlas.CountryViewSet, atlas.CityViewSet, atlas.OwnCityViewSet, atlas.LanguageViewSet],
  store: async (dataSource) => {
    const country = await dataSource.getRepository(atlas.Country).save({ name: 'Peru', code: 'PE' })
    const [mine, theirs] = await dataSource.getRepository(atlas.City).save([
      { name: 'Lima', ownerId: 'ada' },
      { name: 'Cusco', ownerId: 'bob' },
    ])
    return { country: country.id, mine: mine!.id, theirs: theirs!.id }
  },
  refusals: [...addresses, ...mediaTypes, ...bodies, ...callers],
}
