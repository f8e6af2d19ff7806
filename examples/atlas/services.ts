import { ModelService, ServiceResult } from 'plinth'
import { City } from './city.js'
import { Country } from './country.js'

export class CountryService extends ModelService(Country) {}

export class CityService extends ModelService(City) {
  /** Corrects a count of people, as after a census; it fails where fewer than nobody would be left. */
  async correctPopulation(city: City, by: number): Promise<ServiceResult<City>> {
    if (city.population + by < 0) {
      return ServiceResult.failure(`${city.name} has only ${city.population} people.`, 'NOT_ENOUGH_PEOPLE')
    }
    return this.update(city, { population: city.population + by })
  }
}
