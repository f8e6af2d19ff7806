import type { ExamplesOf } from 'plinth'
import type { CitySerializer, CountrySerializer } from './serializers.js'

const createdAt = '2026-01-02T03:04:05.678Z'
const iceland = '0199b1a4-6f52-7c3e-9d51-6a1f0b7f2a10'

/** What the document shows as examples of countries. */
export const countryExamples: ExamplesOf<typeof CountrySerializer> = {
  rows: {
    iceland: {
      id: iceland,
      slug: 'iceland',
      code: 'IS',
      name: 'Iceland',
      officialName: 'Iceland',
      capital: 'Reykjavik',
      region: 'Europe',
      area: 103000,
      latitude: 65,
      longitude: -18,
      metadata: { languages: ['Icelandic'], borders: [], landlocked: false },
      version: 1,
      createdAt,
    },
  },
  patch: { renamed: { name: 'Ísland' } },
}

/** The same of cities. */
export const cityExamples: ExamplesOf<typeof CitySerializer> = {
  rows: {
    akureyri: {
      id: '0199b1a4-7a10-7e21-8c44-2f0d3f6f4c11',
      slug: 'akureyri',
      name: 'Akureyri',
      population: 17693,
      position: 4,
      latitude: 65.68353,
      longitude: -18.0878,
      countryId: iceland,
      createdAt,
      updatedAt: createdAt,
    },
  },
  patch: { counted: { population: 17694 } },
}
