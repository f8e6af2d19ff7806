import type { ModelDataSource } from 'plinth'
import { City } from './city.js'
import { Country } from './country.js'
import { type CityValues, worldCities, worldCountries } from './world.js'

/** Is told how many of the rows are written. */
export type Progress = (written: number, total: number) => void

const batchSize = 500

/**
 * Stores the countries of the world and cities, in one unit of work: all of them or none.
 * A database that has countries already is left as it is.
 * @returns how many rows were written.
 */
export async function importWorld(
  dataSource: ModelDataSource,
  progress: Progress = () => {},
  known: readonly CityValues[] = worldCities(),
): Promise<number> {
  return dataSource.atomic(async () => {
    if (await dataSource.getRepository(Country).exists()) return 0
    const ids = await importCountries(dataSource)
    // Cities stand in the lists of their countries in the order in which they are inserted.
    const cities = known
      .map(({ countryCode, ...city }) => ({ ...city, countryId: ids.get(countryCode)! }))
      .sort((one, other) => other.population - one.population)
    const repository = dataSource.getRepository(City)
    for (let start = 0; start < cities.length; start += batchSize) {
      const batch = cities.slice(start, start + batchSize)
      await repository.insert(batch)
      progress(start + batch.length, cities.length)
    }
    return ids.size + cities.length
  })
}

async function importCountries(dataSource: ModelDataSource): Promise<ReadonlyMap<string, string>> {
  const repository = dataSource.getRepository(Country)
  await repository.insert([...worldCountries()])
  const stored = await repository.find()
  return new Map(stored.map(({ code, id }) => [code, id]))
}
